package io.weft.concurrent;

import java.io.Serializable;

/// A number that threads and worker JVMs count up together, without losing a step.
///
/// **Threads.** All methods may be called from any thread; each is one step.
public final class Counter implements Serializable {
    private final transient Handle<CounterOps> handle;

    Counter(Handle<CounterOps> handle) {
        this.handle = handle;
    }

    /// Adds 1; gives the new value.
    public long increment() {
        return add(1);
    }

    /// Adds; gives the new value.
    public long add(long change) {
        return handle.ops().add(change);
    }

    public long get() {
        return handle.ops().get();
    }

    public void set(long value) {
        handle.ops().set(value);
    }

    @Override
    public String toString() {
        return Long.toString(get());
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
