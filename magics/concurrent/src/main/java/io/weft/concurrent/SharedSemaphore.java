package io.weft.concurrent;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/// A number of permits that threads and worker JVMs share; Python's `Semaphore` and `BoundedSemaphore`.
///
/// Anybody may release a permit. When a JVM ends, the permits that it acquired and nobody released come back, as
/// far as there are then no more than at the beginning, and a line that says so goes where the output of the
/// semaphore's maker goes. A semaphore that begins with 0 thus only counts signals, and gets none back.
///
/// Who waits longest is served first; `tryAcquire()` waits for nobody.
///
/// **Memory effects.** Actions before `release` *happen-before* an `acquire` that takes the permit.
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

    /// Waits for so many permits, and takes them together.
    public void acquire(int permits) throws InterruptedException {
        handle.ops().acquire(permits, -1);
    }

    /// Takes a permit if there is one.
    public boolean tryAcquire() {
        return Handle.uninterrupted(() -> handle.ops().acquire(1, 0), false);
    }

    /// Waits for a permit, but not longer than the limit.
    public boolean tryAcquire(Duration limit) throws InterruptedException {
        Objects.requireNonNull(limit, "limit");
        return handle.ops().acquire(1, Math.max(0, limit.toNanos()));
    }

    /// Gives a permit back.
    ///
    /// @throws IllegalStateException if the semaphore is bounded and has all its permits
    public void release() {
        release(1);
    }

    /// Gives so many permits back.
    ///
    /// @throws IllegalStateException if a bounded semaphore would have more than its bound
    public void release(int permits) {
        handle.ops().release(permits);
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
