package io.weft.concurrent;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/// A flag that threads and worker JVMs can wait for; Python's `Event`.
///
/// **Threads.** All methods may be called from any thread.
public final class Event implements Serializable {
    private final transient Handle<EventOps> handle;

    Event(Handle<EventOps> handle) {
        this.handle = handle;
    }

    /// Sets the flag and wakes all that wait.
    public void set() {
        handle.ops().set();
    }

    public void clear() {
        handle.ops().clear();
    }

    public boolean isSet() {
        return handle.ops().isSet();
    }

    /// Waits until the flag is set.
    public void waitFor() throws InterruptedException {
        handle.ops().await(-1);
    }

    /// Waits until the flag is set, but not longer than the limit; gives whether it is.
    public boolean waitFor(Duration limit) throws InterruptedException {
        Objects.requireNonNull(limit, "limit");
        return handle.ops().await(Math.max(0, limit.toNanos()));
    }

    @Override
    public String toString() {
        return "Event[" + (isSet() ? "set]" : "not set]");
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
