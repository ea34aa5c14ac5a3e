package io.weft.concurrent;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// Work that a worker does for a pair of values, as [Pool#starmap] hands them out.
///
/// @param <A> the first value
/// @param <B> the second value
/// @param <R> the result
@FunctionalInterface
public interface Task2<A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
        extends Serializable {
    R apply(A first, B second) throws Exception;
}
