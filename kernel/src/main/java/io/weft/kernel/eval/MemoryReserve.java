package io.weft.kernel.eval;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Memory that the kernel holds back while a cell fills the heap, for the cell that empties it again.
///
/// Without it the compiler would have no room for `list.clear()`, and threads that are to end none to end in. It
/// takes no memory while a large heap is not half full, which its thread looks at after each collection of garbage;
/// of a small one, which a cell fills before anybody looks, it holds back a part from the start. The same thread
/// notices when a collection leaves the heap nearly full, and when one follows the other and none frees anything: the
/// JVM would go on so for minutes before it says that memory is out. Thread-safe.
final class MemoryReserve {
    private static final int BYTES = 16 << 20;
    /// At most this part of the heap is held back.
    private static final int LEAST_PARTS = 8;
    /// A heap that can grow to no more than this is small.
    private static final long SMALL_BYTES = 256L << 20;
    /// What is more than this is full: the rest is the space that a collection itself needs.
    private static final double FULL = 0.95;
    /// What a collection leaves beyond this is nearly full: the next one may come too late.
    private static final double NEARLY_FULL = 0.9;
    /// So many collections that leave the heap full, one soon after the other for so long, are too many.
    private static final int VAIN_COLLECTIONS = 8;

    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration VAIN_TIME = Duration.ofSeconds(4);
    private static final Duration VAIN_GAP = Duration.ofSeconds(2);

    private final long max = Runtime.getRuntime().maxMemory();
    private final AtomicReference<byte @Nullable []> held = new AtomicReference<>();
    private final ReferenceQueue<Object> collections = new ReferenceQueue<>();
    private final Thread watch = Thread.ofPlatform()
            .daemon()
            .name("weft-memory")
            .inheritInheritableThreadLocals(false)
            .unstarted(this::work);

    private volatile @Nullable Alarm alarm;
    /// Confined to the watch: what tells how full the heap is; null until that is to be known.
    private @Nullable List<MemoryPoolMXBean> pools;

    /// Confined to the watch: the collections in a row that left the heap full, and when the first and the last were.
    private int vain;

    private long vainSinceNanos;
    private long vainLastNanos;

    /// What is to be done about a heap that fills; called by the watch, which goes on when it throws.
    interface Alarm {
        /// There is still memory to prepare for what may follow: a large heap is half full for the first time.
        void prepare();

        /// More than half of the heap is in use: who uses it is to be found out before there is no room for that.
        void filling();

        /// A collection has left the heap nearly full, with what is held back.
        ///
        /// @return whether something is ended that takes the rest to end in
        boolean nearlyFull();

        /// The heap has been full for a while, however often it was collected.
        ///
        /// @param sinceNanos since when, as [System#nanoTime] has it
        void exhausted(long sinceNanos);
    }

    /// Begins to watch the heap.
    void start(Alarm told) {
        alarm = told;
        watch.start();
    }

    /// Gives the memory free: somebody has run out of it.
    void release() {
        held.set(null);
    }

    private boolean isSmall() {
        return max <= SMALL_BYTES;
    }

    private void hold() {
        held.set(new byte[(int) Math.min(BYTES, max / LEAST_PARTS)]);
    }

    /// The canary is dead after a collection, and another one takes its place.
    private void work() {
        if (isSmall()) hold();
        var canary = new WeakReference<>(new Object(), collections);
        while (true) {
            try {
                if (canary.refersTo(null)) canary = new WeakReference<>(new Object(), collections);
                collections.remove();
                look();
            } catch (InterruptedException _) {
                // nobody means this thread
            } catch (OutOfMemoryError _) {
                // what is held back is for the cell that ran out of memory, not for this thread
                awaitRoom();
            } catch (RuntimeException | Error broken) {
                // a class that found no memory while it was initialised: the rest goes on without it
            }
        }
    }

    /// Each try to find memory is a collection of garbage, which must not be this thread's only work.
    private void awaitRoom() {
        try {
            Thread.sleep(PAUSE);
            lookForExhaustion(true);
        } catch (InterruptedException | OutOfMemoryError _) {
            // the next turn may find some
        }
    }

    private void look() {
        Runtime runtime = Runtime.getRuntime();
        long used = runtime.totalMemory() - runtime.freeMemory();
        boolean halfFull = used >= max / 2;
        if ((halfFull || isSmall()) && pools == null) prepare();
        boolean nearlyFull = used > max * NEARLY_FULL;
        if (nearlyFull && isLeftNearlyFull()) tellThatItIsNearlyFull();
        else if (halfFull && !nearlyFull) tellThatItFills();
        lookForExhaustion(used > max * FULL);
        if (!halfFull && !isSmall()) {
            held.set(null);
        } else if (held.get() == null && used < max * 0.8) {
            hold();
        }
    }

    private void prepare() {
        Alarm told = alarm;
        if (told != null) told.prepare();
        pools = List.of();
        pools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
    }

    /// Whether what the last collections have left nearly fills the heap; what has been allocated since may be garbage.
    private boolean isLeftNearlyFull() {
        if (pools == null) return false;
        try {
            long left = 0;
            for (MemoryPoolMXBean pool : pools) {
                MemoryUsage usage = pool.getCollectionUsage();
                if (usage != null) left += usage.getUsed();
            }
            return left > max * NEARLY_FULL;
        } catch (OutOfMemoryError _) {
            return true; // what no collection has prevented
        }
    }

    private void tellThatItFills() {
        Alarm told = alarm;
        if (told != null) told.filling();
    }

    private void tellThatItIsNearlyFull() {
        Alarm told = alarm;
        if (told != null && told.nearlyFull()) release();
    }

    private void lookForExhaustion(boolean full) {
        long now = System.nanoTime();
        if (!full || vain == 0 || now - vainLastNanos > VAIN_GAP.toNanos()) {
            vain = 0;
            vainSinceNanos = now;
        }
        vainLastNanos = now;
        if (full) vain++;
        if (vain < VAIN_COLLECTIONS || now - vainSinceNanos < VAIN_TIME.toNanos()) return;
        Alarm told = alarm;
        try {
            if (told != null) told.exhausted(vainSinceNanos);
            vain = 0;
        } finally {
            release(); // not before the cell is told to end, which would take it
        }
    }
}
