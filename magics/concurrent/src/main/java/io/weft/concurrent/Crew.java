package io.weft.concurrent;

import java.time.Duration;
import java.util.List;

/// The workers behind a pool: they take chunks in the order in which they were submitted.
interface Crew {
    /// Makes chunks ready to run, in the thread that submits them.
    ///
    /// @throws NotSendableException if the function or an item cannot travel
    void prepare(List<Chunk> chunks);

    /// Takes chunks; each completes its results.
    ///
    /// @throws java.util.concurrent.RejectedExecutionException after [#shutdown]
    void submit(List<Chunk> chunks);

    /// Ends a chunk: removes it if it waits, interrupts it if it runs.
    void cancel(Chunk chunk);

    /// Waits until a worker can take a task.
    ///
    /// @return false if the time is over first
    /// @throws RuntimeException if no worker can be started
    boolean awaitReady(Duration limit) throws InterruptedException;

    List<WorkerInfo> workers();

    /// How many tasks can run at once.
    int size();

    /// Starts workers, or lets some go after what they have been given.
    ///
    /// @throws IllegalStateException if it is shut down
    /// @throws UnsupportedOperationException if every task has a worker of its own
    void resize(int workers);

    /// A worker of this crew begins to wait for chunks of this crew.
    ///
    /// @return what to do when it has waited
    /// @throws IllegalStateException if then nobody would be left to run them
    default Runnable waitFor(List<Chunk> chunks) {
        return () -> {};
    }

    void shutdown();

    /// Ends everything at once.
    void terminate();

    boolean isShutdown();

    boolean awaitEnd(Duration limit) throws InterruptedException;
}
