package io.weft.concurrent;

/// What a counter can be asked.
interface CounterOps {
    long add(long change);

    @Repeatable
    long get();

    @Repeatable
    void set(long value);
}
