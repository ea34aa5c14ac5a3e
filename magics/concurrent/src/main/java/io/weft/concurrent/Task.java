package io.weft.concurrent;

import java.io.Serializable;

/// Work that a worker does for one item: takes the item, gives a result, may throw.
///
/// A lambda that stands for a task can be sent to a worker JVM with the values it captures.
///
/// @param <T> the item
/// @param <R> the result
@FunctionalInterface
public interface Task<T, R> extends Serializable {
    R apply(T item) throws Exception;
}
