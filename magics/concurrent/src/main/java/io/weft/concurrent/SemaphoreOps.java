package io.weft.concurrent;

/// What a semaphore can be asked.
interface SemaphoreOps {
    /// Whether the permits were there in time; negative nanoseconds have no end.
    boolean acquire(int permits, long nanos) throws InterruptedException;

    /// Gives permits back.
    ///
    /// @throws IllegalStateException if there would be more permits than the bound
    void release(int permits);

    @Repeatable
    int available();
}
