package io.weft.concurrent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A queue where it lives: first in, first out, with room for so many elements, until it is closed.
///
/// It counts what each JVM has taken and not marked as done, so that nobody waits for one that has ended.
final class QueueCore implements QueueOps, Undo, ClientWatcher {
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();
    private final Condition notFull = lock.newCondition();
    private final Condition allDone = lock.newCondition();
    private final ArrayDeque<Object> elements = new ArrayDeque<>();
    private final Map<Client, Long> taken = new HashMap<>();
    private final Map<Client, Long> lost = new HashMap<>();
    private long unfinished;
    private boolean closed;

    QueueCore(int capacity) {
        if (capacity < 1)
            throw new IllegalArgumentException("a queue needs room for at least 1 element, not " + capacity);
        this.capacity = capacity;
    }

    @Override
    public boolean put(Object element, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!hasRoom("the element was not put")) {
                if (nanos == 0) return false;
                nanos = await(notFull, nanos);
            }
            add(element);
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // it is in one
    public void putAll(Object[] added) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            for (int i = 0; i < added.length; i++) {
                while (!hasRoom("%d of %d elements were put".formatted(i, added.length))) notFull.await();
                add(added[i]);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoom(String fate) {
        if (closed) throw new QueueClosedException("the queue is closed; " + fate);
        return elements.size() < capacity;
    }

    private void add(Object element) {
        elements.addLast(element);
        unfinished++;
        notEmpty.signal();
    }

    @Override
    public @Nullable Object poll(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (elements.isEmpty()) {
                if (nanos == 0 || closed) return null;
                nanos = await(notEmpty, nanos);
            }
            return removeFirst();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Object[] take(int atMost, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (elements.isEmpty() && nanos != 0 && !closed && atMost > 0) nanos = await(notEmpty, nanos);
            return takeNow(atMost);
        } finally {
            lock.unlock();
        }
    }

    private Object[] takeNow(int atMost) {
        var some = new ArrayList<Object>();
        while (some.size() < atMost && !elements.isEmpty()) some.add(removeFirst());
        return some.toArray();
    }

    private Object removeFirst() {
        taken.merge(Client.current(), 1L, Long::sum);
        notFull.signal();
        return elements.removeFirst();
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
        lock.lock();
        try {
            var client = Client.current();
            for (var element : back.reversed()) {
                elements.addFirst(element);
                if (wereDropped) unfinished++;
                else if (!unmark(taken, client)) unmark(lost, client); // its end was heard of first
            }
            notEmpty.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static boolean unmark(Map<Client, Long> counts, Client client) {
        if (!counts.containsKey(client)) return false;
        counts.computeIfPresent(client, (_, count) -> count > 1 ? count - 1 : null);
        return true;
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
        return unfinished - lost.values().stream().mapToLong(Long::longValue).sum();
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
            lost.forEach((client, count) -> text.append(client)
                    .append(" had taken ")
                    .append(count == 1 ? "1 element" : count + " elements")
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
            var count = taken.remove(client);
            long undone = Math.min(count == null ? 0 : count, waitedFor());
            if (undone <= 0) return;
            lost.put(client, undone);
            wakeIfDone();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            notEmpty.signalAll();
            notFull.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Object[] closeNow() {
        lock.lock();
        try {
            close();
            var left = elements.toArray();
            elements.clear();
            dropped(left.length);
            return left;
        } finally {
            lock.unlock();
        }
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
