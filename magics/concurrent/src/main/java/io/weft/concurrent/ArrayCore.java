package io.weft.concurrent;

import java.lang.reflect.Array;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An array where it lives: of `int`, `long`, `double` or `Object`.
final class ArrayCore implements ArrayOps {
    private final Object values;

    /// @param values becomes the array itself
    ArrayCore(Object values) {
        this.values = values;
    }

    @Override
    public synchronized @Nullable Object get(int index) {
        return Array.get(values, at(index));
    }

    @Override
    public synchronized void set(int index, @Nullable Object value) {
        Array.set(values, at(index), value);
    }

    @Override
    public synchronized Object add(int index, Object change) {
        Object sum = switch (values) {
            case int[] ints -> ints[at(index)] += ((Number) change).intValue();
            case long[] longs -> longs[at(index)] += ((Number) change).longValue();
            case double[] doubles -> doubles[at(index)] += ((Number) change).doubleValue();
            default -> throw new IllegalStateException("not an array of numbers");
        };
        return sum;
    }

    @Override
    public synchronized @Nullable Object update(int index, Fn function) {
        var changed = function.applyToValue(Array.get(values, at(index)));
        if (changed == null && !(values instanceof Object[]))
            throw new IllegalArgumentException("the function gave null, which is no element of an array of numbers");
        Array.set(values, index, changed);
        return changed;
    }

    @Override
    public synchronized boolean compareAndSet(int index, @Nullable Object expected, @Nullable Object value) {
        if (!Objects.equals(Array.get(values, at(index)), expected)) return false;
        Array.set(values, index, value);
        return true;
    }

    @Override
    @SuppressWarnings("SuspiciousSystemArraycopy") // both are arrays of the same type
    public synchronized void setAll(int from, Object added) {
        Objects.checkFromIndexSize(from, Array.getLength(added), length());
        System.arraycopy(added, 0, values, from, Array.getLength(added));
    }

    private int at(int index) {
        if (index < 0 || index >= length())
            throw new ArrayIndexOutOfBoundsException(
                    "there is no index %d in an array of length %d".formatted(index, length()));
        return index;
    }

    @Override
    public int length() {
        return Array.getLength(values);
    }

    @Override
    @SuppressWarnings("SuspiciousSystemArraycopy") // both are arrays of the same type
    public synchronized Object copy(int from, int to) {
        Objects.checkFromToIndex(from, to, length());
        var copy = Array.newInstance(values.getClass().getComponentType(), to - from);
        System.arraycopy(values, from, copy, 0, to - from);
        return copy;
    }
}
