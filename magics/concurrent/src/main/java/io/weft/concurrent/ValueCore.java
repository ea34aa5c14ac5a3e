package io.weft.concurrent;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A value where it lives.
final class ValueCore implements ValueOps {
    private @Nullable Object value;

    ValueCore(@Nullable Object value) {
        this.value = value;
    }

    @Override
    public synchronized @Nullable Object get() {
        return value;
    }

    @Override
    public synchronized void set(@Nullable Object changed) {
        value = changed;
    }

    @Override
    public synchronized @Nullable Object getAndSet(@Nullable Object changed) {
        var before = value;
        value = changed;
        return before;
    }

    @Override
    public synchronized @Nullable Object update(Fn function) {
        value = function.applyToValue(value);
        return value;
    }

    @Override
    public synchronized boolean compareAndSet(@Nullable Object expected, @Nullable Object changed) {
        if (!Objects.equals(value, expected)) return false;
        value = changed;
        return true;
    }
}
