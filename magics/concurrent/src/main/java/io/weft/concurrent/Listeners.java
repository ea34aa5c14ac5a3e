package io.weft.concurrent;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
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

    void submitted(Chunk chunk) {
        var batch = chunk.batch;
        tell(
                batch,
                () -> new PoolEvent.TasksSubmitted(
                        Instant.now(), batch.call, batch.verb, chunk.first, chunk.items.length));
    }

    void started(Chunk chunk, String worker, Instant since) {
        var batch = chunk.batch;
        tell(
                batch,
                () -> new PoolEvent.TasksStarted(
                        since, batch.call, batch.verb, chunk.first, chunk.items.length, worker));
    }

    /// Tells how the tasks of a chunk have ended, if they have.
    void ended(Chunk chunk, String worker, Instant since) {
        var batch = chunk.batch;
        if (!listen(batch) || !chunk.results.isDone()) return;
        var now = Instant.now();
        var took = Duration.between(since, now);
        int tasks = chunk.items.length;
        tell(
                batch,
                () -> chunk.results.state() == Future.State.SUCCESS
                        ? new PoolEvent.TasksDone(now, batch.call, batch.verb, chunk.first, tasks, worker, took)
                        : new PoolEvent.TasksFailed(
                                now, batch.call, batch.verb, chunk.first, tasks, worker, took, chunk.failure()));
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
