package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// What a lock can be asked. A holder is a thread of a JVM; negative nanoseconds have no end.
interface LockOps {
    /// Answers of `awaitTurn`.
    int TOO_LATE = 0;

    int TRY_AGAIN = 1;
    int GIVEN = 2;

    /// Whether the lock was free in time.
    boolean lock(String jvm, long thread, long nanos) throws InterruptedException;

    /// Waits until the lock is free, for a thread that takes it by its word.
    ///
    /// @param first whether nobody may overtake it any more; then it is given the lock
    /// @return one of the answers above; a lock that is given is not held before its word says so
    int awaitTurn(String jvm, long thread, long nanos, boolean first) throws InterruptedException;

    /// Wakes who waits next, after the lock was freed by its word.
    @Repeatable
    void next();

    /// Where the lock's word is.
    ///
    /// @return file, byte, number and id of this JVM; one element if it cannot be told now, none if never
    @Repeatable
    @Nullable
    Object[] place(String jvm);

    /// That JVM lets go of what `place` told it.
    void forget(String jvm);

    /// Waits for the lock and holds it so often, after an `await` of that thread that was interrupted, whatever has
    /// become of that.
    void relock(String jvm, long thread, long awaitCall, int holds) throws InterruptedException;

    /// Holds it once less.
    ///
    /// @param call tells this call from others of that thread, since it may be made again
    /// @throws IllegalMonitorStateException if that thread does not hold it
    @Repeatable
    void unlock(String jvm, long thread, long call);

    /// How often that thread holds it.
    @Repeatable
    int holds(String jvm, long thread);

    @Repeatable
    boolean isLocked();

    /// Which JVM ended with the lock in its hands, until the next holder has freed it.
    @Repeatable
    @Nullable
    String abandonedBy();

    int newCondition();

    /// Frees the lock, waits for a signal, and holds the lock again as often as before.
    ///
    /// @param call tells this call from others of that thread, for `relock`
    /// @return how often it is held; less than 0 if there was no signal in time
    int await(String jvm, long thread, long call, int condition, long nanos) throws InterruptedException;

    @Repeatable
    void signal(String jvm, long thread, int condition, boolean all);
}
