package io.weft.concurrent;

import java.io.Serializable;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/// Unmodifiable lists of numbers that are boxed only when somebody looks at them.
///
/// **Threads.** Immutable, so any thread may use them.
final class Numbers {
    private Numbers() {}

    /// A list over this very array, which nobody must change any more.
    static List<?> of(Object array) {
        if (array instanceof int[] ints) return new Ints(ints);
        if (array instanceof long[] longs) return new Longs(longs);
        if (array instanceof double[] doubles) return new Doubles(doubles);
        throw new IllegalArgumentException("not numbers: " + array.getClass());
    }

    static final class Ints extends AbstractList<Integer> implements RandomAccess, Serializable {
        final int[] numbers;

        private Ints(int[] numbers) {
            this.numbers = numbers;
        }

        @Override
        public Integer get(int index) {
            return numbers[index];
        }

        @Override
        public int size() {
            return numbers.length;
        }

        @Override
        public Object[] toArray() {
            return Arrays.stream(numbers).boxed().toArray();
        }
    }

    static final class Longs extends AbstractList<Long> implements RandomAccess, Serializable {
        final long[] numbers;

        private Longs(long[] numbers) {
            this.numbers = numbers;
        }

        @Override
        public Long get(int index) {
            return numbers[index];
        }

        @Override
        public int size() {
            return numbers.length;
        }

        @Override
        public Object[] toArray() {
            return Arrays.stream(numbers).boxed().toArray();
        }
    }

    static final class Doubles extends AbstractList<Double> implements RandomAccess, Serializable {
        final double[] numbers;

        private Doubles(double[] numbers) {
            this.numbers = numbers;
        }

        @Override
        public Double get(int index) {
            return numbers[index];
        }

        @Override
        public int size() {
            return numbers.length;
        }

        @Override
        public Object[] toArray() {
            return Arrays.stream(numbers).boxed().toArray();
        }
    }
}
