package io.weft.concurrent;

import java.io.Serializable;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/// Python's `range`: an unmodifiable list of evenly spaced numbers that takes the memory of three of them.
///
/// ```java
/// import static io.weft.concurrent.Range.range;
/// pool.map(n -> n * n, range(10));
/// ```
///
/// **Threads.** Immutable, so any thread may use it.
public final class Range extends AbstractList<Integer> implements RandomAccess, Serializable {
    private final int start;
    private final int step;
    private final int size;

    private Range(int start, int step, int size) {
        this.start = start;
        this.step = step;
        this.size = size;
    }

    /// The numbers from 0 to `end`, without `end`.
    public static List<Integer> range(int end) {
        return range(0, end, 1);
    }

    /// The numbers from `start` to `end`, without `end`; empty if `end` is not above `start`.
    public static List<Integer> range(int start, int end) {
        return range(start, end, 1);
    }

    /// The numbers from `start` in steps of `step`, as long as they have not reached `end`.
    ///
    /// @throws IllegalArgumentException if `step` is 0, or there are more numbers than a list can hold
    public static List<Integer> range(int start, int end, int step) {
        if (step == 0) throw new IllegalArgumentException("range: step is 0, so the end is never reached");
        long distance = step > 0 ? (long) end - start : (long) start - end;
        long stride = Math.abs((long) step);
        long size = distance <= 0 ? 0 : (distance + stride - 1) / stride;
        if (size > Integer.MAX_VALUE)
            throw new IllegalArgumentException("range: %d numbers are more than a list can hold".formatted(size));
        return new Range(start, step, (int) size);
    }

    /// The range with these properties, as another JVM told them.
    static Range of(int start, int step, int size) {
        if (size < 0 || step == 0) throw new IllegalStateException("broken message: not a range");
        return new Range(start, step, size);
    }

    int start() {
        return start;
    }

    int step() {
        return step;
    }

    @Override
    public Integer get(int index) {
        Objects.checkIndex(index, size);
        return start + index * step;
    }

    @Override
    public int size() {
        return size;
    }
}
