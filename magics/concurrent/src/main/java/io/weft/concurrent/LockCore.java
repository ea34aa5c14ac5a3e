package io.weft.concurrent;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A reentrant lock with its conditions where it lives: held by a thread of some JVM, freed when that JVM ends.
@SuppressWarnings("ReferenceEquality") // a turn is a condition of its own
final class LockCore implements LockOps, ClientWatcher, Undo {
    private static final int CALLS_KEPT = 1024;

    private final boolean fair;
    private final ReentrantLock guard = new ReentrantLock();
    private final ArrayDeque<Condition> queue = new ArrayDeque<>();
    private final Map<Integer, ArrayDeque<Waiter>> waiters = new HashMap<>();
    private final Notices notices = new Notices();
    private final Condition settled = guard.newCondition();
    private final Set<WaitCall> awaiting = new HashSet<>();
    private final Calls lastUnlocks = new Calls();
    private final Calls cancelledWaits = new Calls();
    private @Nullable Holder holder;
    private int holds;
    private int conditions;
    private @Nullable String abandonedBy;

    private record Holder(String jvm, long thread) {}

    private record WaitCall(Holder holder, long call) {}

    /// The last call of each holder, the oldest forgotten first.
    private static final class Calls extends LinkedHashMap<Holder, Long> {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Holder, Long> eldest) {
            return size() > CALLS_KEPT;
        }

        boolean isLast(Holder holder, long call) {
            return Long.valueOf(call).equals(get(holder));
        }

