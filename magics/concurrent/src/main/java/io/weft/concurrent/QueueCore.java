package io.weft.concurrent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A queue where it lives: first in, first out, with room for so many elements, until it is closed.
///
/// It counts what each JVM has taken and not marked as done, so that nobody waits for one that has ended.
final class QueueCore implements QueueOps, Undo, ClientWatcher {
    private static final Object[] NONE = {};

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notFull = lock.newCondition();
    private final Condition allDone = lock.newCondition();
    private final ArrayDeque<Object> elements = new ArrayDeque<>();

    /// Those who wait for an element, the longest first: only while there is none.
    private final ArrayDeque<Taker> takers = new ArrayDeque<>();

    private final Map<Client, Tally> taken = new HashMap<>();
    private final Map<Client, Tally> lost = new HashMap<>();
    private int waitingForRoom;
    private long unfinished;
    private boolean closed;

    /// The one of [#taken] that was added to last.
    private @Nullable Client recent;

    private Tally recentTally = new Tally();

    private static final class Tally {
        private long count;
    }

    QueueCore(int capacity) {
        if (capacity < 1)
            throw new IllegalArgumentException("a queue needs room for at least 1 element, not " + capacity);
        this.capacity = capacity;
    }

    /// Whether it was made without a limit.
    boolean isUnlimited() {
        return capacity == Integer.MAX_VALUE;
    }

    @Override
    public boolean put(Object element, long nanos) throws InterruptedException {
        List<Taker> served;
        lock.lockInterruptibly();
        try {
            while (!hasRoom("the element was not put")) {
                if (nanos == 0) return false;
                nanos = awaitRoom(nanos);
            }
            elements.addLast(element);
            unfinished++;
            served = serve();
        } finally {
            lock.unlock();
        }
        wake(served);
        return true;
    }

    @Override
    public void putAll(Object[] added) throws InterruptedException {
        for (int done = 0; done < added.length; ) {
            List<Taker> served;
            lock.lockInterruptibly();
            try {
                while (!hasRoom("%d of %d elements were put".formatted(done, added.length))) awaitRoom(-1);
                int end = done + Math.min(added.length - done, capacity - elements.size());
                unfinished += end - done;
                while (done < end) elements.addLast(added[done++]);
                served = serve();
            } finally {
                lock.unlock();
            }
            wake(served);
        }
    }

    private boolean hasRoom(String fate) {
        if (closed) throw new QueueClosedException("the queue is closed; " + fate);
        return elements.size() < capacity;
    }

    private long awaitRoom(long nanos) throws InterruptedException {
        waitingForRoom++;
        try {
            return await(notFull, nanos);
        } finally {
            waitingForRoom--;
        }
    }

    /// Gives elements to those who wait for them; they are woken when the lock is free again.
    private List<Taker> serve() {
        if (takers.isEmpty() || elements.isEmpty()) return List.of();
        var served = new ArrayList<Taker>();
        while (!takers.isEmpty() && !elements.isEmpty()) {
            var taker = takers.removeFirst();
            taker.give(takeNow(taker.atMost, taker.client));
            served.add(taker);
        }
        return served;
    }

    private static void wake(List<Taker> served) {
        for (var taker : served) taker.wake();
    }

    @Override
    public @Nullable Object poll(long nanos) throws InterruptedException {
        Taker taker;
        lock.lockInterruptibly();
        try {
            var first = elements.pollFirst();
            if (first != null) {
                took(1, Client.current());
                return first;
            }
            if (nanos == 0 || closed) return null;
            taker = Taker.thread(1);
            takers.addLast(taker);
        } finally {
            lock.unlock();
        }
        var given = await(taker, nanos);
        return given.length == 0 ? null : given[0];
    }

