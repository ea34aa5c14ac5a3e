package io.weft.kernel.channel;

import io.weft.kernel.wire.WireException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.zeromq.ZMQException;

/// Waits for room in a heap that a cell has filled, between the tries to say what somebody waits for.
///
/// Takes no memory itself.
final class Patience {
    private static final long ALL_NANOS = Duration.ofMinutes(1).toNanos();
    /// What has fewer bytes or characters is tried again; anything larger may be what there is no room for.
    static final int SMALL = 64 << 10;

    private static final long PAUSE_NANOS = Duration.ofMillis(50).toNanos();

    /// What the kernel catches where memory is out. The JVM looks up the type that a handler is for when something is
    /// thrown, and the first time this takes memory: without it, the handler does not catch.
    private static final List<Class<?>> CAUGHT = List.of(
            OutOfMemoryError.class,
            RuntimeException.class,
            Error.class,
            InterruptedException.class,
            StackOverflowError.class,
            LinkageError.class,
            ReflectiveOperationException.class,
            Throwable.class,
            IOException.class,
            ZMQException.class,
            WireException.class,
            RejectedExecutionException.class,
            InvocationTargetException.class);

    private Patience() {}

    /// Prepares the kernel's threads for a full heap.
    static void prepare(System.Logger log) {
        CAUGHT.forEach(Objects::requireNonNull);
        log.isLoggable(System.Logger.Level.WARNING);
    }

    /// @param full       what the last try threw
    /// @param sinceNanos when the first try was, as [System#nanoTime] has it
    /// @throws OutOfMemoryError `full`, if there has been no room for a minute
    static void pause(OutOfMemoryError full, long sinceNanos) {
        if (!lasts(sinceNanos)) {
            throw full;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    /// Whether to try once more.
    static boolean lasts(long sinceNanos) {
        return System.nanoTime() - sinceNanos < ALL_NANOS;
    }

    /// Whether a message is worth another try.
    static boolean isSmall(List<byte[]> frames) {
        long bytes = 0;
        for (int at = 0; at < frames.size(); at++) {
            bytes += frames.get(at).length;
        }
        return bytes < SMALL;
    }
}
