package io.weft.concurrent;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;

/// Who holds a lock, in one word of memory that JVMs may share: whoever finds it free takes it with one atomic step.
///
/// The word has the number of the holder's JVM, its thread, and marks. Beside it stands how often more than once the
/// lock is held, which only the holder touches. While threads wait for the lock in the JVM where it lives, the word
/// is marked as waited for, and whoever frees it tells that JVM.
///
/// **Memory effects.** Freeing *happens-before* the next taking, also in another JVM.
final class LockWord {
    /// The bytes that a word takes, with what stands beside it: a line of a processor's cache, shared with no other.
    static final int BYTES = 64;

    /// Threads wait where the lock lives.
    static final long WAITED_FOR = 1;

    /// The one that waits longest gets it next: nobody else may take it.
    static final long IN_TURN = 2;

    /// Given to one who waits, and does not know it yet.
    static final long GIVEN = 4;

    /// A JVM ended with the lock in its hands, and nobody has freed it since.
    static final long ABANDONED = 8;

    private static final long MARKS = 15;
    private static final int THREAD_SHIFT = 4;
    private static final int JVM_SHIFT = 48;
    private static final long THREADS = (1L << (JVM_SHIFT - THREAD_SHIFT)) - 1;
    private static final long MOVED = -1;
    private static final long MORE = Long.BYTES;

    /// For how long it is worth while to look again and again: those who hold a lock on another processor mostly free
    /// it in less time than it takes to wait and be woken.
    private static final int LOOKS = 40;

    private static final int YIELDS = 4;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    private final MemorySegment memory;
    private final long at;

    LockWord(MemorySegment memory, long at) {
        this.memory = memory;
        this.at = at;
    }

    /// A word that only this JVM sees.
    static LockWord inHeap() {
        return new LockWord(MemorySegment.ofArray(new long[BYTES / Long.BYTES]), 0);
    }

    /// A thread as the holder of locks of one JVM, which gives the numbers.
    static long holder(int jvm, long thread) {
        return ((long) jvm << JVM_SHIFT) | ((thread & THREADS) << THREAD_SHIFT);
    }

    /// The JVM of a holder.
    static int jvm(long holder) {
        return (int) (holder >>> JVM_SHIFT);
    }

    private long word() {
        return (long) LONG.getVolatile(memory, at);
    }

    private boolean change(long from, long to) {
        try {
            return LONG.compareAndSet(memory, at, from, to);
        } finally {
            Reference.reachabilityFence(this); // its memory is for another lock once this is garbage
        }
    }

    private long more() {
        return (long) LONG.get(memory, at + MORE);
    }

    private void setMore(long more) {
        LONG.set(memory, at + MORE, more);
    }

    private static long holderIn(long word) {
        return word & ~MARKS;
    }

    // ---- for whoever holds it or wants to

    /// Holds it, or once more, unless others hold it or have to get it first.
    boolean enter(long me) {
        return change(0, me) || enterMarked(me);
    }

    private boolean enterMarked(long me) {
        while (true) {
            long seen = word();
            if (holderIn(seen) == me) {
                if ((seen & GIVEN) == 0) {
                    long more = more();
                    if (more == Integer.MAX_VALUE - 1) throw new Error("a shared lock cannot be held more often");
                    setMore(more + 1);
                    return true;
                }
                if (change(seen, seen & ~GIVEN)) return true;
            } else {
                if (holderIn(seen) != 0 || (seen & IN_TURN) != 0) return false;
                if (change(seen, seen | me)) return true;
            }
        }
    }

    /// Tries for a moment.
    @SuppressWarnings("ThreadPriorityCheck") // to yield a few times costs less than to wait in vain
    boolean enterSoon(long me) {
        for (int look = 0; look < LOOKS + YIELDS; look++) {
            if (enterMarked(me)) return true;
            if ((word() & IN_TURN) != 0) return false;
            if (look < LOOKS) Thread.onSpinWait();
            else Thread.yield();
        }
        return enterMarked(me);
    }

    /// Holds it once less.
    ///
    /// @return whether it is free now, and others wait
    boolean leave(long me) {
        return (more() != 0 || !change(me, 0)) && leaveMarked(me);
    }

    private boolean leaveMarked(long me) {
        while (true) {
            long seen = word();
            requireHeld(seen, me);
            long more = more();
            if (more > 0) {
                setMore(more - 1);
                return false;
            }
            if (change(seen, seen & (WAITED_FOR | IN_TURN))) return (seen & WAITED_FOR) != 0;
        }
    }

    private static void requireHeld(long seen, long me) {
        if ((seen & ~(MARKS ^ GIVEN)) != me)
            throw new IllegalMonitorStateException("this thread does not hold the lock");
    }

    boolean isHeldBy(long me) {
        return (word() & ~(MARKS ^ GIVEN)) == me;
    }

    /// How often.
    int holds(long me) {
        return isHeldBy(me) ? (int) more() + 1 : 0;
    }

    boolean isLocked() {
        return holderIn(word()) != 0;
    }

    boolean isAbandoned() {
        return (word() & ABANDONED) != 0;
    }

    /// Whether the lock has its word elsewhere by now.
    boolean hasMoved() {
        return word() == MOVED;
    }

    // ---- where the lock lives, by one thread at a time

    /// Holds it so often at once.
    boolean enter(long me, int holds) {
        if (isHeldBy(me)) setMore(more() + holds);
        else if (enter(me)) setMore(holds - 1L);
        else return false;
        return true;
    }

    /// Holds it less, on behalf of its holder.
    ///
    /// @return whether it is free now
    boolean leave(long me, int holds) {
        long left = more() + 1 - holds;
        if (left > 0) setMore(left - 1);
        else free(ABANDONED);
        return left <= 0;
    }

    /// Frees it, and keeps some marks.
    void free(long kept) {
        setMore(0);
        long seen = word();
        while (!change(seen, seen & (WAITED_FOR | IN_TURN | kept))) seen = word();
    }

    /// Takes it from a JVM that has ended.
    ///
    /// @return whether a thread of that JVM held it, and knew so
    boolean takeFrom(int jvm) {
        while (true) {
            long seen = word();
            if (jvm(seen) != jvm) return false;
            setMore(0);
            boolean known = (seen & GIVEN) == 0;
            if (change(seen, (seen & MARKS & ~GIVEN) | (known ? ABANDONED : 0))) return known;
        }
    }

    /// Marks it as waited for, unless it can be taken.
    boolean announce(long marks) {
        while (true) {
            long seen = word();
            if (holderIn(seen) == 0 && (seen & IN_TURN) == 0) return false;
            if (change(seen, seen | marks)) return true;
        }
    }

    void mark(long set, long cleared) {
        long seen = word();
        while (!change(seen, (seen | set) & ~cleared)) seen = word();
    }

    /// Gives it to one who waits, if it is free.
    boolean give(long to) {
        while (true) {
            long seen = word();
            if (holderIn(seen) != 0) return false;
            if (change(seen, seen | to | GIVEN)) return true;
        }
    }

    /// Takes back what was given, if the other has not heard of it.
    void takeBack(long from) {
        long seen = word();
        while (holderIn(seen) == from && (seen & GIVEN) != 0) {
            if (change(seen, seen & (WAITED_FOR | IN_TURN | ABANDONED))) return;
            seen = word();
        }
    }

    /// Goes over to another word, if it is free.
    boolean moveTo(LockWord other) {
        while (true) {
            long seen = word();
            if (holderIn(seen) != 0) return false;
            other.setMore(0);
            LONG.setVolatile(other.memory, other.at, seen);
            if (change(seen, MOVED)) return true;
        }
    }
}