    @Override
    public Object[] take(int atMost, long nanos) throws InterruptedException {
        Taker taker;
        lock.lockInterruptibly();
        try {
            if (!elements.isEmpty() || nanos == 0 || closed || atMost == 0) return takeNow(atMost, Client.current());
            taker = Taker.thread(atMost);
            takers.addLast(taker);
        } finally {
            lock.unlock();
        }
        return await(taker, nanos);
    }

    private Object[] await(Taker taker, long nanos) throws InterruptedException {
        long begun = System.nanoTime();
        while (!taker.isServed()) {
            if (nanos < 0) LockSupport.park(taker);
            else {
                long left = nanos - (System.nanoTime() - begun);
                if (left <= 0) break;
                LockSupport.parkNanos(taker, left);
            }
            if (Thread.interrupted()) {
                if (leave(taker)) throw new InterruptedException();
                Thread.currentThread().interrupt(); // it was served first
                break;
            }
        }
        return !taker.isServed() && leave(taker) ? NONE : taker.given();
    }

    /// Takes what is there for a call of another JVM, or lets it wait.
    ///
    /// @return what it takes; null if it waits now, and hears of it when there is something, or the queue is closed
    Object @Nullable [] takeOrWait(Taker taker) {
        lock.lock();
        try {
            if (!elements.isEmpty() || closed || taker.atMost == 0) {
                taker.give(takeNow(taker.atMost, taker.client));
                return taker.given();
            }
            takers.addLast(taker);
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// Ends a wait.
    ///
    /// @return whether it went on until now; if not, the taker has been served
    boolean leave(Taker taker) {
        lock.lock();
        try {
            return takers.remove(taker);
        } finally {
            lock.unlock();
        }
    }

    private Object[] takeNow(int atMost, Client client) {
        int count = Math.min(Math.max(0, atMost), elements.size());
        if (count == 0) return NONE;
        var some = new Object[count];
        for (int i = 0; i < count; i++) some[i] = elements.removeFirst();
        took(count, client);
        return some;
    }

    private void took(int count, Client client) {
        if (!client.equals(recent)) {
            recentTally = taken.computeIfAbsent(client, _ -> new Tally());
            recent = client;
        }
        recentTally.count += count;
        if (waitingForRoom > 0) notFull.signalAll();
    }

    /// Waits; gives the time that is left, negative for no end.
    @SuppressWarnings("WaitNotInLoop") // the callers loop
    private static long await(Condition condition, long nanos) throws InterruptedException {
        if (nanos < 0) {
            condition.await();
            return nanos;
        }
        return Math.max(0, condition.awaitNanos(nanos));
    }

    @Override
    public void undo(String method, @Nullable Object[] arguments, @Nullable Object result) {
        switch (method) {
            case "put" -> withdraw(arguments[0]);
            case "poll" -> putBack(result == null ? List.of() : List.of(result), false);
            case "take" -> putBack(result instanceof Object[] some ? Arrays.asList(some) : List.of(), false);
            case "closeNow" -> putBack(result instanceof Object[] some ? Arrays.asList(some) : List.of(), true);
            default -> {
                // nothing was given
            }
        }
    }

    private void putBack(List<Object> back, boolean wereDropped) {
        List<Taker> served;
        lock.lock();
        try {
            var client = Client.current();
            for (var element : back.reversed()) {
                elements.addFirst(element);
                if (wereDropped) unfinished++;
                else if (!unmark(taken, client)) unmark(lost, client); // its end was heard of first
            }
            served = serve();
        } finally {
            lock.unlock();
        }
        wake(served);
    }

    /// So many of the elements that the caller has taken reach it never.
    void forgo(int count) {
        lock.lock();
        try {
            for (int i = 0; i < count; i++) if (unmark(taken, Client.current())) dropped(1);
        } finally {
            lock.unlock();
        }
    }

    private boolean unmark(Map<Client, Tally> counts, Client client) {
        var tally = counts.get(client);
        if (tally == null) return false;
        if (--tally.count <= 0) forget(counts, client);
        return true;
    }

    private @Nullable Tally forget(Map<Client, Tally> counts, Client client) {
        recent = null;
        return counts.remove(client);
    }

    /// Takes out an element whose producer gave up before it heard that it was put, if nobody has it yet.
    @SuppressWarnings("ReferenceEquality") // this very element, not one that equals it
    private void withdraw(@Nullable Object element) {
        lock.lock();
        try {
            for (var each = elements.descendingIterator(); each.hasNext(); ) {
                if (each.next() != element) continue;
                each.remove();
                dropped(1);
                return;
            }
        } finally {
            lock.unlock();
        }
    }

    /// Elements have left the queue that nobody is going to mark as done.
    private void dropped(int count) {
        unfinished -= count;
        wakeIfDone();
        if (count > 0) notFull.signalAll();
    }

    private long waitedFor() {
        return unfinished
                - lost.values().stream().mapToLong(tally -> tally.count).sum();
    }

    private void wakeIfDone() {
        if (waitedFor() <= 0) allDone.signalAll();
    }

    @Override
    public @Nullable Object peek() {
        lock.lock();
        try {
            return elements.peekFirst();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int size() {
        lock.lock();
        try {
            return elements.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int remainingCapacity() {
        return capacity == Integer.MAX_VALUE ? capacity : Math.max(0, capacity - size());
    }

    @Override
    public Object[] toArray() {
        lock.lock();
        try {
            return elements.toArray();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean contains(Object element) {
        lock.lock();
        try {
            return elements.contains(element);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean remove(Object element) {
        lock.lock();
        try {
            boolean there = elements.removeFirstOccurrence(element);
            if (there) dropped(1);
            return there;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean removeAll(Object[] some, boolean among) {
        var these = new HashSet<>(Arrays.asList(some));
        lock.lock();
        try {
            int before = elements.size();
            elements.removeIf(element -> these.contains(element) == among);
            dropped(before - elements.size());
            return elements.size() < before;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void clear() {
        lock.lock();
        try {
            int count = elements.size();
            elements.clear();
            dropped(count);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void taskDone() {
        lock.lock();
        try {
            if (unfinished == 0) throw new IllegalStateException("taskDone() called more often than elements were put");
            // whoever took an element may let another JVM mark it
            if (!unmark(taken, Client.current())) {
                var others = lost.isEmpty() ? taken : lost;
                if (!others.isEmpty()) unmark(others, others.keySet().iterator().next());
            }
            unfinished--;
            wakeIfDone();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean join(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waitedFor() > 0) {
                if (nanos == 0) return false;
                nanos = await(allDone, nanos);
            }
            if (lost.isEmpty()) return true;
            var text = new StringBuilder();
            lost.forEach((client, tally) -> text.append(client)
                    .append(" had taken ")
                    .append(tally.count == 1 ? "1 element" : tally.count + " elements")
                    .append(" of the queue and ended before taskDone(). "));
            unfinished = Math.max(0, waitedFor());
            lost.clear();
            throw new IllegalStateException(
                    text + "Everything else is done, and the queue goes on; put again what matters.");
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void clientEnded(Client client) {
        lock.lock();
        try {
            var tally = forget(taken, client);
            if (tally == null) return;
            tally.count = Math.min(tally.count, waitedFor());
            if (tally.count <= 0) return;
            lost.put(client, tally);
            wakeIfDone();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        closeAndTake(false);
    }

    @Override
    public Object[] closeNow() {
        return closeAndTake(true);
    }

    private Object[] closeAndTake(boolean all) {
        List<Taker> ended;
        Object[] left = NONE;
        lock.lock();
        try {
            closed = true;
            ended = List.copyOf(takers);
            takers.clear();
            ended.forEach(Taker::giveNothing);
            if (all) {
                left = elements.toArray();
                elements.clear();
                dropped(left.length);
            }
            notFull.signalAll();
        } finally {
            lock.unlock();
        }
        wake(ended);
        return left;
    }

    @Override
    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }
}
