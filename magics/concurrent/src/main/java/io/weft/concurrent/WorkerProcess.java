package io.weft.concurrent;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A new JVM that runs one task and ends with it; Python's `Process`.
///
/// It is alive from [#start] until its task and the threads that the task started have ended, or until this
/// JVM ends. The task gets what it captures by value, and shared objects as references; to run many tasks, use
/// a [Pool]. Where Python's `join` says nothing of a task that failed, [#join()] throws its exception.
///
/// ```java
/// var queue = SharedQueue.<Integer>create();
/// WorkerProcess.start(() -> queue.put(7 * 7)).join();
/// queue.get();   // 49
/// ```
///
/// **Memory effects.** Actions before `start` *happen-before* the task runs, and the task *happens-before*
/// `join` returns.
///
/// **Threads.** All methods may be called from any thread.
@SuppressWarnings("FutureReturnValueIgnored") // what is chained to a future does not fail
public final class WorkerProcess implements AutoCloseable {
    private static final Set<WorkerProcess> OPEN = ConcurrentHashMap.newKeySet();
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final long TO_TERMINATE_MILLIS = 1000;

    private final CompletableFuture<Void> completion = new CompletableFuture<>();
    private final Load load;
    private final Chunk chunk;
    private final WorkerJvm jvm;
    private volatile boolean interrupted;

    private WorkerProcess(String name, String heap, Work work) {
        this.load = new Load(new Batch(work, "the process"), 0, Collections.singletonList(null), 1, "");
        load.parcel = Parcel.of(load, new Trace());
        load.closure = Closure.pack(work, Set.of());
        this.chunk = Chunk.whole(load);
        this.jvm = WorkerJvm.start(name, heap, WorkerCommand.Mode.PROCESS, load.batch.sink, new Owner());
        OPEN.add(this);
        completion.whenComplete((_, _) -> OPEN.remove(this));
    }

    /// Starts a worker JVM that runs `work`. Returns at once.
    ///
    /// @throws NotSendableException if the work cannot travel; then nothing is started
    public static WorkerProcess start(Work work) {
        Objects.requireNonNull(work, "work");
        return builder().start(work);
    }

    /// Like [#start(Work)], with a name for messages and tables.
    public static WorkerProcess start(String name, Work work) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(work, "work");
        return builder().name(name).start(work);
    }

    public static Builder builder() {
        return new Builder();
    }

    /// The processes that this JVM has started and that have not ended.
    public static List<WorkerProcess> open() {
        return List.copyOf(OPEN);
    }

    /// Says what a process should be.
    public static final class Builder {
        private String name = "";
        private String heap = "";

        private Builder() {}

        public Builder name(String value) {
            name = Objects.requireNonNull(value, "value");
            return this;
        }

        /// The most heap that it may use, such as `256m` or `2g`.
        public Builder heap(String value) {
            Objects.requireNonNull(value, "value");
            heap = Pool.Builder.checkHeap(value);
            return this;
        }

        public WorkerProcess start(Work work) {
            Objects.requireNonNull(work, "work");
            return new WorkerProcess(name.isEmpty() ? "process-" + NAMES.incrementAndGet() : name, heap, work);
        }
    }

    private final class Owner implements WorkerJvm.Owner {
        @Override
        public void connected(WorkerJvm worker) {
            worker.run(chunk);
            worker.finish();
            if (interrupted) worker.cancel(chunk);
        }

        @Override
        public void answered(WorkerJvm worker, Chunk done, WorkerJvm.Answer answer) {
            // the process ends by itself, when its last thread does
        }

        @Override
        public void ended(WorkerJvm worker, Death death) {
            var outcome = load.outcome;
            if (!outcome.isEnded()) {
                // System.exit(0) in the task is an end like any other
                if (death.exitCode().orElse(-1) == 0) outcome.fill(0, new @Nullable Object[] {null});
                else outcome.fail(load.batch.died(load, 0, 1, 0, 1, death, "nothing takes its place."));
            }
            outcome.whenEnded(() -> {
                var failure = outcome.failure();
                if (failure != null) completion.completeExceptionally(failure);
                else completion.complete(null);
            });
        }
    }

    /// Waits until the process has ended.
    ///
    /// @throws TaskFailedException if the task threw
    /// @throws WorkerDiedException if the process died before the task ended
    /// @throws InterruptedException if interrupted while waiting; then the process is killed
    public void join() throws InterruptedException {
        try {
            completion.get();
        } catch (ExecutionException failure) {
            throw rethrow(failure);
        } catch (InterruptedException interrupted) {
            kill();
            throw interrupted;
        }
    }

    /// Waits until the process has ended, but not longer than the limit.
    ///
    /// @return whether it has ended
    public boolean join(Duration limit) throws InterruptedException {
        Objects.requireNonNull(limit, "limit");
        try {
            completion.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        } catch (ExecutionException failure) {
            throw rethrow(failure);
        } catch (InterruptedException interrupted) {
            kill();
            throw interrupted;
        }
    }

    private static RuntimeException rethrow(ExecutionException failure) {
        if (!(failure.getCause() instanceof RuntimeException known)) return new IllegalStateException(failure);
        Failures.showCaller(known);
        return known;
    }

    public long pid() {
        return jvm.pid();
    }

    public String name() {
        return jvm.name();
    }

    public boolean isAlive() {
        return jvm.isAlive();
    }

    /// The exit code: 0 after the task, 1 if it threw, 128 and the signal's number if a signal ended it, where
    /// Python has the negative number (137 and [#signal] `SIGKILL` are its -9); empty while the process is
    /// alive.
    public OptionalInt exitCode() {
        return jvm.death().exitCode();
    }

    /// The name of the signal that ended it, such as `SIGKILL`.
    public Optional<String> signal() {
        return jvm.death().signal();
    }

    /// What its task threw, or how it died; empty if it went well, and as long as it has not ended.
    public Optional<Throwable> failure() {
        return completion.isCompletedExceptionally() ? Optional.of(completion.exceptionNow()) : Optional.empty();
    }

    /// Interrupts its task, which may heed that or not; Python's `interrupt`.
    public void interrupt() {
        interrupted = true;
        jvm.cancel(chunk);
    }

    /// Asks the process to end; its shutdown hooks run.
    public void terminate() {
        jvm.terminate();
    }

    /// Ends the process at once.
    public void kill() {
        jvm.kill();
    }

    /// Completes when the process has ended; fails as [#join()] does.
    public CompletableFuture<Void> completion() {
        return completion.copy();
    }

    /// Completes with this process when it has ended, however it did; see [#exitCode] and [#failure].
    public CompletableFuture<WorkerProcess> onExit() {
        return completion.handle((_, _) -> this);
    }

    public WorkerInfo info() {
        return jvm.info();
    }

    /// Ends the process if it is alive, and waits for that.
    @Override
    public void close() {
        if (!isAlive()) return;
        terminate();
        try {
            if (!jvm.process().waitFor(TO_TERMINATE_MILLIS, TimeUnit.MILLISECONDS)) kill();
            jvm.process().waitFor();
        } catch (InterruptedException interrupted) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        var code = exitCode();
        var state = code.isEmpty() ? "alive" : "ended with exit code " + code.getAsInt();
        return "WorkerProcess[%s, pid %d, %s]".formatted(name(), pid(), state);
    }
}
