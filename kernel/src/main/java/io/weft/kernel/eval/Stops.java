package io.weft.kernel.eval;

/// Judges by a thread's stack whether an error may be thrown in it from outside.
///
/// Asked while that thread stands still, which may hold any lock of the JDK: only compares texts.
final class Stops {
    /// Where an error leaves something broken behind that others use.
    private static final String[] FRAGILE = {
        "java.lang.invoke.",
        "java.lang.Class",
        "java.lang.Module",
        "java.lang.Thread",
        "java.lang.ref.",
        "java.lang.reflect.",
        "java.util.concurrent.",
        "java.util.ServiceLoader",
        "java.util.zip.",
        "java.util.jar.",
        "java.io.",
        "java.nio.",
        "java.net.",
        "java.security.",
        "javax.",
        "jdk.",
        "sun.",
        "com.sun.",
        "io.weft.",
        "org.zeromq.",
        "zmq.",
    };
    /// What the compiler shares between compilations, beside all that is fragile.
    private static final String COMPILER_FILES = "com.sun.tools.javac.file.";

    private static final String COMPILER = "com.sun.tools.javac.";
    private static final String JSHELL = "jdk.jshell.";

    private Stops() {}

    /// Whether the thread computes something of its own: in the reader's code, a library, or a part of the JDK that has
    /// no state which outlives the call.
    static boolean computes(StackTraceElement[] stack) {
        if (stack.length == 0 || initializes(stack)) return false;
        for (int at = 0; at < stack.length; at++) {
            String type = stack[at].getClassName();
            if (isReaders(type)) return true;
            if (isFragile(type)
                    && !(at > 0 && isPrint(type) && isBeforePrinting(stack[at - 1].getClassName()))
                    && !isPartOfMultiplication(stack, at)) return false;
        }
        return false;
    }

    /// Whether a class prints; before it writes a value, it asks for the value's text.
    private static boolean isPrint(String type) {
        return type.equals("java.io.PrintStream") || type.equals("java.io.PrintWriter");
    }

    /// Whether large numbers are multiplied there: by tasks which the thread itself runs, and which pass an error on.
    private static boolean isPartOfMultiplication(StackTraceElement[] stack, int at) {
        return (stack[at].getClassName().equals("java.util.concurrent.ForkJoinTask")
                        || stack[at].getClassName().equals("java.util.concurrent.RecursiveTask"))
                && stack[0].getClassName().startsWith("java.math.");
    }

    /// Whether a print calls what makes the text, or the method that does: `printf` calls `format`.
    private static boolean isBeforePrinting(String callee) {
        return callee.equals("java.lang.String") || callee.equals("java.util.Formatter") || isPrint(callee);
    }

    /// Whether the thread waits for a socket, in a call that ends neither by an interrupt nor by itself.
    static boolean waitsForSocket(StackTraceElement[] stack) {
        return stack.length > 0
                && stack[0].isNativeMethod()
                && stack[0].getClassName().startsWith("sun.nio.ch.")
                && !initializes(stack);
    }

    /// Whether the compiler works on a cell, in code whose state is thrown away after an error.
    static boolean compiles(StackTraceElement[] stack) {
        if (initializes(stack)) return false;
        boolean inCompiler = false;
        for (StackTraceElement frame : stack) {
            String type = frame.getClassName();
            if (type.startsWith(JSHELL)) return inCompiler;
            if (type.startsWith(COMPILER_FILES)) return false;
            if (type.startsWith(COMPILER)) inCompiler = true;
            else if (isFragile(type)) return false;
        }
        return false;
    }

    /// An error in a class initializer makes the class unusable for ever, one in a loader or a linker likewise.
    private static boolean initializes(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            String type = frame.getClassName();
            if (frame.getMethodName().equals("<clinit>")
                    || type.startsWith("java.lang.invoke.MethodHandleNatives")
                    || type.startsWith("java.lang.ClassLoader")
                    || type.startsWith("jdk.internal.loader.")) return true;
        }
        return false;
    }

    private static boolean isFragile(String type) {
        for (String fragile : FRAGILE) if (type.startsWith(fragile)) return true;
        return false;
    }

    /// Whether a class belongs to a cell or a library that it uses. What shows values asks the reader's values what
    /// they are, and keeps nothing of one that it did not come to the end of.
    private static boolean isReaders(String type) {
        return type.startsWith("io.weft.kernel.display.") || !(type.startsWith("java.") || isFragile(type));
    }
}
