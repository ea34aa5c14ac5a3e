package io.weft.kernel.eval;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tells the reader of what the kernel has run out, and what to do.
final class Shortages {
    /// What to tell where there is no memory to tell more.
    static final String FULL =
            "The heap is full, and stays so: threads that this or an earlier cell has started fill it. Restart the kernel, with a larger heap if they need it.";

    /// So many threads of a cell that ran out of memory are what it ran out for.
    static final int CROWD = 1_000;

    private Shortages() {}

    /// The shortage among the causes of a failure, if there is one.
    static @Nullable OutOfMemoryError in(Throwable failure) {
        return Causes.shortage(failure);
    }

    /// Whether the system lets the JVM start no more threads.
    static boolean ofThreads(OutOfMemoryError shortage) {
        return String.valueOf(shortage.getMessage()).contains("native thread");
    }

    /// What the JDK says of lengths that no heap has room for.
    private static boolean isTooLong(String message) {
        return message.contains("exceeds VM limit")
                || message.contains("implementation limit")
                || message.contains("out of range");
    }

    /// What to tell of it, in one line.
    static String advice(OutOfMemoryError shortage) {
        if (ofThreads(shortage))
            return "The system lets this kernel start no more threads. Those that the cell has started are interrupted; the notebook's variables are kept. Virtual threads (Thread.ofVirtual(), Executors.newVirtualThreadPerTaskExecutor()) have no such limit.";
        if (isTooLong(String.valueOf(shortage.getMessage())))
            return "No array, text or collection can be that long, however large the heap: Java counts elements up to 2,147,483,647, and the JVM allows two fewer. The notebook's variables are kept.";
        long max = Runtime.getRuntime().maxMemory();
        return "The kernel's heap can grow to %,d MB, which is not enough. What only the cell held is free again; the notebook's variables are kept. For more, start the kernel with a larger heap: set the environment variable JDK_JAVA_OPTIONS to -Xmx%dg, or put -Xmx%dg into its kernel.json, and restart it."
                .formatted(max >> 20, largerGigabytes(max), largerGigabytes(max));
    }

    /// The outcome of a cell that ran while the heap was full, which the JVM had not found worth an error yet.
    ///
    /// It is there from the first call on.
    static Optional<Outcome.Failure> exhausted() {
        return Exhausted.FAILURE;
    }

    private static final class Exhausted {
        static final Optional<Outcome.Failure> FAILURE = Optional.of(exhaustion());
    }

    private static Outcome.Failure exhaustion() {
        var shortage = new OutOfMemoryError("the heap is full, and collecting garbage frees nothing");
        String name = OutOfMemoryError.class.getName();
        String message = shortage.getMessage() + ". " + advice(shortage);
        return new Outcome.Failure(name, message, List.of("\u001b[1m" + name + "\u001b[0m: " + message));
    }

    /// What to tell of a cell whose threads are many.
    static String crowd(int threads) {
        return "The cell ran out of memory with %,d threads alive, which are interrupted.".formatted(threads);
    }

    private static long largerGigabytes(long max) {
        return Math.max(1, Math.ceilDiv(max * 2, 1L << 30));
    }
}
