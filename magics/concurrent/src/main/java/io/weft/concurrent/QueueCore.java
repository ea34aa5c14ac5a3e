package io.weft.concurrent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A queue where it lives: first in, first out, with room for so many elements.
final class QueueCore implements QueueOps, Undo {
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();
    private final Condition notFull = lock.newCondition();
    private final Condition allDone = lock.newCondition();
    private final ArrayDeque<Object> elements = new ArrayDeque<>();
    private long unfinished;

    QueueCore(int capacity) {
        if (capacity < 1)
            throw new IllegalArgumentException("a queue needs room for at least 1 element, not " + capacity);
        this.capacity = capacity;
    }

    @Override
    public boolean put(Object element, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (elements.size() >= capacity) {
                if (nanos == 0) return false;
                nanos = await(notFull, nanos);
            }
            elements.addLast(element);
            unfinished++;
            notEmpty.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable Object poll(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (elements.isEmpty()) {
                if (nanos == 0) return null;
                nanos = await(notEmpty, nanos);
            }
            notFull.signal();
            return elements.removeFirst();
        } finally {
            lock.unlock();
        }
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
    public Object[] drain(int atMost) {
        lock.lock();
        try {
            var taken = new ArrayList<Object>();
            while (taken.size() < atMost && !elements.isEmpty()) taken.add(elements.removeFirst());
            notFull.signalAll();
            return taken.toArray();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void undo(String method, @Nullable Object[] arguments, @Nullable Object result) {
        if (method.equals("put")) {
            withdraw(arguments[0]);
            return;
        }
        List<Object> back = switch (method) {
            case "poll" -> result == null ? List.of() : List.of(result);
            case "drain" -> result instanceof Object[] taken ? Arrays.asList(taken) : List.of();
            default -> List.of();
        };
        lock.lock();
        try {
            for (var element : back.reversed()) elements.addFirst(element);
            notEmpty.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Takes out an element whose producer gave up before it heard that it was put, if nobody has it yet.
    @SuppressWarnings("ReferenceEquality") // this very element, not one that equals it
    private void withdraw(@Nullable Object element) {
        lock.lock();
        try {
            for (var each = elements.descendingIterator(); each.hasNext(); ) {
                if (each.next() != element) continue;
                each.remove();
                if (--unfinished == 0) allDone.signalAll();
                notFull.signal();
                return;
            }
        } finally {
            lock.unlock();
        }
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
        return Math.max(0, capacity - size());
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
    public boolean remove(Object element) {
        lock.lock();
        try {
            notFull.signal();
            return elements.removeFirstOccurrence(element);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void clear() {
        drain(Integer.MAX_VALUE);
    }

    @Override
    public void taskDone() {
        lock.lock();
        try {
            if (unfinished == 0) throw new IllegalStateException("taskDone() called more often than elements were put");
            if (--unfinished == 0) allDone.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean join(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (unfinished > 0) {
                if (nanos == 0) return false;
                nanos = await(allDone, nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
