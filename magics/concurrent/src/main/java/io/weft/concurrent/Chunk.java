package io.weft.concurrent;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
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

    /// How often it has been given to a worker that began it and died, and once more for the run to come.
    int runs = 1;

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

    /// How long it may run; null if as long as it likes.
    @Nullable
    Duration limit() {
        var timeout = batch.limits.timeout();
        return timeout == null ? null : timeout.multipliedBy(Math.max(1, items.length));
    }

    /// The item at this place, for a message.
    String label(int item) {
        var value = items[item];
        return "task %d of %s%s"
                .formatted(first + item, batch.verb, value == null ? "" : " (item " + Batch.shorten(value) + ")");
    }

    String label() {
        return items.length == 1
                ? "task %d of %s".formatted(first, batch.verb)
                : "tasks %d to %d of %s".formatted(first, first + items.length - 1, batch.verb);
    }

    boolean fail(Throwable failure) {
        return results.completeExceptionally(failure);
    }

    /// What it ended with instead of results.
    Throwable failure() {
        return results.state() == Future.State.CANCELLED
                ? new CancellationException("cancelled")
                : results.exceptionNow();
    }

    void cancelled(String why) {
        fail(new CancellationException(why));
    }
}
