package io.weft.concurrent;

import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Elements on their way to a queue without limit in another JVM: those that are put while earlier ones travel
/// go together.
///
/// Nobody sees that they are late: every other call of a shared object from this JVM waits for them first, and so
/// does the end of the task. If they could not be put, the next call says so.
///
/// **Threads.** Any thread may add.
final class Puts {
    /// Those that have elements under way, or a failure that nobody has been told.
    private static final Set<Puts> UNDER_WAY = ConcurrentHashMap.newKeySet();

    /// A queue with more room than this had no limit when it was made.
    static final int UNLIMITED = 1 << 30;

    /// The thread that made the last call of another kind. An element that it puts next is sent by itself, and its
    /// next call follows: so it takes from one queue and puts into another without a wait in between.
    private static volatile @Nullable Thread caller;

    /// An element that comes so much later than the one before is sent at once, by the thread that puts it.
    private static final long ALONE_NANOS = 50_000;

    private static final int MOST_ELEMENTS = 1 << 14;
    private static final int MOST_BYTES = 1 << 22;
    private static final int LARGE_BYTES = 1 << 16;

    /// Sends elements, and returns when they are in the queue.
    interface Way {
        void put(Object element) throws InterruptedException;

        void putAll(Object[] elements) throws InterruptedException;

        /// Sends an element; every later call of this JVM finds it in the queue.
        void putLate(Object element) throws InterruptedException;

        boolean isUnlimited();
    }

    private final Way way;
    private ArrayList<Object> waiting = new ArrayList<>();
    private int waitingBytes;
    private volatile boolean sending;
    private long added;
    private long arrived;
    private volatile @Nullable Boolean unlimited;
    private volatile @Nullable RuntimeException failure;
    private volatile long latest;

    Puts(Way way) {
        this.way = way;
    }

    /// Puts an element or takes it over, unless the queue may be full.
    ///
    /// @return whether it did
    /// @throws InterruptedException if interrupted while very much is under way; then it is not put
    boolean add(Object element) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException();
        if (!isUnlimited()) return false;
        var own = Thread.currentThread();
        if (own == caller && !sending) {
            caller = null;
            throwLateFailure();
            way.putLate(element);
            latest = System.nanoTime();
            return true;
        }
        if (!sending && isAlone()) {
            throwLateFailure();
            way.put(element);
            latest = System.nanoTime();
            return true;
        }
        Object copy;
        int bytes = 16;
        switch (element) {
            case Integer _, Long _, Double _, Boolean _, Character _ -> copy = element;
            case String text
            when text.length() < LARGE_BYTES -> {
                copy = element;
                bytes += 2 * text.length();
            }
            case byte[] array
            when array.length < LARGE_BYTES -> {
                copy = array.clone();
                bytes += array.length;
            }
            case byte[] _, String _ -> {
                flush();
                way.put(element);
                return true;
            }
            default -> {
                var encoded = Codec.encode(element);
                copy = new Blob(encoded);
                bytes += encoded.length;
            }
        }
        synchronized (this) {
            throwFailure();
            while (waiting.size() >= MOST_ELEMENTS || waitingBytes >= MOST_BYTES) {
                wait();
                throwFailure();
            }
            waiting.add(copy);
            waitingBytes += bytes;
            added++;
            if (sending) return true;
            sending = true;
            UNDER_WAY.add(this);
        }
        Threads.run("weft-puts", this::send);
        return true;
    }

    private boolean isAlone() {
        long now = System.nanoTime();
        boolean alone = now - latest > ALONE_NANOS;
        latest = now;
        return alone;
    }

    private boolean isUnlimited() {
        var known = unlimited;
        if (known == null) {
            known = way.isUnlimited();
            unlimited = known;
        }
        return known;
    }

    private void send() {
        while (true) {
            Object[] batch;
            synchronized (this) {
                if (waiting.isEmpty()) {
                    sending = false;
                    // a failure stays in sight until somebody has been told
                    if (failure == null) UNDER_WAY.remove(this);
                    notifyAll();
                    return;
                }
                batch = waiting.toArray();
                waiting.clear();
                waitingBytes = 0;
                notifyAll();
            }
            try {
                way.putAll(batch);
            } catch (RuntimeException refused) {
                fail(refused);
            } catch (InterruptedException | Error broken) {
                // whoever waits for them must hear of it
                fail(new IllegalStateException("elements could not be put: " + broken, broken));
            }
            synchronized (this) {
                arrived += batch.length;
                notifyAll();
            }
        }
    }

    private synchronized void fail(RuntimeException why) {
        failure = why;
        arrived += waiting.size();
        waiting = new ArrayList<>();
        waitingBytes = 0;
    }

    private void throwLateFailure() {
        if (failure == null) return;
        synchronized (this) {
            throwFailure();
        }
    }

    private void throwFailure() {
        var why = failure;
        if (why == null) return;
        failure = null;
        if (!sending) UNDER_WAY.remove(this);
        throw Failures.joinToCaller(why);
    }

    /// Waits until all that has been added is in the queue, however the thread is interrupted: the other JVM answers
    /// or ends.
    private void flush() {
        boolean interrupted = false;
        try {
            synchronized (this) {
                for (long upTo = added; arrived < upTo && failure == null; ) {
                    try {
                        wait();
                    } catch (InterruptedException later) {
                        interrupted = true;
                    }
                }
                throwFailure();
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    /// Waits until all that any thread of this JVM has added is in its queue.
    static void flushAll() {
        flushBatches();
        Peer.settleAll(null);
    }

    /// The same, for a thread that is about to make a call that itself waits for what was sent late.
    static void flush(Thread thread) {
        flushBatches();
        if (caller != thread) caller = thread;
    }

    private static void flushBatches() {
        if (!UNDER_WAY.isEmpty()) UNDER_WAY.forEach(Puts::flush);
    }
}
