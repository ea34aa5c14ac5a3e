package io.weft.concurrent;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// Work that a worker does for one item: takes the item, gives a result, may throw.
///
/// A lambda that stands for a task can be sent to a worker JVM with the values it captures.
///
/// @param <T> the item
/// @param <R> the result
@FunctionalInterface
public interface Task<T extends @Nullable Object, R extends @Nullable Object> extends Serializable {
    R apply(T item) throws Exception;
}
