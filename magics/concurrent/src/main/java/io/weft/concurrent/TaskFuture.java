package io.weft.concurrent;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// A result to come of a pool; cancelling it cancels the task.
class TaskFuture<R extends @Nullable Object> extends CompletableFuture<R> {
    private final Waiting waiting;
    private Runnable stop = () -> {};

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

    @Override
    public R get() throws InterruptedException, ExecutionException {
        var ended = isDone() ? Waiting.NOBODY.begin() : waiting.begin();
        try {
            return super.get();
        } finally {
            ended.run();
        }
    }

    @Override
    public R join() {
        var ended = isDone() ? Waiting.NOBODY.begin() : waiting.begin();
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
