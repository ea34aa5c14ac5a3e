package io.weft.concurrent;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A semaphore where it lives: who waits longest is served first, and the permits of a JVM that ends come back.
@SuppressWarnings("ReferenceEquality") // a turn is a condition of its own
final class SemaphoreCore implements SemaphoreOps, Undo, ClientWatcher {
    private static final int ENDED_KEPT = 256;

    private final int initial;
    private final int bound;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Condition> queue = new ArrayDeque<>();
    private final Map<Client, Integer> held = new HashMap<>();
    private final Map<Client, Integer> kept = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Client, Integer> eldest) {
            return size() > ENDED_KEPT;
        }
    };
    private final Notices notices = new Notices();
    private int permits;

    SemaphoreCore(int permits, int bound) {
        if (permits < 0) throw new IllegalArgumentException("a semaphore cannot begin with " + permits + " permits");
        this.initial = permits;
        this.bound = bound;
        this.permits = permits;
    }

    @Override
    public boolean acquire(int count, long nanos) throws InterruptedException {
        if (count < 1) throw new IllegalArgumentException("cannot acquire " + count + " permits");
        if (count > bound)
            throw new IllegalArgumentException(
                    "cannot acquire %d permits of a semaphore that never has more than %d".formatted(count, bound));
        lock.lockInterruptibly();
        try {
            if (permits >= count && queue.isEmpty()) return take(count);
            if (nanos == 0) return permits >= count && take(count);
            var turn = lock.newCondition();
            queue.addLast(turn);
            try {
                while (permits < count || queue.peekFirst() != turn) {
                    if (nanos < 0) turn.await();
                    else if (nanos == 0) return false;
                    else nanos = Math.max(0, turn.awaitNanos(nanos));
                }
                return take(count);
            } finally {
                queue.remove(turn);
                wakeNext();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean take(int count) {
        permits -= count;
        held.merge(Client.current(), count, Integer::sum);
        return true;
    }

    private void wakeNext() {
        var next = queue.peekFirst();
        if (next != null && permits > 0) next.signal();
    }

    @Override
    public void release(int count) {
        if (count < 1) throw new IllegalArgumentException("cannot release " + count + " permits");
        lock.lock();
        try {
            if (count > bound - permits)
                throw new IllegalStateException(
                        "released more often than acquired: the semaphore has %d of at most %d permits"
                                .formatted(permits, bound));
            permits = Math.addExact(permits, count);
            forget(count);
            wakeNext();
        } finally {
            lock.unlock();
        }
    }

    /// Permits are no longer held: the caller's first, as anybody may release.
    private void forget(int count) {
        count = forget(held, Client.current(), count);
        for (var other : held.keySet().toArray(new Client[0])) count = forget(held, other, count);
    }

    /// Gives how many of them that client did not hold.
    private static int forget(Map<Client, Integer> holders, Client client, int count) {
        int has = holders.getOrDefault(client, 0);
        int gone = Math.min(has, count);
        if (gone == has) holders.remove(client);
        else holders.put(client, has - gone);
        return count - gone;
    }

    @Override
    public int available() {
        lock.lock();
        try {
            return permits;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void undo(String method, @Nullable Object[] arguments, @Nullable Object result) {
        if (!Boolean.TRUE.equals(result) || !(arguments[0] instanceof Integer count)) return;
        lock.lock();
        try {
            // its end may have been heard of first, and have given the permits back or not
            if (forget(held, Client.current(), count) == 0 || forget(kept, Client.current(), count) == 0) {
                permits += count;
                wakeNext();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void clientEnded(Client client) {
        int back;
        lock.lock();
        try {
            var had = held.remove(client);
            if (had == null) return;
            back = Math.max(0, Math.min(had, initial - permits));
            if (had > back) kept.put(client, had - back);
            if (back == 0) return;
            permits += back;
            wakeNext();
        } finally {
            lock.unlock();
        }
        notices.say(
                client,
                back == 1
                        ? "ended with 1 permit of a shared semaphore. It is free again, but what it guards may be half done."
                        : "ended with %d permits of a shared semaphore. They are free again, but what they guard may be half done."
                                .formatted(back));
    }
}
