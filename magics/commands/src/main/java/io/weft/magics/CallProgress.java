package io.weft.magics;

import io.weft.concurrent.PoolEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

/// How far a call of a pool has come, from the events of its tasks. Not thread-safe.
final class CallProgress {
    private static final int SLOWEST = 5;

    private final String verb;
    private final long beganNanos;
    private final Map<String, Worker> workers = new LinkedHashMap<>();
    private final List<Slow> slowest = new ArrayList<>();
    private int submitted;
    private int done;
    private int failed;
    private int cancelled;
    private int retried;
    private long endedNanos;

    /// What one worker did for the call.
    static final class Worker {
        final String name;
        String task = "";
        int done;
        int failed;
        private Duration busy = Duration.ZERO;

        private Worker(String name) {
            this.name = name;
        }

        /// Which part of a time it was at work.
        double busyShare(Duration elapsed) {
            return elapsed.isZero() ? 0 : Math.min(1, (double) busy.toNanos() / elapsed.toNanos());
        }
    }

    /// Tasks that took long together.
    record Slow(int first, int tasks, String worker, Duration took) {
        String items() {
            return range(first, tasks);
        }
    }

    CallProgress(String verb, long beganNanos) {
        this.verb = verb;
        this.beganNanos = beganNanos;
    }

    void note(PoolEvent.OfTasks event) {
        switch (event) {
            case PoolEvent.TasksSubmitted some -> submitted += some.tasks();
            case PoolEvent.TasksStarted some -> worker(some.worker()).task = range(some.first(), some.tasks());
            case PoolEvent.TasksDone some -> {
                done += some.tasks();
                ended(some.worker(), some.took()).done += some.tasks();
                noteSlow(new Slow(some.first(), some.tasks(), some.worker(), some.took()));
            }
            case PoolEvent.TasksFailed some -> {
                boolean gaveUp = some.failure() instanceof CancellationException;
                if (gaveUp) cancelled += some.tasks();
                else failed += some.tasks();
                if (!some.worker().isEmpty()) {
                    Worker worker = ended(some.worker(), some.took());
                    if (!gaveUp) worker.failed += some.tasks();
                }
            }
            case PoolEvent.TasksRetried some -> retried += some.tasks();
        }
        if (isOver()) endedNanos = System.nanoTime();
    }

    private Worker worker(String name) {
        return workers.computeIfAbsent(name, Worker::new);
    }

    private Worker ended(String name, Duration took) {
        Worker worker = worker(name);
        worker.task = "";
        worker.busy = worker.busy.plus(took);
        return worker;
    }

    private void noteSlow(Slow tasks) {
        if (slowest.size() == SLOWEST && slowest.getLast().took().compareTo(tasks.took()) >= 0) return;
        slowest.add(tasks);
        slowest.sort(Comparator.comparing(Slow::took).reversed());
        if (slowest.size() > SLOWEST) slowest.removeLast();
    }

    /// Items as the reader counts them, from 0.
    static String range(int first, int tasks) {
        return tasks == 1 ? "item %,d".formatted(first) : "items %,d–%,d".formatted(first, first + tasks - 1);
    }

    /// What has not ended by now never will.
    void giveUp() {
        cancelled = submitted - done - failed;
        workers.values().forEach(worker -> worker.task = "");
        endedNanos = System.nanoTime();
    }

    /// Whether every task that was submitted has ended; a call that takes its items one after the other may go on.
    boolean isOver() {
        return submitted > 0 && done + failed + cancelled >= submitted;
    }

    Duration elapsed() {
        return Duration.ofNanos((isOver() ? endedNanos : System.nanoTime()) - beganNanos);
    }

    String verb() {
        return verb;
    }

    int submitted() {
        return submitted;
    }

    int done() {
        return done;
    }

    int failed() {
        return failed;
    }

    int cancelled() {
        return cancelled;
    }

    int retried() {
        return retried;
    }

    /// The workers that took part, in the order in which they began.
    List<Worker> workers() {
        return List.copyOf(workers.values());
    }

    /// What took longest, the longest first.
    List<Slow> slowest() {
        return List.copyOf(slowest);
    }
}
