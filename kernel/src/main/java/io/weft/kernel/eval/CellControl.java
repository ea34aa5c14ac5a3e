package io.weft.kernel.eval;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.SPIResolutionException;
import org.jspecify.annotations.Nullable;

/// Runs what JShell compiled, in this JVM.
///
/// JShell calls it on the thread that evaluates, which holds the session's lock: the lock is given up
/// while the code of a cell runs, so that completion and inspection can look at the session meanwhile.
final class CellControl implements ExecutionControl {
    /// What the last invocation of each thread gave: several evaluate, one in each shell.
    private static final ThreadLocal<@Nullable Object> LAST_VALUE = new ThreadLocal<>();
    private static final ThreadLocal<@Nullable Throwable> LAST_FAILURE = new ThreadLocal<>();

    private final NotebookLoader loader;
    private final ClassRewriter rewriter;
    private final Origins origins;
    private final ReentrantLock session;
    private final MemoryReserve reserve;
    /// How long one statement may run; its compilation does not count.
    private final Optional<StatementLimit> limit;
    private final Set<String> ignored = new HashSet<>();

    CellControl(
            NotebookLoader loader,
            ClassRewriter rewriter,
            Origins origins,
            ReentrantLock session,
            MemoryReserve reserve,
            Optional<StatementLimit> limit) {
        this.loader = loader;
        this.rewriter = rewriter;
        this.origins = origins;
        this.session = session;
        this.reserve = reserve;
        this.limit = limit;
    }

    @Override
    public void load(ClassBytecodes[] classes) {
        for (ClassBytecodes compiled : classes) origins.note(compiled.name(), compiled.bytecodes());
        for (ClassBytecodes compiled : classes) {
            var origin = origins.of(compiled.name());
            byte[] portable = rewriter.portable(compiled.bytecodes(), origin);
            loader.put(compiled.name(), guarded(compiled, origin, portable), portable);
        }
    }

    /// A method that is too large for the checks runs without them: an interrupt then waits for its next call.
    private byte[] guarded(ClassBytecodes compiled, ClassRewriter.Origin origin, byte[] portable) {
        try {
            return rewriter.guarded(compiled.bytecodes(), origin);
        } catch (IllegalArgumentException tooLarge) {
            return portable;
        }
    }

    @Override
    public void redefine(ClassBytecodes[] classes) throws ClassInstallException {
        // JShell then compiles the class anew under another name
        throw new ClassInstallException("classes are replaced, not redefined", new boolean[classes.length]);
    }

    @Override
    public String invoke(String className, String methodName) throws RunException, InternalException {
        LAST_VALUE.remove();
        LAST_FAILURE.remove();
        if (origins.finals().violated())
            throw asRunException(new IllegalStateException("not run: it does not compile"));
        try {
            Method method = loader.loadClass(className).getDeclaredMethod(methodName);
            method.setAccessible(true);
            LAST_VALUE.set(unlocked(method));
            return "";
        } catch (InvocationTargetException thrown) {
            Throwable failure = thrown.getCause() == null ? thrown : thrown.getCause();
            LAST_FAILURE.set(failure);
            throw asRunException(failure);
        } catch (ReflectiveOperationException | LinkageError broken) {
            LAST_FAILURE.set(broken);
            throw asRunException(broken);
        } catch (OutOfMemoryError shortage) {
            // there was not even room for the exception that tells of the cell's own
            LAST_FAILURE.set(shortage);
            throw asRunException(shortage);
        }
    }

    private @Nullable Object unlocked(Method method) throws ReflectiveOperationException {
        int holds = session.getHoldCount();
        for (int i = 0; i < holds; i++) session.unlock();
        Optional<Future<?>> end = limit.map(StatementLimit::start);
        try {
            return CellRun.<@Nullable Object, ReflectiveOperationException>inUserCode(
                    () -> CellRun.metered(() -> method.invoke(null)));
        } catch (InvocationTargetException | OutOfMemoryError failed) {
            if (Shortages.in(failed) != null) CellRun.ranOut(reserve); // first of all: everything else needs memory
            throw failed;
        } finally {
            end.ifPresent(clock -> clock.cancel(false));
            for (int i = 0; i < holds; i++) session.lock();
        }
    }

    /// Tells JShell as much as it needs: the reader is told from the exception itself. Its methods may be the reader's
    /// own, and its causes a circle.
    private static RunException asRunException(Throwable failure) {
        for (Throwable at : Causes.of(failure))
            if (at instanceof SPIResolutionException unresolved)
                return new ResolutionException(unresolved.id(), at.getStackTrace());
        return new UserException("", failure.getClass().getName(), new StackTraceElement[0]);
    }

    /// The value that the calling thread's last invocation gave, and forgets it.
    @Nullable
    Object takeValue() {
        Object value = LAST_VALUE.get();
        LAST_VALUE.remove();
        return value;
    }

    /// What the calling thread's last invocation threw, and forgets it.
    @Nullable
    Throwable takeFailure() {
        Throwable failure = LAST_FAILURE.get();
        LAST_FAILURE.remove();
        return failure;
    }

    /// What a variable of the notebook holds, read from the static field of JShell's wrapper.
    @Nullable
    Object value(String className, String variable) throws ReflectiveOperationException {
        var field = loader.loadClass(className).getDeclaredField(variable);
        field.setAccessible(true);
        return field.get(null);
    }

    /// Sets a variable of the notebook.
    void setValue(String className, String variable, Object value) throws ReflectiveOperationException {
        var field = loader.loadClass(className).getDeclaredField(variable);
        field.setAccessible(true);
        field.set(null, value);
    }

    /// Lets go of what a variable of the notebook holds.
    void clear(String className, String variable) throws ReflectiveOperationException {
        var field = loader.loadClass(className).getDeclaredField(variable);
        field.setAccessible(true);
        if (!field.getType().isPrimitive()) field.set(null, null);
    }

    @Override
    public String varValue(String className, String varName) {
        return "";
    }

    @Override
    public void addToClasspath(String path) {
        for (String entry : path.split(java.io.File.pathSeparator, -1))
            if (!entry.isEmpty() && !ignored.contains(entry)) loader.addPath(Path.of(entry));
    }

    /// Keeps a path for the compiler alone: the kernel's own loader offers its classes already.
    void ignore(String path) {
        ignored.add(path);
    }

    @Override
    public void stop() {
        throw new UnsupportedOperationException("an interrupt stops the cell, not JShell");
    }

    @Override
    public Object extensionCommand(String command, Object argument) throws NotImplementedException {
        throw new NotImplementedException(command);
    }

    @Override
    public void close() {
        // nothing of the session outlives the kernel's JVM
    }
}
