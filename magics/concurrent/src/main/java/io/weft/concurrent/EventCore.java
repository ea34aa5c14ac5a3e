package io.weft.concurrent;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// An event where it lives.
final class EventCore implements EventOps {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean set;

    @Override
    public void set() {
        lock.lock();
        try {
            set = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void clear() {
        lock.lock();
        try {
            set = false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isSet() {
        lock.lock();
        try {
            return set;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean await(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!set) {
                if (nanos < 0) changed.await();
                else if (nanos == 0) return false;
                else nanos = Math.max(0, changed.awaitNanos(nanos));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
