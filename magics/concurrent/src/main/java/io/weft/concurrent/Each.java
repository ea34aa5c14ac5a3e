package io.weft.concurrent;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// Work without a result that a worker does for one item, as [Pool#forEach] hands them out.
///
/// @param <T> the item
@FunctionalInterface
public interface Each<T extends @Nullable Object> extends Serializable {
    void accept(T item) throws Exception;
}
