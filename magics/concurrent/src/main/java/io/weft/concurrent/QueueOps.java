package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// What a queue can be asked. Times are in nanoseconds; a negative one has no end.
interface QueueOps {
    /// Whether there was room in time.
    ///
    /// @throws QueueClosedException if the queue is closed, or is while this waits
    boolean put(Object element, long nanos) throws InterruptedException;

    /// Puts one after the other, as there is room.
    ///
    /// @throws QueueClosedException as `put`; says how many are in the queue
    void putAll(Object[] elements) throws InterruptedException;

    /// The first element, or null if there was none in time, or the queue is closed and empty.
    @Nullable
    Object poll(long nanos) throws InterruptedException;

    /// Waits for an element, and gives up to so many; none if there was none in time, or the queue is closed and
    /// empty.
    Object[] take(int atMost, long nanos) throws InterruptedException;

    @Repeatable
    @Nullable
    Object peek();

    @Repeatable
    int size();

    @Repeatable
    int remainingCapacity();

    @Repeatable
    Object[] toArray();

    @Repeatable
    boolean contains(Object element);

    boolean remove(Object element);

    /// Removes all elements that are among these, or all that are not; gives whether there was one.
    boolean removeAll(Object[] elements, boolean among);

    @Repeatable
    void clear();

    void taskDone();

    /// Whether every element was marked as done in time.
    ///
    /// @throws IllegalStateException if a JVM ended that had taken elements and not marked them
    boolean join(long nanos) throws InterruptedException;

    @Repeatable
    void close();

    /// Closes the queue and takes all that is left.
    Object[] closeNow() throws InterruptedException;

    @Repeatable
    boolean isClosed();
}
