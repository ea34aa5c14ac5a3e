package io.weft.magics.notebook;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.weft.kernel.magic.Meter;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/// What code costs: time, processor time of all threads, memory allocated by all threads, garbage collection.
///
/// Counts while compiled code or a magic runs, not while it is compiled. What other threads of this JVM do meanwhile is
/// counted too. Used by one thread.
final class Cost implements Meter {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private boolean begun;
    private int depth;
    private Reading start = Reading.now();
    private Reading sum = new Reading(0, 0, 0, 0, 0);

    /// What the JVM's counters say.
    private record Reading(long wallNanos, long cpuNanos, long allocated, long collections, long collectionMillis) {
        static Reading now() {
            long collections = 0;
            long millis = 0;
            for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
                collections += Math.max(0, collector.getCollectionCount());
                millis += Math.max(0, collector.getCollectionTime());
            }
            return new Reading(
                    System.nanoTime(),
                    SYSTEM.getProcessCpuTime(),
                    THREADS.getTotalThreadAllocatedBytes(),
                    collections,
                    millis);
        }

        Reading minus(Reading other) {
            return new Reading(
                    wallNanos - other.wallNanos,
                    cpuNanos - other.cpuNanos,
                    allocated - other.allocated,
                    collections - other.collections,
                    collectionMillis - other.collectionMillis);
        }
    }

    @Override
    public void begin() {
        begun = true;
        if (depth++ == 0) start = Reading.now();
    }

    @Override
    public void end() {
        if (--depth > 0) return;
        sum = sum.minus(start.minus(Reading.now()));
    }

    /// Whether anything has run that costs.
    boolean hasBegun() {
        return begun;
    }

    /// In one line, such as `wall 1.23 s, CPU 2.31 s, allocated 419 MB, GC 3 times in 12 ms`.
    String summary() {
        return String.format(
                Locale.ROOT,
                "wall %s, CPU %s, allocated %s, GC %s",
                Amount.nanos(sum.wallNanos),
                Amount.nanos(sum.cpuNanos),
                Amount.bytes(sum.allocated),
                sum.collections == 0
                        ? "none"
                        : "%d times in %s".formatted(sum.collections, Amount.nanos(sum.collectionMillis * 1_000_000)));
    }
}
