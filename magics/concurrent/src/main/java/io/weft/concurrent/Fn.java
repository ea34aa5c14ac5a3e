package io.weft.concurrent;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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

    /// The one that a message holds: its name and where to fetch it, or all of it.
    static Fn arriving(In in) {
        var id = in.getString();
        Closures.Ready ready;
        if (id.isEmpty()) {
            var closure = Closure.fromBytes(in.getBytes());
            var classes = new ArrayList<byte[]>();
            for (int i = 0; i < closure.classes().size(); i++) classes.add(in.getBytes());
            ready = Hub.get().function(closure, classes);
        } else {
            ready = Hub.get().function(id, Opened.ONCE, in.getAddress());
        }
        return new Fn(ready.function(), ready.loader());
    }

    /// @throws NotSendableException if the function cannot travel
    Closure closure() {
        var closure = Closure.pack(function, java.util.Set.of());
        Hub.get().offer(closure);
        return closure;
    }

    /// Applies it to one or two values as they are held here; a list, map or set that it gives becomes a shared one.
    @Nullable
    Object apply(@Nullable Object... arguments) {
        return Nesting.here(result(arguments), this::held);
    }

    /// Applies it to a value as it is held here.
    @Nullable
    Object applyToValue(@Nullable Object argument) {
        return held(result(argument));
    }

    @SuppressWarnings("unchecked")
    private @Nullable Object result(@Nullable Object... arguments) {
        var given = arguments.clone();
        for (int i = 0; i < given.length; i++) given[i] = open(given[i]);
        return switch (function) {
            case UnaryOperator<?> operator -> ((UnaryOperator<@Nullable Object>) operator).apply(given[0]);
            case Function<?, ?> one -> ((Function<@Nullable Object, @Nullable Object>) one).apply(given[0]);
            case BiFunction<?, ?, ?> two ->
                ((BiFunction<@Nullable Object, @Nullable Object, @Nullable Object>) two).apply(given[0], given[1]);
            default -> throw new IllegalStateException("not a function: " + function.getClass());
        };
    }

    /// Applies it to a list with the elements that are held here; gives those of the list that it makes.
    @SuppressWarnings("unchecked")
    List<@Nullable Object> applyToList(List<@Nullable Object> elements) {
        var given = new ArrayList<@Nullable Object>();
        for (var element : elements) given.add(open(element));
        var result = ((Function<Object, List<@Nullable Object>>) function).apply(given);
        var changed = new ArrayList<@Nullable Object>();
        for (var element : result) changed.add(Nesting.here(element, this::held));
        return changed;
    }

    /// Calls it, if it takes nothing.
    Object call() throws Exception {
        if (function instanceof Callable<?> maker) {
            var made = maker.call();
            if (made != null) return made;
        }
        throw new IllegalStateException("the function has made nothing");
    }

    /// The class loader that it came with; null if it was made here.
    @Nullable
    ClassLoader loader() {
        return loader;
    }

    /// A value as it is held here: in bytes, if the JVM does not know its class for good.
    private @Nullable Object held(@Nullable Object value) {
        return loader == null || Hub.get().isHome() ? value : Codec.decode(Codec.encode(value), null);
    }

    private @Nullable Object open(@Nullable Object value) {
        if (!(value instanceof Blob(var bytes))) return value;
        return Codec.decode(bytes, loader == null ? Hub.get().arrivals() : loader);
    }
}
