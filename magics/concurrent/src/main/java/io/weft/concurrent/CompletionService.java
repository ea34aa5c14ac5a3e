package io.weft.concurrent;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableFuture;
import org.jspecify.annotations.Nullable;

/// Lets an [ExecutorCompletionService] use a pool of worker JVMs. The service asks the pool for a future of the
/// task, and in the next step gives it a task that runs that future and then queues it.
final class CompletionService {
    private static final ThreadLocal<@Nullable Submitted<?>> LAST = new ThreadLocal<>();

    private CompletionService() {}

    /// The future of a task, which ends when the worker has run it.
    static final class Submitted<R extends @Nullable Object> extends TaskFuture<R> implements RunnableFuture<R> {
        final Callable<R> task;

        private Submitted(Callable<R> task) {
            super(Waiting.NOBODY);
            this.task = task;
        }

        /// Called when it has ended: there is nothing left to do.
        @Override
        public void run() {}
    }

    static <R extends @Nullable Object> RunnableFuture<R> futureOf(Callable<R> task) {
        var future = new Submitted<R>(task);
        LAST.set(future);
        return future;
    }

    /// The future that a completion service has asked for, if it is one that gives us this task.
    static @Nullable Submitted<?> takeFor(Runnable task) {
        var last = LAST.get();
        LAST.remove();
        boolean queueing =
                task instanceof FutureTask<?> && task.getClass().getEnclosingClass() == ExecutorCompletionService.class;
        return queueing ? last : null;
    }
}
