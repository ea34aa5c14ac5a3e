package io.weft.concurrent;

import java.io.Serializable;
import java.time.Duration;
import java.util.Date;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;

/// A condition of a [SharedLock]: threads of any JVM that hold the lock wait for it and signal it; Python's
/// `Condition`.
///
/// It is made by [SharedLock#newCondition] or [Manager#condition], and lives as long as its lock. A wait may end
/// without a signal, so ask again what you wait for, as [#waitFor] does. A process that dies while it waits is
/// forgotten; a signal that it has not heard goes to the next.
///
/// ```java
/// var notEmpty = manager.condition();
/// notEmpty.lock().lock();
/// try { notEmpty.waitFor(() -> counter.get() > 0); } finally { notEmpty.lock().unlock(); }
/// ```
///
/// A wait that is interrupted holds the lock again before it throws. Interrupted once more while it waits for the
/// lock, it gives up with [CancellationException], and does not hold it.
///
/// **Threads.** All methods may be called from any thread that holds the lock.
public final class SharedCondition implements Condition, Serializable {
    private static final long NO_END = -1;

    private final SharedLock lock;
    private final int id;

    SharedCondition(SharedLock lock, int id) {
        this.lock = lock;
        this.id = id;
    }

    /// The lock that it belongs to.
    public SharedLock lock() {
        return lock;
    }

    @Override
    public void await() throws InterruptedException {
        lock.await(id, NO_END);
    }

    @Override
    public long awaitNanos(long nanosTimeout) throws InterruptedException {
        long end = System.nanoTime() + nanosTimeout;
        boolean signalled = lock.await(id, Math.max(0, nanosTimeout));
        return signalled ? Math.max(1, end - System.nanoTime()) : Math.min(0, end - System.nanoTime());
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
        return lock.await(id, Math.max(0, unit.toNanos(time)));
    }

    @Override
    @SuppressWarnings({"WaitNotInLoop", "JavaUtilDate"}) // who calls it loops; the interface is older than java.time
    public boolean awaitUntil(Date deadline) throws InterruptedException {
        Objects.requireNonNull(deadline, "deadline");
        return await(deadline.getTime() - System.currentTimeMillis(), TimeUnit.MILLISECONDS);
    }

    /// Waits for a signal; an interrupt is kept for later, and ends the wait as if there had been one.
    @Override
    public void awaitUninterruptibly() {
        Handle.uninterrupted(() -> lock.await(id, NO_END), false);
    }

    /// Waits until `wanted` holds; asks at the beginning and after each signal.
    public void waitFor(BooleanSupplier wanted) throws InterruptedException {
        Objects.requireNonNull(wanted, "wanted");
        while (!wanted.getAsBoolean()) await();
    }

    /// Waits until `wanted` holds, but not longer than the limit.
    ///
    /// @return whether it holds
    public boolean waitFor(BooleanSupplier wanted, Duration limit) throws InterruptedException {
        Objects.requireNonNull(wanted, "wanted");
        Objects.requireNonNull(limit, "limit");
        long end = System.nanoTime() + limit.toNanos();
        while (!wanted.getAsBoolean()) {
            long left = end - System.nanoTime();
            if (left <= 0 || !await(left, TimeUnit.NANOSECONDS)) return wanted.getAsBoolean();
        }
        return true;
    }

    @Override
    public void signal() {
        lock.signal(id, false);
    }

    @Override
    public void signalAll() {
        lock.signal(id, true);
    }

    @Override
    public String toString() {
        return "SharedCondition[" + lock + "]";
    }
}
