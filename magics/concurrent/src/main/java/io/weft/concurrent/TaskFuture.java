package io.weft.concurrent;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A result to come of a pool; cancelling it cancels the task.
///
/// What users chain to it must not hold up the thread that brings the outcome, so that it runs elsewhere. But whoever
/// already waits in [#get] is woken at once, and completes the future itself: one change of threads less.
@SuppressWarnings("FutureReturnValueIgnored") // what is chained to a future does not fail
class TaskFuture<R extends @Nullable Object> extends CompletableFuture<R> {
    private final Waiting waiting;
    private Runnable stop = () -> {};

    private @Nullable Runnable outcome;
    private @Nullable CompletableFuture<@Nullable Void> arrival;
    private int waiters;

    /// What a thread has to do before and after it waits for a task.
    interface Waiting {
        Waiting NOBODY = () -> () -> {};

        /// Called before the wait.
        ///
        /// @return what to do when the wait is over
        /// @throws IllegalStateException if the wait would never end
        Runnable begin();
    }

    TaskFuture(Waiting waiting) {
        this.waiting = waiting;
    }

    TaskFuture<R> stoppedBy(Runnable value) {
        stop = value;
        return this;
    }

    /// Brings the result.
    void deliver(R value) {
        arrive(() -> complete(value));
    }

    /// Brings the reason why there is no result.
    void fail(Throwable failure) {
        arrive(() -> completeExceptionally(failure));
    }

    private void arrive(Runnable found) {
        CompletableFuture<@Nullable Void> waitedFor;
        synchronized (this) {
            outcome = found;
            waitedFor = waiters > 0 ? arrival : null;
        }
        if (waitedFor == null) Threads.run("weft-complete", this::settle);
        else waitedFor.complete(null);
    }

    private void settle() {
        Runnable known;
        synchronized (this) {
            known = outcome;
        }
        if (known != null) known.run();
    }

    /// Waits until the outcome is here, and completes the future with it.
    private void await(Wait<@Nullable Void> wait) throws InterruptedException, ExecutionException, TimeoutException {
        var arriving = arriving();
        try {
            wait.until(arriving);
        } finally {
            synchronized (this) {
                waiters--;
            }
            settle();
        }
    }

    private synchronized CompletableFuture<@Nullable Void> arriving() {
        waiters++;
        var known = arrival;
        if (known != null) return known;
        var fresh = new CompletableFuture<@Nullable Void>();
        arrival = fresh;
        if (outcome != null) fresh.complete(null);
        else whenComplete((_, _) -> fresh.complete(null)); // by others: cancelled, or completed by a user
        return fresh;
    }

    private interface Wait<V extends @Nullable Object> {
        V until(CompletableFuture<V> future) throws InterruptedException, ExecutionException, TimeoutException;
    }

    @Override
    public R get() throws InterruptedException, ExecutionException {
        if (isDone()) return super.get();
        var ended = waiting.begin();
        try {
            await(CompletableFuture::get);
            return super.get();
        } catch (TimeoutException impossible) {
            throw new IllegalStateException(impossible);
        } finally {
            ended.run();
        }
    }

    @Override
    public R get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (isDone()) return super.get();
        long end = System.nanoTime() + unit.toNanos(timeout);
        await(arriving -> arriving.get(timeout, unit));
        return super.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    @Override
    public R join() {
        if (isDone()) return super.join();
        var ended = waiting.begin();
        try {
            await(CompletableFuture::get);
        } catch (InterruptedException kept) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException impossible) {
            throw new IllegalStateException(impossible);
        }
        try {
            return super.join();
        } finally {
            ended.run();
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) stop.run();
        return cancelled;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new TaskFuture<>(waiting);
    }
}
