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
///
/// Who holds it stands in its word. Threads of this JVM, and those of others that map the word, take it and free it
/// there by themselves; the rest ask by messages. All who wait do so in one queue here.
///
/// **Threads.** The word is given, moved and marked under the guard only; holders take and free it at any time.
final class LockCore implements Grip, LockOps, ClientWatcher, Undo {
    /// How often a thread tries for the lock before nobody may overtake it any more.
    static final int PATIENCE = 4;

    private static final int CALLS_KEPT = 1024;

    private final boolean fair;
    private final ReentrantLock guard = new ReentrantLock();
    private final ArrayDeque<Turn> queue = new ArrayDeque<>();
    private final Map<Integer, ArrayDeque<Waiter>> waiters = new HashMap<>();
    private final Notices notices = new Notices();
    private final Condition settled = guard.newCondition();
    private final Set<WaitCall> awaiting = new HashSet<>();
    private final Calls lastUnlocks = new Calls();
    private final Calls cancelledWaits = new Calls();
    private volatile LockWord word = LockWord.inHeap();
    private LockFile.@Nullable Place place;

    /// Whether others would use the word if they could.
    private boolean wanted;

    /// How many locks of other JVMs know the place of the word, by the numbers of these JVMs.
    private final Map<Integer, Integer> told = new HashMap<>();

    private int conditions;
    private @Nullable String abandonedBy;

    private record WaitCall(long holder, long call) {}

    /// The last call of each holder, the oldest forgotten first.
    private static final class Calls extends LinkedHashMap<Long, Long> {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > CALLS_KEPT;
        }

        boolean isLast(long holder, long call) {
            return Long.valueOf(call).equals(get(holder));
        }

