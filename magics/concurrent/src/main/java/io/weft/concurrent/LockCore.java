package io.weft.concurrent;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A reentrant lock where it lives: held by a thread of some JVM, freed when that JVM ends.
@SuppressWarnings("ReferenceEquality") // a turn is a condition of its own
final class LockCore implements LockOps, ClientWatcher, Undo {
    private final boolean fair;
    private final ReentrantLock guard = new ReentrantLock();
    private final ArrayDeque<Condition> queue = new ArrayDeque<>();
    private @Nullable Holder holder;
    private int holds;

    private record Holder(String jvm, long thread) {}

    LockCore(boolean fair) {
        this.fair = fair;
    }

    @Override
    public boolean lock(String jvm, long thread, long nanos) throws InterruptedException {
        var me = new Holder(jvm, thread);
        guard.lockInterruptibly();
        try {
            if (me.equals(holder)) {
                holds++;
                return true;
            }
            if (holder == null && (!fair || queue.isEmpty())) return take(me);
            if (nanos == 0) return false;
            var turn = guard.newCondition();
            queue.addLast(turn);
            try {
                while (holder != null || (fair && queue.peekFirst() != turn)) {
                    if (nanos < 0) turn.await();
                    else if (nanos == 0) return false;
                    else nanos = Math.max(0, turn.awaitNanos(nanos));
                }
                return take(me);
            } finally {
                queue.remove(turn);
                if (holder == null) wakeNext(); // woken, but not taking it: the next one may
            }
        } finally {
            guard.unlock();
        }
    }

    private boolean take(Holder me) {
        holder = me;
        holds = 1;
        return true;
    }

    private void wakeNext() {
        var next = queue.peekFirst();
        if (next != null) next.signal();
    }

    @Override
    public void unlock(String jvm, long thread, int left) {
        guard.lock();
        try {
            var me = new Holder(jvm, thread);
            if (!me.equals(holder)) {
                if (left == 0 && holder == null) return; // said twice, because the first answer was lost
                throw new IllegalMonitorStateException("this thread does not hold the lock");
            }
            holds = left;
            if (left == 0) {
                holder = null;
                wakeNext();
            }
        } finally {
            guard.unlock();
        }
    }

    @Override
    public int holds(String jvm, long thread) {
        guard.lock();
        try {
            return new Holder(jvm, thread).equals(holder) ? holds : 0;
        } finally {
            guard.unlock();
        }
    }

    @Override
    public boolean isLocked() {
        guard.lock();
        try {
            return holder != null;
        } finally {
            guard.unlock();
        }
    }

    @Override
    public void clientEnded(Client client) {
        guard.lock();
        try {
            if (holder != null && holder.jvm().equals(client.jvmId())) {
                holder = null;
                holds = 0;
                wakeNext();
            }
        } finally {
            guard.unlock();
        }
    }

    @Override
    public void undo(String method, @Nullable Object[] arguments, @Nullable Object result) {
        if (!Boolean.TRUE.equals(result)
                || !(arguments[0] instanceof String jvm)
                || !(arguments[1] instanceof Long thread)) return;
        int held = holds(jvm, thread);
        if (held > 0) unlock(jvm, thread, held - 1);
    }
}
