package io.weft.concurrent;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// The results of [Pool#imap] and [Pool#imapUnordered], one by one, for a `for` loop or by [#next].
///
/// They can be read once: every [#iterator] is this one. Items are read in the thread that reads the results, and
/// only a few ahead of them. For one thread at a time.
///
/// @param <R> the results
@SuppressWarnings("IterableAndIterator") // like an iterator of Python, which is its own iterable
public interface ResultIterator<R extends @Nullable Object> extends Iterator<R>, Iterable<R>, AutoCloseable {
    @Override
    default Iterator<R> iterator() {
        return this;
    }

    /// Cancels the tasks that are under way, and ends the results. Not needed by those who read them all.
    @Override
    default void close() {}
}
