package io.weft.kernel.eval;

import org.jspecify.annotations.Nullable;

/// Tells the reader of what the kernel has run out, and what to do.
final class Shortages {
    private Shortages() {}

    /// The shortage among the causes of a failure, if there is one.
    static @Nullable OutOfMemoryError in(Throwable failure) {
        for (Throwable at : Causes.of(failure)) if (at instanceof OutOfMemoryError shortage) return shortage;
        return null;
    }

    /// Whether the system lets the JVM start no more threads.
    static boolean ofThreads(OutOfMemoryError shortage) {
        return String.valueOf(shortage.getMessage()).contains("native thread");
    }

    /// What to tell of it, in one line.
    static String advice(OutOfMemoryError shortage) {
        if (ofThreads(shortage))
            return "The system lets this kernel start no more threads. Those that the cell has started are interrupted; the notebook's variables are kept. Virtual threads (Thread.ofVirtual(), Executors.newVirtualThreadPerTaskExecutor()) have no such limit.";
        long max = Runtime.getRuntime().maxMemory();
        return "The kernel's heap can grow to %,d MB, which is not enough. What only the cell held is free again; the notebook's variables are kept. For more, start the kernel with a larger heap: set the environment variable JDK_JAVA_OPTIONS to -Xmx%dg, or put -Xmx%dg into its kernel.json, and restart it."
                .formatted(max >> 20, largerGigabytes(max), largerGigabytes(max));
    }

    private static long largerGigabytes(long max) {
        return Math.max(1, Math.ceilDiv(max * 2, 1L << 30));
    }
}
