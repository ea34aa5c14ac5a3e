package io.weft.concurrent;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Two values that belong together: the arguments of one call in [Pool#starmap].
///
/// @param first the first value
/// @param second the second value
public record Pair<A extends @Nullable Object, B extends @Nullable Object>(A first, B second) implements Serializable {
    public static <A extends @Nullable Object, B extends @Nullable Object> Pair<A, B> of(A first, B second) {
        return new Pair<>(first, second);
    }

    /// Pairs the elements of two lists by their position, as far as the shorter one goes.
    public static <A extends @Nullable Object, B extends @Nullable Object> List<Pair<A, B>> zip(
            Iterable<? extends A> firsts, Iterable<? extends B> seconds) {
        Objects.requireNonNull(firsts, "firsts");
        Objects.requireNonNull(seconds, "seconds");
        var pairs = new ArrayList<Pair<A, B>>();
        var second = seconds.iterator();
        for (A first : firsts) {
            if (!second.hasNext()) break;
            pairs.add(new Pair<>(first, second.next()));
        }
        return List.copyOf(pairs);
    }
}
