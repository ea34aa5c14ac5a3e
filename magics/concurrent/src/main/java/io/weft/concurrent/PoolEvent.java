package io.weft.concurrent;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/// Something that happened in a [Pool], for a [PoolListener].
///
/// Tasks that are sent to a worker together, as `chunksize` says, are begun and ended together: `first` is the
/// position of the first of them among the items of the call, from 0, and `tasks` is their number.
public sealed interface PoolEvent {
    /// When it happened.
    Instant at();

    /// Something that happened to tasks.
    sealed interface OfTasks extends PoolEvent {
        /// Which call of the pool they belong to; no two calls have the same number.
        long call();

        /// What was called: `map`, `submit` …
        String verb();

        int first();

        int tasks();
    }

    /// Something that happened to a worker.
    sealed interface OfWorker extends PoolEvent {
        /// The worker's name.
        String worker();

        /// Its process; for a thread that of this JVM.
        long pid();
    }

    /// Tasks were given to the pool, and wait for a worker.
    record TasksSubmitted(Instant at, long call, String verb, int first, int tasks) implements OfTasks {}

    /// A worker takes up tasks.
    record TasksStarted(Instant at, long call, String verb, int first, int tasks, String worker) implements OfTasks {}

    /// Tasks have ended and their results are there.
    ///
    /// @param took from the time at which the worker took them up; short ones that it tells of together share
    ///     their time evenly
    record TasksDone(Instant at, long call, String verb, int first, int tasks, String worker, Duration took)
            implements OfTasks {}

    /// Tasks have ended without results: one of them threw, was over its time or was cancelled, or their
    /// worker died.
    ///
    /// @param worker the worker, empty if none had taken them up
    /// @param took from the time at which the worker took them up
    record TasksFailed(
            Instant at, long call, String verb, int first, int tasks, String worker, Duration took, Throwable failure)
            implements OfTasks {}

    /// Tasks whose worker died wait to be run again, as [Pool#withRetries] asks.
    ///
    /// @param run which run it will be, from 2
    record TasksRetried(Instant at, long call, String verb, int first, int tasks, int run) implements OfTasks {}

    /// A worker is ready to take tasks.
    record WorkerStarted(Instant at, String worker, long pid) implements OfWorker {}

    /// A worker has ended: it was not needed any more, or it died.
    ///
    /// @param expected whether the pool had let it go
    /// @param exitCode of its process; empty for a thread
    /// @param signal the signal that ended it
    record WorkerEnded(
            Instant at, String worker, long pid, boolean expected, OptionalInt exitCode, Optional<String> signal)
            implements OfWorker {}
}
