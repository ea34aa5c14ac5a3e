package io.weft.concurrent;

import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

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
    static void trim(Throwable failure, Class<?> caller) {
        // causes can form a circle
        var seen = Collections.<Throwable>newSetFromMap(new IdentityHashMap<>());
        for (var at = failure; at != null && seen.add(at); at = at.getCause()) {
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
        var frames = userFrames();
        if (frames.length > 0) failure.setStackTrace(frames);
    }

    /// Lets an exception that was made where no user's code ran point at the user's code that meets it.
    static void showCaller(Throwable failure) {
        if (Arrays.stream(failure.getStackTrace()).allMatch(Failures::isOfNoUser)) trimToUser(failure);
    }

    /// Joins the trace of an exception that has come from another JVM or thread to the call that brings it, and the
    /// traces of its causes: of each are left the frames from the top to the last one of a user's function.
    ///
    /// @return the same exception; unchanged where no user's code is on this thread, as on one that helps another
    static <X extends Throwable> X joinToCaller(X failure) {
        var called = userFrames();
        if (called.length == 0) return failure;
        try {
            join(failure, called, Collections.newSetFromMap(new IdentityHashMap<>()));
        } catch (RuntimeException broken) {
            // one whose class has methods of its own for its trace or cause: then it stays as it came
        }
        return failure;
    }

    private static void join(Throwable failure, StackTraceElement[] called, Set<Throwable> joined) {
        for (Throwable at = failure; at != null && joined.add(at); at = at.getCause()) {
            at.setStackTrace(Stream.concat(framesOfFunctions(at.getStackTrace()), Arrays.stream(called))
                    .toArray(StackTraceElement[]::new));
            for (var suppressed : at.getSuppressed()) join(suppressed, called, joined);
        }
    }

    /// The frames of users' functions and of what they called.
    private static Stream<StackTraceElement> framesOfFunctions(StackTraceElement[] frames) {
        int end = frames.length;
        while (end > 0 && isOfNoUser(frames[end - 1])) end--;
        return Arrays.stream(frames, 0, end).filter(frame -> !isOfLibrary(frame));
    }

    /// The frames of this thread from the user's code on; none if there is no such code.
    private static StackTraceElement[] userFrames() {
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(stack -> stack.dropWhile(frame -> isOfNoUser(frame.getDeclaringClass()))
                        .map(StackWalker.StackFrame::toStackTraceElement)
                        .toArray(StackTraceElement[]::new));
    }

    private static boolean isOfNoUser(Class<?> type) {
        return !UserClasses.isUser(type) || Proxy.isProxyClass(type) || Live.isProxy(type.getName());
    }

    private static boolean isOfNoUser(StackTraceElement frame) {
        return UserClasses.isOfJdk(frame) || isOfLibrary(frame) || Live.isProxy(frame.getClassName());
    }

    private static boolean isOfLibrary(StackTraceElement frame) {
        if (!frame.getClassName().startsWith(OURS)) return false;
        try {
            return isOfNoUser(Class.forName(frame.getClassName(), false, Failures.class.getClassLoader()));
        } catch (ClassNotFoundException | LinkageError elsewhere) {
            return false;
        }
    }

    /// Says that something failed for which nobody waits.
    static void show(OutputSink sink, String what, Throwable failure) {
        var text = what + ": " + failure;
        var frames = failure.getStackTrace();
        if (frames.length > 0) {
            var place = SourceLine.inWords(Optional.of(frames[0]));
            text += place.isEmpty() ? " at " + frames[0] : place;
        }
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
