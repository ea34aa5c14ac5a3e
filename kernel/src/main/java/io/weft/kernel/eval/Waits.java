package io.weft.kernel.eval;

import io.weft.kernel.magic.CellScope;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/// Stands for the JDK's waits that do not heed interrupts, in the code of cells.
///
/// Each waits as the method that it replaces does, also when its thread is interrupted, until the cell is: then it
/// ends.
public final class Waits {
    private Waits() {}

    private interface Wait {
        void begin() throws InterruptedException;
    }

    private static void await(Wait wait) {
        boolean interrupted = false;
        try {
            boolean waiting = true;
            while (waiting) {
                try {
                    wait.begin();
                    waiting = false;
                } catch (InterruptedException _) {
                    interrupted = true;
                    if (CellScope.current() instanceof CellRun run) run.stopIfInterrupted();
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    /// Stands for `Lock.lock`.
    public static void lock(Lock lock) {
        await(lock::lockInterruptibly);
    }

    /// Stands for `Condition.awaitUninterruptibly`.
    public static void awaitUninterruptibly(Condition condition) {
        await(condition::await);
    }

    /// Stands for `Semaphore.acquireUninterruptibly`.
    public static void acquireUninterruptibly(Semaphore semaphore) {
        await(semaphore::acquire);
    }

    /// Stands for `Semaphore.acquireUninterruptibly`.
    public static void acquireUninterruptibly(Semaphore semaphore, int permits) {
        await(() -> semaphore.acquire(permits));
    }

    /// Stands for `CompletableFuture.join`.
    public static @Nullable Object join(CompletableFuture<?> future) {
        await(() -> {
            try {
                future.get();
            } catch (ExecutionException | java.util.concurrent.CancellationException completed) {
                // join says it in its own words
            }
        });
        return future.join();
    }

    /// Stands for `Phaser.arriveAndAwaitAdvance`.
    public static int arriveAndAwaitAdvance(Phaser phaser) {
        return awaitAdvance(phaser, phaser.arrive());
    }

    /// Stands for `Phaser.awaitAdvance`.
    public static int awaitAdvance(Phaser phaser, int phase) {
        int[] next = {phase};
        await(() -> next[0] = phaser.awaitAdvanceInterruptibly(phase));
        return next[0];
    }
}
