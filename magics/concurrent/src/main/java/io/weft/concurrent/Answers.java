package io.weft.concurrent;

import java.util.concurrent.locks.LockSupport;

/// What a worker has done of a chunk and not told yet. Results gather for a moment and are told together, also while
/// the next task runs on; what can be changed is turned into bytes at once.
///
/// **Threads.** One thread adds; another one tells what has waited too long.
final class Answers {
    private static final long GATHER_NANOS = 500_000;
    private static final long WAIT_NANOS = 1_000_000;
    private static final int MOST_BYTES = 1 << 19;

    /// After so many turns without a task the other thread rests.
    private static final int TURNS = 20;

    /// What stands before the results: their place, how many they are, how long they took, their form.
    private static final int COUNT_AT = 4;

    private static final int NANOS_AT = 8;
    private static final int FORM_AT = 16;
    private static final int LENGTH_AT = 17;
    private static final int FIRST_BYTES = 1 << 10;

    private final Outbox outbox;

    // all guarded by this
    private long chunk;
    private int next;
    private int count;
    private int form;
    private Out gathered = new Out(FIRST_BYTES);
    private long begun;
    private long firstWaits;
    private boolean running;
    private boolean watched;

    Answers(Outbox outbox) {
        this.outbox = outbox;
    }

    /// A chunk begins.
    synchronized void begin(long id, boolean hasMany) {
        chunk = id;
        next = 0;
        begun = System.nanoTime();
        running = hasMany;
        if (!hasMany || watched) return;
        watched = true;
        Threads.run("weft-answers", this::watch);
    }

    /// Tells what is left of the chunk.
    synchronized void end() {
        running = false;
        tell();
    }

    /// Adds the results of the next grain.
    ///
    /// @param numbers an array of numbers, of which the first ones are the results
    synchronized void add(Object numbers, int size) {
        if (numbers instanceof int[] ints) open(Parcel.INTS).putInts(ints, 0, size);
        else if (numbers instanceof long[] longs) open(Parcel.LONGS).putLongs(longs, 0, size);
        else if (numbers instanceof double[] doubles) open(Parcel.DOUBLES).putDoubles(doubles, 0, size);
        else throw new IllegalArgumentException("not numbers");
        added(size);
    }

    /// Adds the results of the next grain as bytes.
    synchronized void add(Out results, int size) {
        if (!results.parts().isEmpty()) tell();
        open(Parcel.GRAINS).putInt(results.size()).append(results);
        added(size);
        if (!results.parts().isEmpty()) tell();
    }

    /// Tells that a part of the chunk has no results.
    ///
    /// @param index the item at fault, counted from the first one of the part; -1 if it is none of them
    synchronized void fail(int size, int index, Throwable failure) {
        tell();
        outbox.send(
                Frame.Type.FAILURE,
                chunk,
                new Out()
                        .putInt(next)
                        .putInt(size)
                        .putInt(index)
                        .putBytes(Failures.encode(failure))
                        .toBytes());
        next += size;
        begun = System.nanoTime();
    }

    private Out open(int wanted) {
        if (count > 0 && form != wanted) tell();
        if (count == 0) {
            form = wanted;
            gathered.putInt(next).putInt(0).putLong(0).putByte(wanted);
            if (wanted != Parcel.GRAINS) gathered.putInt(0);
        }
        return gathered;
    }

    private void added(int size) {
        long now = System.nanoTime();
        if (count == 0) firstWaits = now;
        count += size;
        next += size;
        if (now - begun > GATHER_NANOS || gathered.size() > MOST_BYTES) tell();
    }

    private void tell() {
        if (count == 0) return;
        long now = System.nanoTime();
        gathered.putIntAt(COUNT_AT, count)
                .putLongAt(NANOS_AT, Math.max(1, now - begun))
                .putByteAt(FORM_AT, form);
        if (form != Parcel.GRAINS) gathered.putIntAt(LENGTH_AT, count);
        var told = gathered;
        count = 0;
        begun = now;
        gathered = new Out(FIRST_BYTES);
        outbox.send(Frame.Type.RESULTS, chunk, told);
    }

    private void watch() {
        for (int turns = 0; turns < TURNS; turns++) {
            LockSupport.parkNanos(WAIT_NANOS);
            synchronized (this) {
                if (running) turns = 0;
                if (count > 0 && System.nanoTime() - firstWaits > WAIT_NANOS) tell();
                if (turns == TURNS - 1) watched = false;
            }
        }
    }
}
