package io.weft.concurrent;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/// A count that threads and worker JVMs count down to 0, and can wait for.
///
/// **Threads.** All methods may be called from any thread.
public final class SharedLatch implements Serializable {
    private final transient Handle<LatchOps> handle;

    SharedLatch(Handle<LatchOps> handle) {
        this.handle = handle;
    }

    public void countDown() {
        handle.ops().countDown();
    }

    public long getCount() {
        return handle.ops().count();
    }

    /// Waits until the count is 0.
    public void await() throws InterruptedException {
        handle.ops().await(-1);
    }

    /// Waits until the count is 0, but not longer than the limit; gives whether it is.
    public boolean await(Duration limit) throws InterruptedException {
        Objects.requireNonNull(limit, "limit");
        return handle.ops().await(Math.max(0, limit.toNanos()));
    }

    @Override
    public String toString() {
        return "SharedLatch[" + getCount() + "]";
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
