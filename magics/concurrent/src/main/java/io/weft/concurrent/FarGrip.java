package io.weft.concurrent;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A lock of another JVM: by its word, where that can be mapped, without messages as long as nobody waits.
///
/// A thread that waits does so by a message to the JVM where the lock lives, whose answer is its turn to try again.
/// It does not get the lock with the answer, unless it is fair or the thread has tried often: others would wait all
/// the while that the answer travels.
final class FarGrip implements Grip {
    private static final Map<String, WeakReference<MemorySegment>> MAPPED = new ConcurrentHashMap<>();
    private static final ReferenceQueue<LockWord> GARBAGE = new ReferenceQueue<>();
    private static final Set<Told> TOLD = ConcurrentHashMap.newKeySet();
    private static final AtomicBoolean COMPLAINED = new AtomicBoolean();

    private static final AtomicLong CALLS = new AtomicLong();

    private final LockOps ops;
    private final Peer home;
    private volatile boolean byMessages;
    private volatile @Nullable LockWord word;
    private volatile int number;

    /// A word that this JVM was told of, to give it back.
    private static final class Told extends PhantomReference<LockWord> {
        private final LockOps ops;

        Told(LockWord word, LockOps ops) {
            super(word, GARBAGE);
            this.ops = ops;
        }
    }

    FarGrip(LockOps ops, Address home) {
        this.ops = ops;
        this.home = Hub.get().peer(home);
        this.byMessages = Endpoint.isIn(home);
    }

    private static String jvm() {
        return Hub.get().jvmId();
    }

    private static long thread() {
        return Thread.currentThread().threadId();
    }

    private long me() {
        return LockWord.holder(number, thread());
    }

    /// The word, if it is known.
    private @Nullable LockWord known() {
        var known = word;
        if (known != null && home.hasEnded()) throw home.lost(null);
        return known;
    }

    /// The word; asks for it if need be.
    private @Nullable LockWord word() {
        var known = known();
        return known != null || byMessages ? known : askForWord();
    }

    private synchronized @Nullable LockWord askForWord() {
        var known = word;
        if (known != null) return known;
        giveBack();
        var answer = ops.place(jvm());
        if (answer.length == 0) byMessages = true;
        if (answer.length < 4) return null; // while it is held, it stays where it is
        try {
            var file = (String) answer[0];
            var mapped = new LockWord(map(file, (String) answer[3]), (Long) answer[1]);
            TOLD.add(new Told(mapped, ops));
            number = (Integer) answer[2];
            word = mapped;
            return mapped;
        } catch (IOException | RuntimeException unusable) {
            byMessages = true;
            complain(unusable);
            return null;
        }
    }

    @SuppressWarnings("SystemOut") // goes where the output of this JVM goes
    private static void complain(Exception unusable) {
        if (COMPLAINED.getAndSet(true)) return;
        System.err.println("shared locks are slow here, though they work: their file cannot be used (" + unusable
                + "), so each step is a message.");
    }

    private static MemorySegment map(String file, String home) throws IOException {
        var known = MAPPED.get(file);
        var memory = known == null ? null : known.get();
        if (memory != null) return memory;
        memory = LockFile.map(Path.of(file), home);
        MAPPED.values().removeIf(each -> each.get() == null);
        MAPPED.put(file, new WeakReference<>(memory));
        return memory;
    }

    /// Tells where they live of locks that nobody here knows any more.
    private static void giveBack() {
        for (var told = (Told) GARBAGE.poll(); told != null; told = (Told) GARBAGE.poll()) {
            TOLD.remove(told);
            try {
                told.ops.forget(jvm());
            } catch (RuntimeException ended) {
                // then there is nothing to give back
            }
        }
    }

    @Override
    public boolean enterNow() {
        var known = word();
        if (known != null) {
            if (known.enter(me())) return true;
            if (!known.hasMoved()) return false;
        }
        return byMessages && Handle.uninterrupted(() -> ops.lock(jvm(), thread(), 0), false);
    }

    @Override
    public boolean enter(long nanos) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException();
        var known = known();
        return (known != null && known.enter(me())) || enterSlowly(nanos);
    }

    private boolean enterSlowly(long nanos) throws InterruptedException {
        long end = System.nanoTime() + Math.max(0, nanos);
        long left = nanos;
        for (int tries = 0; ; tries++) {
            var known = word();
            if (byMessages) return ops.lock(jvm(), thread(), left);
            if (known != null && known.enterSoon(me())) return true;
            if (known != null && known.hasMoved()) word = null;
            if (nanos >= 0) {
                left = end - System.nanoTime();
                if (left <= 0) return false;
            }
            int answer = ops.awaitTurn(jvm(), thread(), left, tries >= LockCore.PATIENCE);
            if (answer == LockOps.TOO_LATE) return enterNow();
        }
    }

    @Override
    public void leave() {
        var known = known();
        if (known == null) ops.unlock(jvm(), thread(), CALLS.incrementAndGet());
        else if (known.leave(me())) ops.next();
    }

    @Override
    public boolean isHeld() {
        var known = known();
        return known == null ? ops.holds(jvm(), thread()) > 0 : known.isHeldBy(me());
    }

    @Override
    public int holds() {
        var known = known();
        return known == null ? ops.holds(jvm(), thread()) : known.holds(me());
    }

    @Override
    public boolean isLocked() {
        var known = known();
        return known == null ? ops.isLocked() : known.isLocked();
    }

    @Override
    public @Nullable String abandonedBy() {
        var known = known();
        return known != null && !known.isAbandoned() ? null : ops.abandonedBy();
    }
}
