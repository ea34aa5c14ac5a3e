package io.weft.kernel.eval;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// The one thread that runs all cells of a shell, so that a lock can be taken in one cell and released in the next.
///
/// Its thread group is that of the platform threads which its cells start.
final class Shell {
    private final ExecutorService thread;
    private volatile @Nullable CellRun running;

    /// @param name   of the thread and of its group
    /// @param loader of the notebook's classes
    Shell(String name, ClassLoader loader) {
        var group = new ThreadGroup(name);
        thread = Executors.newSingleThreadExecutor(body -> {
            var cells = new Thread(group, body, name);
            cells.setContextClassLoader(loader);
            return cells;
        });
    }

    /// Runs a cell to its end.
    void run(CellRun run, Runnable body) {
        running = run;
        try {
            thread.submit(() -> run.run(body)).get();
        } catch (InterruptedException shutdown) {
            run.interrupt();
            Thread.currentThread().interrupt();
        } catch (ExecutionException broken) {
            throw new IllegalStateException("the cell's thread failed", broken.getCause());
        } finally {
            running = null;
        }
    }

    /// The cell that runs; null where none does.
    @Nullable
    CellRun running() {
        return running;
    }

    /// Runs nothing more; what runs goes on.
    void close() {
        thread.shutdown();
    }
}
