package io.weft.concurrent;

import java.io.Serializable;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// A [Callable] that can be sent to a worker JVM with the values it captures.
///
/// @param <R> the result
@FunctionalInterface
public interface Call<R extends @Nullable Object> extends Callable<R>, Serializable {}
