package io.weft.concurrent;

/// An array where it lives.
final class ArrayCore implements ArrayOps {
    private final double[] values;

    ArrayCore(double[] values) {
        this.values = values.clone();
    }

    @Override
    public synchronized double get(int index) {
        return values[index];
    }

    @Override
    public synchronized void set(int index, double value) {
        values[index] = value;
    }

    @Override
    public synchronized double add(int index, double change) {
        return values[index] += change;
    }

    @Override
    public int length() {
        return values.length;
    }

    @Override
    public synchronized double[] toArray() {
        return values.clone();
    }
}
