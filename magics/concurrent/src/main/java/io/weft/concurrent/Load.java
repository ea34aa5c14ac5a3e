package io.weft.concurrent;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Items that were given to a pool together, and their results to come. Workers take them in chunks.
final class Load {
    final Batch batch;

    /// The position of the first of them among the items of the call.
    final int first;

    final List<?> items;

    /// So many items are begun and ended together, as `chunksize` says.
    final int grain;

    final Outcome outcome;

    /// The worker that must run them; empty if any may.
    final String pinned;

    /// How the items travel, once they have been prepared for that.
    @Nullable
    Parcel parcel;

    /// How the function travels, once that is known.
    @Nullable
    Closure closure;

    /// Whether a thread waits for the results that may read itself what brings them, if they come soon.
    boolean isShort;

    /// Whether it has not given that up.
    volatile boolean attended;

    /// How its tasks are run, in the process of the pool.
    Runnable bound = () -> {};

    /// What a task has taken lately; 0 if that is not known. Guarded by the crew.
    double taskNanos;

    /// @param items to be changed by nobody
    Load(Batch batch, int first, List<?> items, int grain, String pinned) {
        this.batch = batch;
        this.first = first;
        this.items = items;
        this.grain = grain;
        this.pinned = pinned;
        this.outcome = new Outcome(items.size());
    }

    int size() {
        return items.size();
    }

    int grains() {
        return Math.ceilDiv(size(), grain);
    }

    /// The end of the items that are begun together with this one.
    int grainEnd(int item) {
        return (int) Math.min(size(), ((long) item / grain + 1) * grain);
    }

    /// How long so many items may run; null if as long as they like.
    @Nullable
    Duration limit(int count) {
        var timeout = batch.limits.timeout();
        return timeout == null ? null : timeout.multipliedBy(Math.max(1, count));
    }

    /// The item at this place, for a message.
    String label(int item) {
        var value = items.get(item);
        return "task %d of %s%s"
                .formatted(first + item, batch.verb, value == null ? "" : " (item " + Batch.shorten(value) + ")");
    }

    String label(int from, int to) {
        return to - from == 1
                ? "task %d of %s".formatted(first + from, batch.verb)
                : "tasks %d to %d of %s".formatted(first + from, first + to - 1, batch.verb);
    }

    String label() {
        return label(0, size());
    }
}
