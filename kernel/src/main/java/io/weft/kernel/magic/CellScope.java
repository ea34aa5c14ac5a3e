package io.weft.kernel.magic;

import org.jspecify.annotations.Nullable;

/// Tells which cell a thread works for.
///
/// A thread works for the cell that started it, a platform or virtual thread alike. A thread that no
/// cell started, such as a worker of the common pool, works for the cell that runs, or ran last.
public final class CellScope {
    private static final InheritableThreadLocal<@Nullable Cell> STARTED_BY = new InheritableThreadLocal<>();
    private static volatile @Nullable Cell latest;

    private CellScope() {}

    /// Makes the calling thread, and all that it starts from now on, work for a cell.
    public static void enter(Cell cell) {
        STARTED_BY.set(cell);
        latest = cell;
    }

    /// Lets the calling thread, and all that it starts meanwhile, work for a cell while a task runs.
    public static void during(Cell cell, Runnable task) {
        Cell before = STARTED_BY.get();
        STARTED_BY.set(cell);
        try {
            task.run();
        } finally {
            STARTED_BY.set(before);
        }
    }

    /// The cell that the calling thread works for; null before the first cell.
    public static @Nullable Cell current() {
        Cell cell = STARTED_BY.get();
        return cell != null ? cell : latest;
    }

    /// The cell that started a thread; null where no cell did, or nobody knows: that takes
    /// `--add-opens=java.base/java.lang=ALL-UNNAMED`, as the kernelspec has it.
    public static @Nullable Cell startedBy(Thread thread) {
        return thread == Thread.currentThread() ? STARTED_BY.get() : Inherited.valueOf(STARTED_BY, thread);
    }

    /// The cell that the calling thread works for.
    ///
    /// @throws IllegalStateException if no cell has run yet
    public static Cell require() {
        Cell cell = current();
        if (cell == null)
            throw new IllegalStateException("no cell has run in this JVM; call this from a notebook's cell");
        return cell;
    }
}
