package io.weft.concurrent;

/// What a lock can be asked. A holder is a thread of a JVM.
interface LockOps {
    /// Whether the lock was free in time; negative nanoseconds have no end.
    boolean lock(String jvm, long thread, long nanos) throws InterruptedException;

    /// Sets how often the holder holds the lock; 0 frees it.
    ///
    /// @throws IllegalMonitorStateException if that thread does not hold it
    @Repeatable
    void unlock(String jvm, long thread, int holds);

    /// How often that thread holds it.
    @Repeatable
    int holds(String jvm, long thread);

    @Repeatable
    boolean isLocked();
}
