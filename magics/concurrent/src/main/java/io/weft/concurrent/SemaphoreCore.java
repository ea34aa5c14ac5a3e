package io.weft.concurrent;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A semaphore where it lives.
final class SemaphoreCore implements SemaphoreOps, Undo {
    private final Semaphore semaphore;

    SemaphoreCore(int permits) {
        semaphore = new Semaphore(permits);
    }

    @Override
    public boolean acquire(int permits, long nanos) throws InterruptedException {
        if (nanos >= 0) return semaphore.tryAcquire(permits, nanos, TimeUnit.NANOSECONDS);
        semaphore.acquire(permits);
        return true;
    }

    @Override
    public void release(int permits) {
        semaphore.release(permits);
    }

    @Override
    public int available() {
        return semaphore.availablePermits();
    }

    @Override
    public void undo(String method, @Nullable Object[] arguments, @Nullable Object result) {
        if (Boolean.TRUE.equals(result) && arguments[0] instanceof Integer permits) release(permits);
    }
}
