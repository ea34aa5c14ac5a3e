package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// What a pipe can be asked. Its ends are 0 and 1; times are in nanoseconds, a negative one has no end.
interface PipeOps {
    /// Says that the calling JVM has that end.
    @Repeatable
    void hold(int end);

    /// Waits for room.
    void send(int end, Object element) throws InterruptedException;

    /// The next element for that end; null if there was none in time.
    ///
    /// @throws QueueClosedException if the other end is closed, and nothing is left
    @Nullable
    Object receive(int end, long nanos) throws InterruptedException;

    /// Whether there was an element, or the end of them, in time.
    boolean poll(int end, long nanos) throws InterruptedException;

    @Repeatable
    void close(int end);

    @Repeatable
    boolean isClosed(int end);
}
