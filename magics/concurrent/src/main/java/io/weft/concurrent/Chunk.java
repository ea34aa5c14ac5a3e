package io.weft.concurrent;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Items of one batch that are sent together, and their results to come.
final class Chunk {
    private static final AtomicLong IDS = new AtomicLong();

    final long id = IDS.incrementAndGet();
    final Batch batch;
    final int first;
    final @Nullable Object[] items;
    final CompletableFuture<@Nullable Object[]> results = new CompletableFuture<>();

    /// The worker that must run it; empty if any may.
    final String pinned;

    /// How the chunk travels, once it has been prepared for that.
    @Nullable
    Parcel parcel;

    /// Where the task runs, in the process of the pool.
    Runnable bound = () -> {};

    /// The function and the items, ready to be sent.
    record Parcel(Closure closure, Out items) {}

    Chunk(Batch batch, int first, @Nullable Object[] items, String pinned) {
        this.batch = batch;
        this.first = first;
        this.items = items;
        this.pinned = pinned;
    }

    String label() {
        return items.length == 1
                ? "task %d of %s".formatted(first, batch.verb)
                : "tasks %d to %d of %s".formatted(first, first + items.length - 1, batch.verb);
    }

    boolean fail(Throwable failure) {
        return results.completeExceptionally(failure);
    }

    void cancelled(String why) {
        fail(new CancellationException(why));
    }
}
