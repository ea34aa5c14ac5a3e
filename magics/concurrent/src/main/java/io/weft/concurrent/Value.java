package io.weft.concurrent;

import java.io.Serializable;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One value that threads and worker JVMs share; Python's `Value`.
///
/// **Threads.** All methods may be called from any thread; each is one step.
public final class Value<V extends @Nullable Object> implements Serializable {
    private final transient Handle<ValueOps> handle;

    Value(Handle<ValueOps> handle) {
        this.handle = handle;
    }

    public V get() {
        return Handle.here(handle.ops().get());
    }

    public void set(V value) {
        handle.ops().set(value);
    }

    /// Sets the value; gives the one before.
    public V getAndSet(V value) {
        return Handle.here(handle.ops().getAndSet(value));
    }

    /// Replaces the value by what the function makes of it, as one step; gives the new one. A function that
    /// cannot travel is applied here, again and again until no other change came between.
    public V update(UnaryOperator<V> function) {
        Objects.requireNonNull(function, "function");
        try {
            return Handle.here(handle.ops().update(Fn.of(function)));
        } catch (NotSendableException stays) {
            while (true) {
                V before = get();
                V after = function.apply(before);
                if (handle.ops().compareAndSet(before, after)) return after;
            }
        }
    }

    @Override
    public String toString() {
        return String.valueOf(get());
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
