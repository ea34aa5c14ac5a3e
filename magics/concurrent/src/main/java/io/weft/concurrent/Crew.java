package io.weft.concurrent;

import java.time.Duration;
import java.util.List;

/// The workers behind a pool: they take items in the order in which they were submitted.
interface Crew {
    /// Makes loads of one call ready to run, in the thread that submits them.
    ///
    /// @throws NotSendableException if the function or an item cannot travel
    void prepare(List<Load> loads);

    /// Takes loads; each completes its outcome.
    ///
    /// @throws java.util.concurrent.RejectedExecutionException after [#shutdown]
    void submit(List<Load> loads);

    /// Called by the thread that is going to wait for an attended load: it may take part in bringing the results that
    /// come soon. An interrupt is left to the wait.
    default void attend(Load load) {}

    /// Ends a load: removes what waits, interrupts what runs.
    void cancel(Load load);

    /// Waits until a worker can take a task.
    ///
    /// @return false if the time is over first
    /// @throws RuntimeException if no worker can be started
    boolean awaitReady(Duration limit) throws InterruptedException;

    List<WorkerInfo> workers();

    /// The names of the workers, without those that have been let go and end after what they have been given.
    List<String> names();

    /// How many tasks can run at once.
    int size();

    /// Starts workers, or lets some go after what they have been given.
    ///
    /// @throws IllegalStateException if it is shut down
    /// @throws UnsupportedOperationException if every task has a worker of its own
    void resize(int workers);

    /// A worker of this crew begins to wait for loads of this crew.
    ///
    /// @return what to do when it has waited
    /// @throws IllegalStateException if then nobody would be left to run them
    default Runnable waitFor(List<Load> loads) {
        return () -> {};
    }

    void shutdown();

    /// Ends everything at once.
    void terminate();

    boolean isShutdown();

    boolean awaitEnd(Duration limit) throws InterruptedException;
}
