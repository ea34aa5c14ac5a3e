package io.weft.concurrent;

import java.lang.reflect.Proxy;
import java.util.Arrays;

/// Exceptions on their way between JVMs.
final class Failures {
    private static final String OURS = "io.weft.concurrent.";

    private Failures() {}

    /// The exception with its causes, behind a stand-in for where it cannot be read; nothing but the stand-in if it
    /// cannot travel.
    static byte[] encode(Throwable failure) {
        var out = new Out().putBytes(Codec.encode(ForeignException.of(failure)));
        try {
            return out.putBytes(Codec.encode(failure)).toBytes();
        } catch (RuntimeException | StackOverflowError | LinkageError unsendable) {
            return out.putBytes(Frame.NOTHING).toBytes();
        }
    }

    static Throwable decode(byte[] bytes, ClassLoader loader) {
        var in = new In(bytes);
        byte[] standIn = in.getBytes();
        byte[] original = in.getBytes();
        try {
            if (original.length > 0 && Codec.decode(original, loader) instanceof Throwable failure) return failure;
        } catch (RuntimeException | Error unreadable) {
            // a class that is not here, or a readObject that throws
        }
        try {
            if (Codec.decode(standIn, Failures.class.getClassLoader()) instanceof Throwable failure) return failure;
        } catch (RuntimeException broken) {
            return broken;
        }
        return new IllegalStateException("broken message: an exception was expected");
    }

    /// Drops the frames below the task: those of the worker that called it.
    @SuppressWarnings("ReferenceEquality") // an exception may be its own cause
    static void trim(Throwable failure, Class<?> caller) {
        for (Throwable at = failure; at != null; at = at.getCause() == at ? null : at.getCause()) {
            var frames = at.getStackTrace();
            for (int i = 0; i < frames.length; i++) {
                if (frames[i].getClassName().equals(caller.getName())) {
                    at.setStackTrace(Arrays.copyOf(frames, i));
                    break;
                }
            }
        }
    }

    /// The frames of the thread that called us and made `origin` then, without ours.
    static StackTraceElement[] callerFrames(Throwable origin) {
        var frames = origin.getStackTrace();
        int first = 0;
        while (first < frames.length && isOurs(frames[first])) first++;
        return Arrays.copyOfRange(frames, Math.min(first, frames.length), frames.length);
    }

    private static boolean isOurs(StackTraceElement frame) {
        var name = frame.getClassName();
        if (!name.startsWith(OURS)) return false;
        int nested = name.indexOf('$');
        var simple = name.substring(OURS.length(), nested < 0 ? name.length() : nested);
        return switch (simple) {
            case "Pool", "Batch", "Chunk", "JvmCrew", "ThreadCrew", "WorkerProcess", "WorkerJvm", "Failures" -> true;
            default -> false;
        };
    }

    /// Lets the trace of an exception that is made on the user's thread begin with the user's code.
    static void trimToUser(Throwable failure) {
        var frames = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(stack -> stack.dropWhile(frame -> isOfNoUser(frame.getDeclaringClass()))
                        .map(StackWalker.StackFrame::toStackTraceElement)
                        .toArray(StackTraceElement[]::new));
        if (frames.length > 0) failure.setStackTrace(frames);
    }

    private static boolean isOfNoUser(Class<?> type) {
        return !UserClasses.isUser(type) || Proxy.isProxyClass(type);
    }

    /// Says that something failed for which nobody waits.
    static void show(OutputSink sink, String what, Throwable failure) {
        var text = what + ": " + failure;
        var frames = failure.getStackTrace();
        if (frames.length > 0) text += " at " + frames[0];
        try {
            sink.line(new OutputLine("pool", ProcessHandle.current().pid(), true, text));
        } catch (RuntimeException broken) {
            // there is nowhere left to say it
        }
    }

    @SuppressWarnings("unchecked")
    static <X extends Throwable> RuntimeException sneak(Throwable failure) throws X {
        throw (X) failure;
    }
}
