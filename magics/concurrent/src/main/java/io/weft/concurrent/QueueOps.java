package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// What a queue can be asked. Times are in nanoseconds; a negative one has no end.
interface QueueOps {
    /// Whether there was room in time.
    boolean put(Object element, long nanos) throws InterruptedException;

    /// The first element, or null if there was none in time.
    @Nullable
    Object poll(long nanos) throws InterruptedException;

    /// Up to so many elements, without waiting.
    Object[] drain(int atMost) throws InterruptedException;

    @Repeatable
    @Nullable
    Object peek();

    @Repeatable
    int size();

    @Repeatable
    int remainingCapacity();

    @Repeatable
    Object[] toArray();

    boolean remove(Object element);

    @Repeatable
    void clear();

    void taskDone();

    /// Whether every element was marked as done in time.
    boolean join(long nanos) throws InterruptedException;
}
