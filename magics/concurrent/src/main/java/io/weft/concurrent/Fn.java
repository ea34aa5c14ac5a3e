package io.weft.concurrent;

import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A function that a shared object applies where it lives.
final class Fn {
    private final Object function;
    private final @Nullable ClassLoader loader;

    private Fn(Object function, @Nullable ClassLoader loader) {
        this.function = function;
        this.loader = loader;
    }

    static Fn of(Object function) {
        return new Fn(java.util.Objects.requireNonNull(function), null);
    }

    static Fn arriving(String id, Address origin) {
        var ready = Hub.get().function(id, origin);
        return new Fn(ready.function(), ready.loader());
    }

    /// @throws NotSendableException if the function cannot travel
    Closure closure() {
        var closure = Closure.pack(function, java.util.Set.of());
        Hub.get().offer(closure);
        return closure;
    }

    /// Applies it to one or two values as they are held here.
    @SuppressWarnings("unchecked")
    @Nullable
    Object apply(@Nullable Object... arguments) {
        var given = arguments.clone();
        for (int i = 0; i < given.length; i++) given[i] = open(given[i]);
        var result = switch (function) {
            case UnaryOperator<?> operator -> ((UnaryOperator<@Nullable Object>) operator).apply(given[0]);
            case Function<?, ?> one -> ((Function<@Nullable Object, @Nullable Object>) one).apply(given[0]);
            case BiFunction<?, ?, ?> two ->
                ((BiFunction<@Nullable Object, @Nullable Object, @Nullable Object>) two).apply(given[0], given[1]);
            default -> throw new IllegalStateException("not a function: " + function.getClass());
        };
        return loader == null || Hub.get().isHome() ? result : Codec.decode(Codec.encode(result), null);
    }

    private @Nullable Object open(@Nullable Object value) {
        if (!(value instanceof Blob(var bytes))) return value;
        return Codec.decode(bytes, loader == null ? Hub.get().arrivals() : loader);
    }
}
