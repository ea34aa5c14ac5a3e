package io.weft.concurrent;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Who wants to hear of a pool's events, and the events that they have not heard yet.
final class Listeners {
    /// A listener, and where it is said if it fails.
    private record Listening(PoolListener listener, OutputSink sink) {}

    private final List<Listening> listeners = new CopyOnWriteArrayList<>();
    private final ArrayDeque<PoolEvent> untold = new ArrayDeque<>();
    private boolean telling;

    void add(PoolListener listener) {
        listeners.add(new Listening(java.util.Objects.requireNonNull(listener), Output.ROUTER.sink()));
    }

    void remove(PoolListener listener) {
        listeners.removeIf(each -> each.listener().equals(listener));
    }

    /// Whether anybody wants to hear of a call.
    boolean listen(Batch batch) {
        return batch.isWatched() || !listeners.isEmpty();
    }

    /// Tells what happened to tasks of a call, also whoever watches this call.
    void tell(Batch batch, Supplier<PoolEvent.OfTasks> event) {
        if (!listen(batch)) return;
        var happened = event.get();
        batch.tell(happened);
        tell(() -> happened);
    }

    void submitted(Load load) {
        var batch = load.batch;
        if (!listen(batch)) return;
        var now = Instant.now();
        for (int at = 0; at < load.size(); at = load.grainEnd(at)) {
            int first = load.first + at;
            int tasks = load.grainEnd(at) - at;
            tell(batch, () -> new PoolEvent.TasksSubmitted(now, batch.call, batch.verb, first, tasks));
        }
    }

    /// Tells that a worker takes up items of a load.
    void started(Load load, int from, int to, String worker, Instant since) {
        var batch = load.batch;
        tell(
                batch,
                () -> new PoolEvent.TasksStarted(since, batch.call, batch.verb, load.first + from, to - from, worker));
    }

    /// Tells that a grain of a load is to be run again.
    void retried(Load load, int from, int run) {
        var batch = load.batch;
        tell(
                batch,
                () -> new PoolEvent.TasksRetried(
                        Instant.now(), batch.call, batch.verb, load.first + from, load.grainEnd(from) - from, run));
    }

    /// Tells how items of a load have ended. Of grains whose end was told together, the first has been told to have
    /// started, and each counts for its share of the time.
    ///
    /// @param failure why they have no results; null if they have
    void ended(Load load, int from, int to, String worker, Instant since, @Nullable Throwable failure) {
        var batch = load.batch;
        if (from >= to || !listen(batch)) return;
        var now = Instant.now();
        var share = Duration.between(since, now).dividedBy(Math.ceilDiv(to - from, load.grain));
        for (int at = from; at < to; at = load.grainEnd(at)) {
            int end = Math.min(to, load.grainEnd(at));
            int first = load.first + at;
            int tasks = end - at;
            if (at > from && !worker.isEmpty()) started(load, at, end, worker, now);
            tell(
                    batch,
                    () -> failure == null
                            ? new PoolEvent.TasksDone(now, batch.call, batch.verb, first, tasks, worker, share)
                            : new PoolEvent.TasksFailed(
                                    now, batch.call, batch.verb, first, tasks, worker, share, failure));
        }
    }

    /// Notes an event, which is made only if somebody listens. Called with the crew's lock, so that events keep
    /// their order; the listeners are called without.
    void tell(Supplier<PoolEvent> event) {
        if (listeners.isEmpty()) return;
        synchronized (untold) {
            untold.add(event.get());
            if (telling) return;
            telling = true;
        }
        Threads.run("weft-listener", this::tellAll);
    }

    private void tellAll() {
        for (var event = next(); event != null; event = next()) {
            for (var each : List.copyOf(listeners)) {
                try {
                    each.listener().on(event);
                } catch (RuntimeException | Error failure) {
                    listeners.remove(each);
                    Failures.show(each.sink(), "a listener of a pool has failed and hears no more", failure);
                }
            }
        }
    }

    private @Nullable PoolEvent next() {
        synchronized (untold) {
            var event = untold.poll();
            if (event == null) telling = false;
            return event;
        }
    }
}
