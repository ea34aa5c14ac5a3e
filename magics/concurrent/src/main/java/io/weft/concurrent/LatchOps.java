package io.weft.concurrent;

/// What a latch can be asked.
interface LatchOps {
    void countDown();

    @Repeatable
    long count();

    /// Whether the count was 0 in time; negative nanoseconds have no end.
    boolean await(long nanos) throws InterruptedException;
}
