package io.weft.concurrent;

import java.io.Serializable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/// A lock that threads and worker JVMs share. Reentrant; freed when the JVM of its holder ends.
///
/// It lives in the JVM that created it, or in a [Manager]'s; if that one ends, every call elsewhere throws
/// [ObjectLostException]. Between threads only, a [java.util.concurrent.locks.ReentrantLock] is faster.
///
/// ```java
/// var lock = SharedLock.create();
/// pool.map(n -> {
///     lock.lock();
///     try { … } finally { lock.unlock(); }
/// }, range(4));
/// ```
///
/// Unlike other locks, [#lock] gives up when its thread is interrupted, with [CancellationException]: a wait for
/// another JVM must have an end.
///
/// **Memory effects.** What the holder did before `unlock` *happens-before* the next holder's `lock` returns.
///
/// **Threads.** The thread that locks must unlock.
public final class SharedLock implements Lock, Serializable {
    private static final long NO_END = -1;

    private final transient Handle<LockOps> handle;

    SharedLock(Handle<LockOps> handle) {
        this.handle = handle;
    }

    public static SharedLock create() {
        return create(false);
    }

    /// Creates a lock.
    ///
    /// @param fair whether those who wait get it in the order in which they came
    public static SharedLock create(boolean fair) {
        return new SharedLock(Handle.local(new LockCore(fair), Kind.LOCK));
    }

    @Override
    public void lock() {
        try {
            lockInterruptibly();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for a shared lock; it is not held");
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        handle.ops().lock(jvm(), thread(), NO_END);
    }

    @Override
    public boolean tryLock() {
        return Handle.uninterrupted(() -> handle.ops().lock(jvm(), thread(), 0), false);
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        return handle.ops().lock(jvm(), thread(), Math.max(0, unit.toNanos(time)));
    }

    @Override
    public void unlock() {
        int holds = handle.ops().holds(jvm(), thread());
        if (holds == 0) throw new IllegalMonitorStateException("this thread does not hold the lock");
        handle.ops().unlock(jvm(), thread(), holds - 1);
    }

    public boolean isLocked() {
        return handle.ops().isLocked();
    }

    public boolean isHeldByCurrentThread() {
        return handle.ops().holds(jvm(), thread()) > 0;
    }

    /// Not supported: to wait for others, use an [Event] or a [SharedQueue].
    @Override
    public Condition newCondition() {
        throw new UnsupportedOperationException(
                "a shared lock has no conditions; wait with manager.event() or a SharedQueue");
    }

    @Override
    public String toString() {
        return "SharedLock[" + (isLocked() ? "locked]" : "unlocked]");
    }

    private static String jvm() {
        return Hub.get().jvmId;
    }

    private static long thread() {
        return Thread.currentThread().threadId();
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
