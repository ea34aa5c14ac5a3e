package io.weft.kernel.eval;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Memory that the kernel holds back while a cell fills the heap, for the cell that empties it again.
///
/// Without it the compiler would have no room for `list.clear()`. It takes no memory while the heap is not half
/// full, which its thread looks at after each collection of garbage. The same thread notices when one collection
/// follows the other and none frees anything: the JVM would go on so for minutes before it says that memory is out.
/// Thread-safe.
final class MemoryReserve {
    private static final int BYTES = 16 << 20;
    /// At most this part of the heap is held back.
    private static final int LEAST_PARTS = 8;
    /// What is more than this is full: the rest is the space that a collection itself needs.
    private static final double FULL = 0.95;
    /// So many collections that leave the heap full, one soon after the other for so long, are too many.
    private static final int VAIN_COLLECTIONS = 8;

    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration VAIN_TIME = Duration.ofSeconds(4);
    private static final Duration VAIN_GAP = Duration.ofSeconds(2);

    private final AtomicReference<byte @Nullable []> held = new AtomicReference<>();
    private final ReferenceQueue<Object> collections = new ReferenceQueue<>();
    private final Thread watch = Thread.ofPlatform()
            .daemon()
            .name("weft-memory")
            .inheritInheritableThreadLocals(false)
            .unstarted(this::work);

    private volatile LongConsumer exhausted = _ -> {};
    /// Confined to the watch: the collections in a row that left the heap full, and when the first and the last were.
    private int vain;

    private long vainSinceNanos;
    private long vainLastNanos;

    /// Begins to watch the heap.
    ///
    /// @param exhausted called when the heap has been full for a while, with the [System#nanoTime] since when
    void start(LongConsumer exhausted) {
        this.exhausted = exhausted;
        watch.start();
    }

    /// Gives the memory free: somebody has run out of it.
    void release() {
        held.set(null);
    }

    /// The canary is dead after a collection, and another one takes its place.
    private void work() {
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
        long max = runtime.maxMemory();
        long used = runtime.totalMemory() - runtime.freeMemory();
        lookForExhaustion(used > max * FULL);
        if (used < max / 2) {
            held.set(null);
        } else if (held.get() == null && used < max * 0.8) {
            held.set(new byte[(int) Math.min(BYTES, max / LEAST_PARTS)]);
        }
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
        try {
            exhausted.accept(vainSinceNanos);
            vain = 0;
        } finally {
            release(); // not before the cell is told to end, which would take it
        }
    }
}
