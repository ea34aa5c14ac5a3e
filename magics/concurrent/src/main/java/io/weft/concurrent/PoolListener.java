package io.weft.concurrent;

/// Hears what happens in a [Pool], see [Pool#addListener].
///
/// ```java
/// pool.addListener(event -> {
///     if (event instanceof PoolEvent.TasksFailed failed) log.warn(failed.verb(), failed.failure());
/// });
/// ```
///
/// **Threads.** Events of a pool come one after the other, in the order in which they happened, on a thread of the
/// library: a slow listener delays the events that follow, and never the tasks. One that throws is removed, and its
/// exception shown.
@FunctionalInterface
public interface PoolListener {
    void on(PoolEvent event);
}
