package io.weft.concurrent;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Items of a load that wait for a worker, or that a worker has been given: one grain or many in a row.
///
/// Guarded by the crew; what a worker tells may be read by any thread.
final class Chunk {
    private static final AtomicLong IDS = new AtomicLong();

    final long id = IDS.incrementAndGet();
    final Load load;

    /// How often its items have been given to a worker that began them and died, and once more for the run to come.
    final int runs;

    /// Its first item, counted within the load.
    private int from;

    /// The item after its last one; what a worker gives back comes off.
    private volatile int to;

    /// Its worker has ended all items before this one.
    private volatile int answered;

    /// Whether its worker was asked to give some back, and has not answered.
    boolean asked;

    /// Whether its worker has told that there is nothing to give back.
    boolean begun;

    Chunk(Load load, int from, int to, int runs) {
        this.load = load;
        this.from = from;
        this.to = to;
        this.answered = from;
        this.runs = runs;
    }

    static Chunk whole(Load load) {
        return new Chunk(load, 0, load.size(), 1);
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    int answered() {
        return answered;
    }

    int size() {
        return to - from;
    }

    /// How many items its worker has not told the end of.
    int left() {
        return to - answered;
    }

    boolean isFinished() {
        return answered >= to;
    }

    void answered(int upTo) {
        answered = upTo;
    }

    /// Takes the first items off a chunk that waits.
    Chunk cut(int items) {
        var part = new Chunk(load, from, from + items, runs);
        from += items;
        answered = from;
        return part;
    }

    /// Takes the items from this one on off a chunk that its worker does not take them of any more.
    Chunk giveBack(int item) {
        var rest = new Chunk(load, item, to, runs);
        to = item;
        return rest;
    }

    /// The end of what the worker is at, as far as it has told.
    int currentEnd() {
        return Math.min(to, load.grainEnd(answered));
    }

    /// How many grains its worker has not begun, at most.
    int notBegun(boolean isHead) {
        int grains = Math.ceilDiv(left(), load.grain);
        return isHead ? grains - 1 : grains;
    }

    /// Whether it has nothing to run for any more.
    boolean isEnded() {
        return load.outcome.isEnded(answered, left());
    }

    @Nullable
    Duration limit() {
        return load.limit(size());
    }

    /// What the worker is at.
    String label() {
        return isFinished() ? load.label(from, Math.max(from + 1, to)) : load.label(answered, currentEnd());
    }
}
