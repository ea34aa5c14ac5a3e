package io.weft.concurrent;

import java.util.Arrays;

/// Exceptions on their way between JVMs.
final class Failures {
    private static final String OURS = "io.weft.concurrent.";

    private Failures() {}

    /// The exception with its causes; those that cannot travel are replaced by a stand-in.
    static byte[] encode(Throwable failure) {
        try {
            return Codec.encode(failure);
        } catch (NotSendableException | StackOverflowError unsendable) {
            return Codec.encode(ForeignException.of(failure));
        }
    }

    static Throwable decode(byte[] bytes, ClassLoader loader) {
        try {
            if (Codec.decode(bytes, loader) instanceof Throwable failure) return failure;
            return new IllegalStateException("broken message: an exception was expected");
        } catch (IllegalStateException unreadable) {
            return unreadable;
        }
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

    @SuppressWarnings("unchecked")
    static <X extends Throwable> RuntimeException sneak(Throwable failure) throws X {
        throw (X) failure;
    }
}
