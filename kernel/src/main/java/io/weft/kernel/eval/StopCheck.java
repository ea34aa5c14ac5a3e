package io.weft.kernel.eval;

import io.weft.kernel.magic.CellScope;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/// What the code of cells calls at the start of every method and before every jump back, so that an
/// interrupt can end a loop that never waits.
///
/// All checks share one call site. While nobody is interrupted it leads to an empty method, which the
/// compiler removes: a check then costs nothing. [#arm] points it to a look at the thread's cell.
@SuppressWarnings("DoNotCallSuggester") // only the rewritten code of cells calls these
public final class StopCheck {
    private static final MutableCallSite SITE = new MutableCallSite(MethodType.methodType(void.class));
    private static final MutableCallSite[] SITES = {SITE};
    private static final MethodHandle IDLE = MethodHandles.empty(MethodType.methodType(void.class));
    private static final MethodHandle LOOK;

    static {
        try {
            LOOK = MethodHandles.lookup().findStatic(StopCheck.class, "look", MethodType.methodType(void.class));
        } catch (ReflectiveOperationException missing) {
            throw new ExceptionInInitializerError(missing);
        }
        SITE.setTarget(IDLE);
    }

    private StopCheck() {}

    /// Links a check in the code of a cell; called by the JVM.
    public static CallSite link(MethodHandles.Lookup caller, String name, MethodType type) {
        return SITE;
    }

    /// Makes every check look at its thread's cell from now on.
    static void arm() {
        point(LOOK);
    }

    /// Makes every check free again.
    static void disarm() {
        point(IDLE);
    }

    /// Has the class initialised, if it is not yet.
    static void prepare() {
        // the call does
    }

    private static void point(MethodHandle target) {
        SITE.setTarget(target);
        MutableCallSite.syncAll(SITES);
    }

    @SuppressWarnings("UnusedMethod") // called through LOOK
    private static void look() {
        if (CellScope.current() instanceof CellRun run) run.stopIfInterrupted();
    }

    /// Stands for `System.exit` and `Runtime.exit` in the code of cells.
    public static void exit(int status) {
        throw new ExitRefused("exit", status);
    }

    /// Stands for `Runtime.exit` in the code of cells.
    public static void exit(Runtime runtime, int status) {
        throw new ExitRefused("exit", status);
    }

    /// Stands for `Runtime.halt` in the code of cells.
    public static void halt(Runtime runtime, int status) {
        throw new ExitRefused("halt", status);
    }

    /// Looks at a method before code of a cell calls it by reflection.
    ///
    /// @return the method, where it does not end the JVM
    public static @Nullable Method refuseExit(@Nullable Method method) {
        if (method == null) return null;
        Class<?> owner = method.getDeclaringClass();
        boolean exits = owner == System.class || owner == Runtime.class;
        String name = method.getName();
        if (exits && (name.equals("exit") || name.equals("halt"))) throw new ExitRefused(name);
        return method;
    }

    /// Stands for `Throwable.printStackTrace` in the code of cells: shows frames of cells as cells, and none of the
    /// kernel's.
    ///
    /// @param receiver what the method is called on; prints in this way if it has the method from `Throwable`
    public static void printStackTrace(Object receiver) throws Throwable {
        if (receiver instanceof Throwable thrown && !printsItself(thrown)) System.err.println(stackTrace(thrown));
        else if (receiver instanceof Throwable thrown) thrown.printStackTrace();
        else
            MethodHandles.privateLookupIn(receiver.getClass(), MethodHandles.lookup())
                    .bind(receiver, "printStackTrace", MethodType.methodType(void.class))
                    .invoke();
    }

    /// Stands for `Throwable.printStackTrace` in the code of cells.
    public static void printStackTrace(Throwable thrown, PrintStream stream) {
        stream.println(stackTrace(thrown));
    }

    /// Stands for `Throwable.printStackTrace` in the code of cells.
    public static void printStackTrace(Throwable thrown, PrintWriter writer) {
        writer.println(stackTrace(thrown));
    }

    /// Stands for `Thread.dumpStack` in the code of cells.
    public static void dumpStack() {
        System.err.println(stackTrace(new Exception("Stack trace")));
    }

    private static boolean printsItself(Throwable thrown) throws NoSuchMethodException {
        return thrown.getClass().getMethod("printStackTrace").getDeclaringClass() != Throwable.class;
    }

    private static String stackTrace(Throwable thrown) {
        return CellScope.current() instanceof CellRun run ? run.stackTrace(thrown) : thrown.toString();
    }
}
