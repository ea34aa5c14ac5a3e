package io.weft.kernel.handler;

import io.weft.kernel.eval.Evaluator;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The evaluator, which is made on the thread that runs cells.
///
/// Making it takes longer than everything else at start-up, and a front end first asks what kernel this is, which is
/// answered meanwhile. Safe for use by many threads.
final class EvaluatorSource {
    private static final long MAX_WAIT_SECONDS = 60;

    private final Supplier<? extends Evaluator> maker;
    private final Consumer<Runnable> cellThread;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final CompletableFuture<Evaluator> evaluator = new CompletableFuture<>();
    private volatile OptionalLong earlyInterruptNanos = OptionalLong.empty();
    /// Confined to the thread that runs cells.
    private boolean cellRan;

    private boolean begun;
    private boolean closed;

    /// @param maker      makes the evaluator
    /// @param cellThread runs something on the thread that runs cells
    EvaluatorSource(Supplier<? extends Evaluator> maker, Consumer<Runnable> cellThread) {
        this.maker = maker;
        this.cellThread = cellThread;
    }

    /// Has it made, unless it is already.
    void prepare() {
        if (asked.compareAndSet(false, true)) {
            cellThread.accept(() -> {
                make();
                // behind the cells that wait by now, which have the same effect
                cellThread.accept(this::warmUp);
            });
        }
    }

    private void warmUp() {
        Evaluator made = ifMade();
        if (made == null || cellRan) {
            return;
        }
        try {
            made.warmUp();
        } catch (RuntimeException | Error failed) {
            // the first cell meets the same, and tells
        }
    }

    /// The evaluator, for the thread that runs cells.
    Evaluator onCellThread() {
        cellRan = true;
        make();
        return await();
    }

    /// Ends the running cell; while the evaluator is still being made, the cells that wait for it.
    void interrupt() {
        Evaluator made = ifMade();
        if (made != null) {
            made.interrupt();
        } else {
            earlyInterruptNanos = OptionalLong.of(System.nanoTime());
        }
    }

    /// Whether an interrupt came after this time and before there was an evaluator.
    boolean interruptedEarlySince(long nanos) {
        OptionalLong early = earlyInterruptNanos;
        return early.isPresent() && early.getAsLong() - nanos > 0;
    }

    /// The evaluator, for any other thread, which waits until it is made.
    Evaluator await() {
        prepare();
        try {
            return evaluator.get(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new IllegalStateException("Java could not be started in this kernel: " + failed.getCause(), failed);
        } catch (TimeoutException late) {
            throw new IllegalStateException("Java is still starting after %d s".formatted(MAX_WAIT_SECONDS), late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Java was starting", interrupted);
        }
    }

    /// The evaluator if it is there.
    @Nullable
    Evaluator ifMade() {
        return evaluator.isDone() && !evaluator.isCompletedExceptionally() ? evaluator.join() : null;
    }

    /// Closes the evaluator, now or as soon as it is made, or keeps it from being made.
    void close() {
        synchronized (evaluator) {
            closed = true;
            if (!begun) {
                evaluator.completeExceptionally(new IllegalStateException("the kernel ends"));
            }
        }
        Evaluator made = ifMade();
        if (made != null) {
            made.close();
        }
    }

    private void make() {
        synchronized (evaluator) {
            if (begun || closed) {
                return;
            }
            begun = true;
        }
        try {
            Evaluator made = maker.get();
            boolean late;
            synchronized (evaluator) {
                late = closed;
                if (!late) {
                    evaluator.complete(made);
                }
            }
            if (late) {
                evaluator.completeExceptionally(new IllegalStateException("the kernel ends"));
                made.close();
            }
        } catch (RuntimeException | Error failed) {
            evaluator.completeExceptionally(failed);
        }
    }
}
