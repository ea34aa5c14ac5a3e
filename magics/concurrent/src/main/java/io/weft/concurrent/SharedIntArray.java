package io.weft.concurrent;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.UnaryOperator;

/// Whole numbers at fixed positions that threads and worker JVMs share; Python's `Array('i', …)`.
///
/// It lives in the JVM of its [Manager], and each call from another JVM is a message: for numbers that are read and
/// written often, take a [SharedMemory].
///
/// **Threads.** All methods may be called from any thread; each is one step.
public final class SharedIntArray implements Serializable {
    private final transient Handle<ArrayOps> handle;

    SharedIntArray(Handle<ArrayOps> handle) {
        this.handle = handle;
    }

    public int get(int index) {
        return (int) Handle.<Object>here(handle.ops().get(index));
    }

    public void set(int index, int value) {
        handle.ops().set(index, value);
    }

    /// Sets the numbers from that position on, as one step.
    public void setAll(int from, int... values) {
        Objects.requireNonNull(values, "values");
        handle.ops().setAll(from, values);
    }

    /// Adds to the number at a position; gives the new one.
    public int add(int index, int change) {
        return (int) handle.ops().add(index, change);
    }

    /// Replaces the number at a position by what the function makes of it, as one step where the array lives; gives
    /// the new one. A function that cannot travel is applied here, until no other change comes between.
    public int update(int index, UnaryOperator<Integer> function) {
        Objects.requireNonNull(function, "function");
        try {
            return (int) Handle.<Object>here(handle.ops().update(index, Fn.of(function)));
        } catch (NotSendableException stays) {
            while (true) {
                int before = get(index);
                int after = function.apply(before);
                if (compareAndSet(index, before, after)) return after;
            }
        }
    }

    /// Sets the number at a position if it is the expected one; gives whether it was.
    public boolean compareAndSet(int index, int expected, int value) {
        return handle.ops().compareAndSet(index, expected, value);
    }

    public int length() {
        return handle.ops().length();
    }

    /// A copy of all numbers, made in one step.
    public int[] toArray() {
        return toArray(0, length());
    }

    /// A copy of the numbers from one position up to another, made in one step.
    public int[] toArray(int from, int to) {
        return (int[]) handle.ops().copy(from, to);
    }

    @Override
    public String toString() {
        return Arrays.toString(toArray());
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
