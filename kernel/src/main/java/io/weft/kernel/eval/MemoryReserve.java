package io.weft.kernel.eval;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Memory that the kernel holds back while a cell fills the heap, for the cell that empties it again.
///
/// Without it the compiler would have no room for `list.clear()`. It takes no memory while the heap is not half
/// full, which its thread looks at after each collection of garbage. Thread-safe.
final class MemoryReserve {
    private static final int BYTES = 16 << 20;
    /// At most this part of the heap is held back.
    private static final int LEAST_PARTS = 8;

    private final AtomicReference<byte @Nullable []> held = new AtomicReference<>();
    private final ReferenceQueue<Object> collections = new ReferenceQueue<>();
    private final Thread watch = Thread.ofPlatform()
            .daemon()
            .name("weft-memory")
            .inheritInheritableThreadLocals(false)
            .unstarted(this::work);

    void start() {
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
            } catch (InterruptedException | OutOfMemoryError _) {
                // the heap is too full to hold anything back
                release();
            }
        }
    }

    private void look() {
        Runtime runtime = Runtime.getRuntime();
        long max = runtime.maxMemory();
        long used = runtime.totalMemory() - runtime.freeMemory();
        if (used < max / 2) {
            held.set(null);
        } else if (held.get() == null && used < max * 0.8) {
            held.set(new byte[(int) Math.min(BYTES, max / LEAST_PARTS)]);
        }
    }
}
