package io.weft.kernel.eval;

import io.weft.kernel.magic.CellScope;
import java.io.Console;
import java.io.IOError;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.Writer;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Stands for `System.console()` in the code of cells: a console that prints below the cell and asks its front end.
///
/// Each shell has a console, since a console lets one thread read at a time and another shell need not wait. A line is
/// asked for anew, whatever `System.in` still holds of the last one. Safe for use by many threads.
@SuppressWarnings("DoNotCallSuggester") // only the rewritten code of cells calls it
public final class CellConsole {
    private static final Map<String, Console> BY_SHELL = new ConcurrentHashMap<>();
    private static final @Nullable MethodHandle MAKER = maker();

    private final Reader reader = new InputStreamReader(System.in, StandardCharsets.UTF_8);
    private final PrintWriter writer = new PrintWriter(new ToCell(), true);

    private CellConsole() {}

    /// The console of the calling thread's shell.
    ///
    /// The JDK lets nobody else make one. That takes `--add-opens=java.base/java.io=ALL-UNNAMED` and
    /// `--add-exports=java.base/jdk.internal.io=ALL-UNNAMED`, as the kernelspec has them.
    /// Without them it is the JDK's, which is null in a kernel.
    public static @Nullable Console console() {
        if (MAKER == null || !(CellScope.current() instanceof CellRun run)) return System.console();
        return BY_SHELL.computeIfAbsent(run.shell(), _ -> make(MAKER));
    }

    /// Stands for `IO.readln` in the code of cells: the field for the answer has the prompt beside it.
    ///
    /// @throws IOError if nobody can be asked
    public static String readln(String prompt) {
        return ask(prompt, false);
    }

    private static @Nullable MethodHandle maker() {
        try {
            Class<?> backend = Class.forName("jdk.internal.io.JdkConsole");
            Class<?> console = Class.forName("java.io.ProxyingConsole");
            return MethodHandles.privateLookupIn(console, MethodHandles.lookup())
                    .findConstructor(console, MethodType.methodType(void.class, backend));
        } catch (ReflectiveOperationException | RuntimeException closed) {
            return null;
        }
    }

    private static Console make(MethodHandle maker) {
        Class<?> backend = maker.type().parameterType(0);
        var console = new CellConsole();
        Object proxy = Proxy.newProxyInstance(
                CellConsole.class.getClassLoader(),
                new Class<?>[] {backend},
                (self, method, arguments) ->
                        console.answer(self, method, arguments == null ? new Object[0] : arguments));
        try {
            return (Console) maker.invoke(proxy);
        } catch (Throwable failed) {
            throw new IllegalStateException("this JDK made no console for the cell: " + failed, failed);
        }
    }

    /// One method of the JDK's interface for consoles, whose texts come as locale, format and arguments.
    @SuppressWarnings("ReferenceEquality") // a console equals itself
    private Object answer(Object self, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "writer" -> writer;
            case "reader" -> reader;
            case "charset" -> StandardCharsets.UTF_8;
            case "readLine" -> asked(text(arguments), false);
            case "readPassword" -> asked(text(arguments), true).toCharArray();
            case "format" -> print(self, text(arguments));
            case "print" -> print(self, String.valueOf(arguments[0]));
            case "println" -> print(self, arguments.length == 0 ? "\n" : arguments[0] + "\n");
            case "flush" -> {
                writer.flush();
                yield self;
            }
            case "toString" -> "the console of a notebook's cells";
            case "hashCode" -> System.identityHashCode(self);
            case "equals" -> self == arguments[0];
            default -> throw new UnsupportedOperationException("a cell's console has no " + method);
        };
    }

    @SuppressWarnings("AnnotateFormatMethod") // the JDK's console has checked nothing either
    private static String text(Object[] arguments) {
        if (arguments.length < 3) return "";
        return String.format((Locale) arguments[0], (String) arguments[1], (Object[]) arguments[2]);
    }

    private Object print(Object self, String text) {
        writer.print(text);
        writer.flush();
        return self;
    }

    private String asked(String prompt, boolean password) {
        writer.flush();
        return ask(prompt, password);
    }

    private static String ask(String prompt, boolean password) {
        try {
            return CellScope.require().input().readLine(prompt, password);
        } catch (IOException nobody) {
            throw new IOError(nobody);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            var ended = new InterruptedIOException("interrupted while it waited for a line");
            ended.initCause(interrupted);
            throw new IOError(ended);
        }
    }

    /// Passes text on as it comes, to the cell of the thread that writes it.
    private static final class ToCell extends Writer {
        @Override
        public void write(char[] text, int offset, int length) {
            System.out.print(String.valueOf(Arrays.copyOfRange(text, offset, offset + length)));
        }

        @Override
        public void flush() {
            System.out.flush();
        }

        @Override
        public void close() {
            flush();
        }
    }
}