        void keep(Holder holder, long call) {
            remove(holder);
            put(holder, call);
        }
    }

    /// Who waits for a signal.
    private static final class Waiter {
        private final Condition turn;
        private boolean signalled;

        Waiter(Condition turn) {
            this.turn = turn;
        }
    }

    LockCore(boolean fair) {
        this.fair = fair;
    }

    @Override
    public boolean lock(String jvm, long thread, long nanos) throws InterruptedException {
        guard.lockInterruptibly();
        try {
            return acquire(new Holder(jvm, thread), 1, nanos);
        } finally {
            guard.unlock();
        }
    }

    @Override
    public void relock(String jvm, long thread, long awaitCall, int count) throws InterruptedException {
        guard.lockInterruptibly();
        try {
            var me = new Holder(jvm, thread);
            cancelledWaits.keep(me, awaitCall);
            while (awaiting.contains(new WaitCall(me, awaitCall))) settled.await();
            if (!me.equals(holder)) acquire(me, count, -1);
        } finally {
            guard.unlock();
        }
    }

    private boolean acquire(Holder me, int count, long nanos) throws InterruptedException {
        if (me.equals(holder)) {
            holds += count;
            return true;
        }
        if (holder == null && (!fair || queue.isEmpty())) return take(me, count);
        if (nanos == 0) return false;
        var turn = guard.newCondition();
        queue.addLast(turn);
        try {
            while (holder != null || (fair && queue.peekFirst() != turn)) {
                if (nanos < 0) turn.await();
                else if (nanos == 0) return false;
                else nanos = Math.max(0, turn.awaitNanos(nanos));
            }
            return take(me, count);
        } finally {
            queue.remove(turn);
            if (holder == null) wakeNext(); // woken, but not taking it: the next one may
        }
    }

    private boolean take(Holder me, int count) {
        holder = me;
        holds = count;
        return true;
    }

    private void free() {
        holder = null;
        holds = 0;
        wakeNext();
    }

    private void wakeNext() {
        var next = queue.peekFirst();
        if (next != null) next.signal();
    }

    @Override
    public void unlock(String jvm, long thread, long call) {
        guard.lock();
        try {
            var me = new Holder(jvm, thread);
            if (lastUnlocks.isLast(me, call)) return; // said twice, as the first answer was lost
            requireHeld(me);
            lastUnlocks.keep(me, call);
            release(1);
            if (holder == null) abandonedBy = null;
        } finally {
            guard.unlock();
        }
    }

    private void release(int count) {
        holds -= count;
        if (holds <= 0) free();
    }

    private void requireHeld(Holder me) {
        if (!me.equals(holder)) throw new IllegalMonitorStateException("this thread does not hold the lock");
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
    public @Nullable String abandonedBy() {
        guard.lock();
        try {
            return abandonedBy;
        } finally {
            guard.unlock();
        }
    }

    @Override
    public int newCondition() {
        guard.lock();
        try {
            return ++conditions;
        } finally {
            guard.unlock();
        }
    }

    @Override
    public int await(String jvm, long thread, long call, int condition, long nanos) throws InterruptedException {
        guard.lockInterruptibly();
        var me = new Holder(jvm, thread);
        var wait = new WaitCall(me, call);
        try {
            if (cancelledWaits.isLast(me, call)) throw new InterruptedException();
            requireHeld(me);
            awaiting.add(wait);
            return await(me, condition, nanos);
        } finally {
            awaiting.remove(wait);
            settled.signalAll();
            guard.unlock();
        }
    }

    private int await(Holder me, int condition, long nanos) throws InterruptedException {
        int held = holds;
        var waiter = new Waiter(guard.newCondition());
        waiters.computeIfAbsent(condition, _ -> new ArrayDeque<>()).addLast(waiter);
        free();
        boolean back = false;
        try {
            while (!waiter.signalled && nanos != 0) {
                if (nanos < 0) waiter.turn.await();
                else nanos = Math.max(0, waiter.turn.awaitNanos(nanos));
            }
            boolean signalled = waiter.signalled;
            acquire(me, held, -1);
            back = true;
            return signalled ? held : -held;
        } finally {
            forget(condition, waiter);
            if (!back && waiter.signalled) signalNext(condition); // it was for somebody who hears it
        }
    }

    private void forget(int condition, Waiter waiter) {
        var waiting = waiters.get(condition);
        if (waiting == null) return;
        waiting.remove(waiter);
        if (waiting.isEmpty()) waiters.remove(condition);
    }

    private boolean signalNext(int condition) {
        for (var waiter : waiters.getOrDefault(condition, new ArrayDeque<>())) {
            if (waiter.signalled) continue;
            waiter.signalled = true;
            waiter.turn.signal();
            return true;
        }
        return false;
    }

    @Override
    public void signal(String jvm, long thread, int condition, boolean all) {
        guard.lock();
        try {
            requireHeld(new Holder(jvm, thread));
            boolean more = signalNext(condition);
            while (all && more) more = signalNext(condition);
        } finally {
            guard.unlock();
        }
    }

    @Override
    public void clientEnded(Client client) {
        guard.lock();
        try {
            lastUnlocks.keySet().removeIf(gone -> gone.jvm().equals(client.jvmId()));
            cancelledWaits.keySet().removeIf(gone -> gone.jvm().equals(client.jvmId()));
            if (holder == null || !holder.jvm().equals(client.jvmId())) return;
            abandonedBy = client.toString();
            free();
        } finally {
            guard.unlock();
        }
        notices.say(
                client,
                "ended while it held a shared lock. The lock is free again, but what it guards may be half done.");
    }

    @Override
    public void undo(String method, @Nullable Object[] arguments, @Nullable Object result) {
        if (!(arguments[0] instanceof String jvm) || !(arguments[1] instanceof Long thread)) return;
        guard.lock();
        try {
            var me = new Holder(jvm, thread);
            switch (method) {
                case "lock" -> {
                    if (Boolean.TRUE.equals(result)) giveBack(me, 1);
                }
                case "await" -> {
                    if (!(arguments[2] instanceof Long call
                            && arguments[3] instanceof Integer condition
                            && result instanceof Integer held)) return;
                    if (!cancelledWaits.isLast(me, call)) giveBack(me, Math.abs(held)); // else it is held again by now
                    if (held > 0) signalNext(condition);
                }
                case "relock" -> {
                    if (arguments[3] instanceof Integer held) giveBack(me, held);
                }
                default -> {
                    // nothing was given
                }
            }
        } finally {
            guard.unlock();
        }
    }

    private void giveBack(Holder me, int count) {
        if (me.equals(holder)) release(count);
    }
}
