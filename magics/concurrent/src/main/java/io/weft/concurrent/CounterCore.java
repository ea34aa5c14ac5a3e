package io.weft.concurrent;

import java.util.concurrent.atomic.AtomicLong;

/// A counter where it lives.
final class CounterCore implements CounterOps {
    private final AtomicLong value = new AtomicLong();

    @Override
    public long add(long change) {
        return value.addAndGet(change);
    }

    @Override
    public long get() {
        return value.get();
    }

    @Override
    public void set(long changed) {
        value.set(changed);
    }
}
