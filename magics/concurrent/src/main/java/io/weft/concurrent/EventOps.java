package io.weft.concurrent;

/// What an event can be asked.
interface EventOps {
    @Repeatable
    void set();

    @Repeatable
    void clear();

    @Repeatable
    boolean isSet();

    /// Whether it was set in time; negative nanoseconds have no end.
    boolean await(long nanos) throws InterruptedException;
}