        void keep(long holder, long call) {
            remove(holder);
            put(holder, call);
        }
    }

    /// Who waits for the lock.
    private static final class Turn {
        private final long holder;
        private final boolean first;
        private final Condition condition;
        private boolean called;
        private boolean given;

        Turn(long holder, boolean first, Condition condition) {
            this.holder = holder;
            this.first = first;
            this.condition = condition;
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

    private static long holder(String jvm, long thread) {
        return LockWord.holder(Hub.get().numbers().of(jvm), thread);
    }

    private static long me() {
        return LockWord.holder(ClientNumbers.HOME, Thread.currentThread().threadId());
    }

    // ---- threads of this JVM

    @Override
    public boolean enterNow() {
        var now = word;
        if (now.enter(me())) return true;
        return now.hasMoved() && Handle.uninterrupted(() -> enter(me(), 1, 0), false);
    }

    @Override
    public boolean enter(long nanos) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException();
        return word.enter(me()) || enterSlowly(nanos);
    }

    private boolean enterSlowly(long nanos) throws InterruptedException {
        return word.enterSoon(me()) || enter(me(), 1, nanos);
    }

    @Override
    public void leave() {
        if (word.leave(me())) next();
    }

    @Override
    public boolean isHeld() {
        return word.isHeldBy(me());
    }

    @Override
    public int holds() {
        return word.holds(me());
    }

    // ---- taking and freeing

    private boolean enter(long holder, int holds, long nanos) throws InterruptedException {
        guard.lockInterruptibly();
        try {
            return enterGuarded(holder, holds, nanos);
        } finally {
            guard.unlock();
        }
    }

    private boolean enterGuarded(long holder, int holds, long nanos) throws InterruptedException {
        long end = System.nanoTime() + Math.max(0, nanos);
        long left = nanos;
        for (int tries = 0; !word.enter(holder, holds); tries++) {
            if (left == 0) return false;
            if (awaitTurn(holder, left, tries >= PATIENCE) == TOO_LATE) return word.enter(holder, holds);
            if (nanos > 0) left = Math.max(0, end - System.nanoTime());
        }
        return true;
    }

    @Override
    public boolean lock(String jvm, long thread, long nanos) throws InterruptedException {
        return enter(holder(jvm, thread), 1, nanos);
    }

    @Override
    public int awaitTurn(String jvm, long thread, long nanos, boolean first) throws InterruptedException {
        guard.lockInterruptibly();
        try {
            return awaitTurn(holder(jvm, thread), nanos, first);
        } finally {
            guard.unlock();
        }
    }

    private int awaitTurn(long holder, long nanos, boolean mustBeFirst) throws InterruptedException {
        boolean first = fair || mustBeFirst;
        if (!word.announce(LockWord.WAITED_FOR | (first ? LockWord.IN_TURN : 0))) return TRY_AGAIN;
        var turn = new Turn(holder, first, guard.newCondition());
        if (first && !fair) queue.addFirst(turn);
        else queue.addLast(turn);
        boolean over = false;
        try {
            while (!turn.called) {
                if (nanos < 0) turn.condition.await();
                else if (nanos == 0) break;
                else nanos = Math.max(0, turn.condition.awaitNanos(nanos));
            }
            over = true;
            if (!turn.called) return TOO_LATE;
            return turn.given ? GIVEN : TRY_AGAIN;
        } finally {
            if (!turn.called) {
                queue.remove(turn);
                markQueue();
                callNext();
            } else if (!over) {
                pass(holder);
            }
        }
    }

    /// How many wait.
    int waiting() {
        guard.lock();
        try {
            return queue.size();
        } finally {
            guard.unlock();
        }
    }

    /// Marks the word with what the queue is now.
    private void markQueue() {
        var next = queue.peekFirst();
        long set = next == null ? 0 : LockWord.WAITED_FOR | (next.first ? LockWord.IN_TURN : 0);
        word.mark(set, (LockWord.WAITED_FOR | LockWord.IN_TURN) & ~set);
    }

    /// Calls the one who waits longest, if the lock is free: it comes and tries, or is given the lock.
    private void callNext() {
        enterFile();
        var next = queue.peekFirst();
        if (next == null || word.isLocked()) return;
        if (next.first && !word.give(next.holder)) return; // who was faster calls it afterwards
        next.given = next.first;
        next.called = true;
        next.condition.signal();
        queue.removeFirst();
        markQueue();
    }

    /// Lets the next one have what a thread was called for, but does not take.
    private void pass(long holder) {
        word.takeBack(holder);
        callNext();
    }

    @Override
    public void next() {
        guard.lock();
        try {
            callNext();
        } finally {
            guard.unlock();
        }
    }

    @Override
    public void unlock(String jvm, long thread, long call) {
        guard.lock();
        try {
            long holder = holder(jvm, thread);
            if (lastUnlocks.isLast(holder, call)) return; // said twice, as the first answer was lost
            boolean waitedFor = word.leave(holder);
            lastUnlocks.keep(holder, call);
            if (waitedFor) callNext();
        } finally {
            guard.unlock();
        }
    }

    private void requireHeld(long holder) {
        if (!word.isHeldBy(holder)) throw new IllegalMonitorStateException("this thread does not hold the lock");
    }

    @Override
    public int holds(String jvm, long thread) {
        guard.lock();
        try {
            return word.holds(holder(jvm, thread));
        } finally {
            guard.unlock();
        }
    }

    @Override
    public boolean isLocked() {
        guard.lock();
        try {
            return word.isLocked();
        } finally {
            guard.unlock();
        }
    }

    @Override
    public @Nullable String abandonedBy() {
        guard.lock();
        try {
            return word.isAbandoned() ? abandonedBy : null;
        } finally {
            guard.unlock();
        }
    }

    // ---- where the word is

    @Override
    public @Nullable Object[] place(String jvm) {
        if (Client.current().remote()) return new Object[0];
        guard.lock();
        try {
            var hub = Hub.get();
            wanted = true;
            enterFile();
            if (place == null) return new Object[wanted ? 1 : 0];
            int number = hub.numbers().of(jvm);
            told.merge(number, 1, Integer::sum);
            return new Object[] {place.file(), place.at(), number, hub.jvmId()};
        } finally {
            guard.unlock();
        }
    }

    /// Moves the word into the file, if that is wanted, there is room, and nobody holds the lock.
    private void enterFile() {
        if (!wanted || place != null || word.isLocked()) return;
        var lent = Hub.get().lockFile().lend(this);
        if (lent == null) {
            wanted = false;
        } else if (word.moveTo(lent.getKey())) {
            word = lent.getKey();
            place = lent.getValue();
        }
    }

    @Override
    public void forget(String jvm) {
        guard.lock();
        try {
            told.computeIfPresent(Hub.get().numbers().of(jvm), (_, count) -> count == 1 ? null : count - 1);
        } finally {
            guard.unlock();
        }
    }

    /// Takes the word back into the heap, if nobody else uses it.
    void leaveFile() {
        if (!guard.tryLock()) return;
        try {
            if (!told.isEmpty()) return;
            var own = LockWord.inHeap();
            if (!word.moveTo(own)) return;
            word = own;
            place = null;
            wanted = false;
        } finally {
            guard.unlock();
        }
    }

    // ---- conditions

    @Override
    public void relock(String jvm, long thread, long awaitCall, int holds) throws InterruptedException {
        guard.lockInterruptibly();
        try {
            long holder = holder(jvm, thread);
            cancelledWaits.keep(holder, awaitCall);
            while (awaiting.contains(new WaitCall(holder, awaitCall))) settled.await();
            if (!word.isHeldBy(holder)) enterGuarded(holder, holds, -1);
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
        long holder = holder(jvm, thread);
        var wait = new WaitCall(holder, call);
        try {
            if (cancelledWaits.isLast(holder, call)) throw new InterruptedException();
            requireHeld(holder);
            awaiting.add(wait);
            return await(holder, condition, nanos);
        } finally {
            awaiting.remove(wait);
            settled.signalAll();
            guard.unlock();
        }
    }

    private int await(long holder, int condition, long nanos) throws InterruptedException {
        int held = word.holds(holder);
        var waiter = new Waiter(guard.newCondition());
        waiters.computeIfAbsent(condition, _ -> new ArrayDeque<>()).addLast(waiter);
        word.free(LockWord.ABANDONED);
        callNext();
        boolean back = false;
        try {
            while (!waiter.signalled && nanos != 0) {
                if (nanos < 0) waiter.turn.await();
                else nanos = Math.max(0, waiter.turn.awaitNanos(nanos));
            }
            boolean signalled = waiter.signalled;
            enterGuarded(holder, held, -1);
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
            requireHeld(holder(jvm, thread));
            boolean more = signalNext(condition);
            while (all && more) more = signalNext(condition);
        } finally {
            guard.unlock();
        }
    }

    @Override
    public void clientEnded(Client client) {
        int number = Hub.get().numbers().ended(client.jvmId());
        if (number == 0) return;
        guard.lock();
        try {
            lastUnlocks.keySet().removeIf(gone -> LockWord.jvm(gone) == number);
            cancelledWaits.keySet().removeIf(gone -> LockWord.jvm(gone) == number);
            told.remove(number);
            boolean held = word.takeFrom(number);
            if (held) abandonedBy = client.toString();
            callNext(); // it may have freed the lock, or been called, and told nobody
            if (!held) return;
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
            long holder = holder(jvm, thread);
            switch (method) {
                case "lock" -> {
                    if (Boolean.TRUE.equals(result)) giveBack(holder, 1);
                }
                case "awaitTurn" -> pass(holder);
                case "await" -> {
                    if (!(arguments[2] instanceof Long call
                            && arguments[3] instanceof Integer condition
                            && result instanceof Integer held)) return;
                    // else it is held again by now
                    if (!cancelledWaits.isLast(holder, call)) giveBack(holder, Math.abs(held));
                    if (held > 0) signalNext(condition);
                }
                case "relock" -> {
                    if (arguments[3] instanceof Integer held) giveBack(holder, held);
                }
                default -> {
                    // nothing was given
                }
            }
        } finally {
            guard.unlock();
        }
    }

    private void giveBack(long holder, int holds) {
        if (word.isHeldBy(holder) && word.leave(holder, holds)) callNext();
    }
}
