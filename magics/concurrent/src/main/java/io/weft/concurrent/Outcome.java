package io.weft.concurrent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The results to come of items that were given to a pool together. They arrive in parts and in any order; numbers
/// stay packed as long as all results are of one kind.
///
/// **Memory effects.** What happened in a thread before it adds a result *happens-before* [#await] returns.
///
/// **Threads.** Any thread may add, and one may wait.
final class Outcome {
    private static final Object NONE = new Object();
    private static final int FAILURES_KEPT = 1000;

    private record Failed(int from, int to, Throwable why) {}

    private final int size;
    private final BitSet ended;
    private int open;

    /// All items before this one have ended.
    private int before;

    /// An array of the size of all, of the kind that the results have.
    private Object values = NONE;

    private int firstFailed = Integer.MAX_VALUE;
    private @Nullable Throwable failure;
    private final List<Failed> failures = new ArrayList<>(0);
    private Runnable whenEnded = () -> {};
    private boolean told;
    private volatile boolean decided;
    private volatile boolean failed;
    private volatile @Nullable Thread waiter;

    Outcome(int size) {
        this.size = size;
        this.open = size;
        this.decided = size == 0;
        this.ended = new BitSet(size);
    }

    /// Adds results, unless these items have ended already.
    void fill(int first, @Nullable Object[] results) {
        fill(first, results.length, results);
    }

    /// Adds the results that a message holds, see [Parcel].
    void fill(int first, int count, int form, In in) {
        switch (form) {
            case Parcel.INTS -> fill(first, count, in);
            case Parcel.LONGS -> fill(first, count, in.getLongs());
            case Parcel.DOUBLES -> fill(first, count, in.getDoubles());
            default -> throw new IllegalStateException("broken message: unknown form " + form);
        }
    }

    private void fill(int first, int count, In in) {
        synchronized (this) {
            if (values == NONE) values = new int[size];
            if (values instanceof int[] all && isOpen(first, count)) {
                in.getInts(all, first, count);
                end(first, count);
            } else {
                var part = in.getInts();
                if (part.length != count) throw new IllegalStateException("broken message: results are missing");
                fill(first, count, part);
                return;
            }
        }
        tell();
    }

    private void fill(int first, int count, Object part) {
        synchronized (this) {
            for (int at = first; at < first + count; ) {
                int from = ended.nextClearBit(at);
                if (from >= first + count) break;
                int next = ended.nextSetBit(from);
                int to = next < 0 ? first + count : Math.min(next, first + count);
                store(from, part, from - first, to - from);
                end(from, to - from);
                at = to;
            }
        }
        tell();
    }

    private void store(int to, Object part, int from, int count) {
        if (values == NONE)
            values = switch (part) {
                case int[] _ -> new int[size];
                case long[] _ -> new long[size];
                case double[] _ -> new double[size];
                default -> new Object[size];
            };
        if (values.getClass() == part.getClass()) {
            System.arraycopy(part, from, values, to, count);
        } else {
            if (!(values instanceof Object[])) values = Numbers.of(values).toArray();
            var boxed = part instanceof Object[] objects
                    ? objects
                    : Numbers.of(part).toArray();
            System.arraycopy(boxed, from, values, to, count);
        }
    }

    private boolean isOpen(int first, int count) {
        int next = ended.nextSetBit(first);
        return next < 0 || next >= first + count;
    }

    private void end(int first, int count) {
        ended.set(first, first + count);
        open -= count;
        if (first <= before) before = ended.nextClearBit(before);
    }

    /// Ends the items that have not ended with a failure.
    ///
    /// @return whether there were any
    boolean fail(int first, int count, Throwable why) {
        int from;
        synchronized (this) {
            from = ended.nextClearBit(first);
            if (from >= first + count) return false;
            failed = true;
            int already = ended.get(first, first + count).cardinality();
            ended.set(first, first + count);
            open -= count - already;
            before = ended.nextClearBit(before);
            if (failures.size() < FAILURES_KEPT) failures.add(new Failed(first, first + count, why));
            if (from < firstFailed) {
                firstFailed = from;
                failure = why;
            }
        }
        tell();
        return true;
    }

    /// Ends all items that have not ended.
    boolean fail(Throwable why) {
        return fail(0, size, why);
    }

    /// Wakes up whoever waits, if it has reason to go on.
    private void tell() {
        Runnable step = null;
        synchronized (this) {
            if (open > 0 && firstFailed >= before) return;
            decided = true;
            if (open == 0 && !told) {
                told = true;
                step = whenEnded;
            }
        }
        var thread = waiter;
        if (thread != null) LockSupport.unpark(thread);
        if (step != null) step.run();
    }

    /// Has a step run when the last item has ended, by the thread that ends it.
    void whenEnded(Runnable step) {
        synchronized (this) {
            if (open > 0) {
                whenEnded = step;
                return;
            }
            told = true;
        }
        step.run();
    }

    /// Waits until all items have ended, or one has failed and all before it have ended.
    void await() throws InterruptedException {
        if (decided) return;
        waiter = Thread.currentThread();
        try {
            while (!decided) {
                if (Thread.interrupted()) throw new InterruptedException();
                LockSupport.park(this);
            }
        } finally {
            waiter = null;
        }
    }

    /// Whether [#await] has nothing to wait for.
    boolean isDecided() {
        return decided;
    }

    /// Whether an item has ended without a result: it failed, it was cancelled, or it was over its time.
    boolean hasFailures() {
        return failed;
    }

    boolean isEnded() {
        synchronized (this) {
            return open == 0;
        }
    }

    boolean isEnded(int first, int count) {
        synchronized (this) {
            return ended.nextClearBit(first) >= first + count;
        }
    }

    /// The first failure in the order of the items; null if there is none.
    @Nullable
    Throwable failure() {
        synchronized (this) {
            return failure;
        }
    }

    /// What an item ended with that has no result; null if it has one.
    @Nullable
    Throwable failureOf(int item) {
        synchronized (this) {
            // an item that has ended ends no second time, so the earliest counts
            for (var each : failures) if (each.from() <= item && item < each.to()) return each.why();
            return failure;
        }
    }

    /// The failure as whoever waits for the results gets it.
    static RuntimeException asThrown(Throwable failure) {
        return failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
    }

    /// All results, in the order of the items; unmodifiable. To be asked for when all have ended without a failure.
    List<?> list() {
        synchronized (this) {
            if (values == NONE) return Collections.emptyList();
            return values instanceof Object[] objects
                    ? Collections.unmodifiableList(Arrays.asList(objects))
                    : Numbers.of(values);
        }
    }
}
