package io.weft.concurrent;

import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;

/// A lock that threads and worker JVMs share. It is reentrant, so it is Python's `RLock`; Python's `Lock` is not.
///
/// When the JVM of its holder ends, the lock is free again, where Python's is lost for ever. What it guards may be
/// half done then: a line that says so goes where the output of the lock's maker goes, and the next holder can ask
/// for [#abandonedBy].
///
/// It lives in the JVM that created it, or in a [Manager]'s; if that one ends, every call elsewhere throws
/// [ObjectLostException]. As long as nobody has to wait for it, JVMs of one machine take and free it without a message,
/// about as fast as a [java.util.concurrent.locks.ReentrantLock]; those that have come over a network ask. Who waits
/// may be overtaken by others a few times, but not for ever, and not at all if the lock is fair, which is slow where
/// many wait.
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
    private static final AtomicLong CALLS = new AtomicLong();

    private final transient Handle<LockOps> handle;
    private final transient Grip grip;

    SharedLock(Handle<LockOps> handle) {
        this.handle = handle;
        var home = handle.home();
        this.grip = home == null ? (LockCore) handle.ops() : new FarGrip(handle.ops(), home);
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
        Puts.flushAll();
        var _ = grip.enter(NO_END);
    }

    @Override
    public boolean tryLock() {
        Puts.flushAll();
        return grip.enterNow();
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
        Puts.flushAll();
        return grip.enter(Math.max(0, unit.toNanos(time)));
    }

    @Override
    public void unlock() {
        try {
            Puts.flushAll();
        } finally {
            grip.leave();
        }
    }

    public boolean isLocked() {
        return grip.isLocked();
    }

    public boolean isHeldByCurrentThread() {
        return grip.isHeld();
    }

    /// Which process, as in `worker-1 (pid 4711)`, ended while it held the lock; empty once a later holder has
    /// unlocked it.
    public Optional<String> abandonedBy() {
        return Optional.ofNullable(grip.abandonedBy());
    }

    /// A condition on which holders of the lock wait, and which can be sent to workers like the lock.
    @Override
    public SharedCondition newCondition() {
        return new SharedCondition(this, handle.ops().newCondition());
    }

    /// Waits for a signal; gives whether there was one in time.
    boolean await(int condition, long nanos) throws InterruptedException {
        int holds = grip.holds();
        if (holds == 0) throw new IllegalMonitorStateException("this thread does not hold the lock");
        long call = CALLS.incrementAndGet();
        try {
            return handle.ops().await(jvm(), thread(), call, condition, nanos) > 0;
        } catch (InterruptedException interrupted) {
            relock(call, holds);
            throw interrupted;
        }
    }

    private void relock(long call, int holds) {
        try {
            handle.ops().relock(jvm(), thread(), call, holds);
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted twice while waiting for a condition; its lock is not held");
        }
    }

    void signal(int condition, boolean all) {
        handle.ops().signal(jvm(), thread(), condition, all);
    }

    @Override
    public String toString() {
        return "SharedLock[" + (isLocked() ? "locked]" : "unlocked]");
    }

    private static String jvm() {
        return Hub.get().jvmId();
    }

    private static long thread() {
        return Thread.currentThread().threadId();
    }

    /// What travels in place of it.
    Reference reference() {
        return handle.reference(this);
    }

    private Object writeReplace() {
        return reference();
    }
}
