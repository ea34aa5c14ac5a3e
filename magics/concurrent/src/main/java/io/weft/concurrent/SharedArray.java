package io.weft.concurrent;

import java.io.Serializable;
import java.util.Arrays;

/// Numbers at fixed positions that threads and worker JVMs share; Python's `Array('d', …)`.
///
/// **Threads.** All methods may be called from any thread; each is one step.
public final class SharedArray implements Serializable {
    private final transient Handle<ArrayOps> handle;

    SharedArray(Handle<ArrayOps> handle) {
        this.handle = handle;
    }

    public double get(int index) {
        return handle.ops().get(index);
    }

    public void set(int index, double value) {
        handle.ops().set(index, value);
    }

    /// Adds to the number at a position; gives the new one.
    public double add(int index, double change) {
        return handle.ops().add(index, change);
    }

    public int length() {
        return handle.ops().length();
    }

    /// A copy of all numbers, made in one step.
    public double[] toArray() {
        return handle.ops().toArray();
    }

    @Override
    public String toString() {
        return Arrays.toString(toArray());
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
