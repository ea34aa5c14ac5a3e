package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// What a value can be asked.
interface ValueOps {
    @Repeatable
    @Nullable
    Object get();

    @Repeatable
    void set(@Nullable Object value);

    @Nullable
    Object getAndSet(@Nullable Object value);

    @Nullable
    Object update(Fn function);

    boolean compareAndSet(@Nullable Object expected, @Nullable Object value);
}
