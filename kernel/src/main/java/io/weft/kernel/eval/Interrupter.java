package io.weft.kernel.eval;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Pursues what interrupted cells have started until it has ended.
///
/// Its one thread is there from the start: a cell that must be stopped may have used up the threads of the system. It
/// sleeps while no cell is interrupted. Thread-safe.
final class Interrupter {
    private static final Duration PAUSE = Duration.ofMillis(50);
    /// Cells that can be pursued without memory for a longer list.
    private static final int ROOM = 64;

    private final ThreadStop.Mailbox thread = new ThreadStop.Mailbox(this::work, "weft-interrupt");
    /// Guarded by `this`.
    private final List<CellRun> pursued = new ArrayList<>(ROOM);

    private @Nullable Reach reach;

    void start() {
        thread.start();
    }

    /// Begins to pursue a cell; stop checks look at their cell from now on.
    synchronized void pursue(CellRun run) {
        if (!pursued.contains(run)) pursued.add(run);
        StopCheck.arm();
        notifyAll();
    }

    private synchronized List<CellRun> awaitWork() throws InterruptedException {
        while (pursued.isEmpty()) wait();
        return List.copyOf(pursued);
    }

    /// Stop checks are free again when nobody is pursued.
    private synchronized void done(CellRun run) {
        pursued.remove(run);
        if (pursued.isEmpty()) StopCheck.disarm();
    }

    private void work() {
        while (true) {
            try {
                List<CellRun> runs = awaitWork();
                long startNanos = System.nanoTime();
                for (CellRun run : runs) {
                    if (reach == null && run.needsReach()) reach = new Reach(thread);
                    if (!run.pursue(reach)) done(run);
                }
                // a cell of very many threads leaves them time to end
                long turnNanos = System.nanoTime() - startNanos;
                Thread.sleep(Duration.ofNanos(Math.max(PAUSE.toNanos(), turnNanos)));
            } catch (InterruptedException | RuntimeException | Error shortage) {
                // no memory for this turn, most likely: the next one comes
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /// The means that reach a thread in code which does not look for interrupts.
    static final class Reach {
        private final @Nullable ThreadStop stop;
        private final @Nullable LinuxTasks tasks = LinuxTasks.exist() ? new LinuxTasks() : null;

        private Reach(ThreadStop.Mailbox own) {
            stop = madeFor(own);
        }

        private static @Nullable ThreadStop madeFor(ThreadStop.Mailbox own) {
            try {
                return ThreadStop.of(own);
            } catch (UnsupportedOperationException missing) {
                return null;
            }
        }

        /// Ends a computation.
        boolean endComputation(Thread target) {
            return stop != null && stop.stop(target, new CellStopped(), Stops::computes);
        }

        /// Ends the compilation of a cell.
        void endCompilation(Thread target) {
            if (stop != null) stop.stop(target, new CompilationStopped(), Stops::compiles);
        }

        /// Ends the wait for a socket, which stays as it is, or for what a process writes, which is ended.
        void endWait(Thread target, boolean forcibly) {
            if (tasks == null) return;
            StackTraceElement[] stack = target.getStackTrace();
            if (stack.length == 0 || !stack[0].isNativeMethod()) return;
            if (stop != null && stop.stop(target, new CellStopped(), Stops::waitsForSocket)) {
                tasks.wake(target);
            } else if (stack[0].getClassName().equals("java.io.FileInputStream")) {
                tasks.writersTo(target).forEach(process -> {
                    if (forcibly) process.destroyForcibly();
                    else process.destroy();
                });
            }
        }
    }
}
