package io.weft.concurrent;

import java.io.Serializable;
import java.time.Duration;

/// A number of permits that threads and worker JVMs share; Python's `Semaphore`.
///
/// Nobody owns a permit, so one that a worker held when it died stays taken.
///
/// **Threads.** All methods may be called from any thread.
public final class SharedSemaphore implements Serializable {
    private final transient Handle<SemaphoreOps> handle;

    SharedSemaphore(Handle<SemaphoreOps> handle) {
        this.handle = handle;
    }

    /// Waits for a permit.
    public void acquire() throws InterruptedException {
        handle.ops().acquire(1, -1);
    }

    /// Takes a permit if there is one.
    public boolean tryAcquire() {
        return Handle.uninterrupted(() -> handle.ops().acquire(1, 0), false);
    }

    /// Waits for a permit, but not longer than the limit.
    public boolean tryAcquire(Duration limit) throws InterruptedException {
        return handle.ops().acquire(1, Math.max(0, limit.toNanos()));
    }

    public void release() {
        handle.ops().release(1);
    }

    public int availablePermits() {
        return handle.ops().available();
    }

    @Override
    public String toString() {
        return "SharedSemaphore[" + availablePermits() + " permits]";
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
