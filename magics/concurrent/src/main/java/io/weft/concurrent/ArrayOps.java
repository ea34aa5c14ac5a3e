package io.weft.concurrent;

/// What an array can be asked.
interface ArrayOps {
    @Repeatable
    double get(int index);

    @Repeatable
    void set(int index, double value);

    double add(int index, double change);

    @Repeatable
    int length();

    @Repeatable
    double[] toArray();
}
