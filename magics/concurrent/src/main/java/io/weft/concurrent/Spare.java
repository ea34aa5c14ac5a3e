package io.weft.concurrent;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A worker JVM that has started before anybody needs it, so that the next pool, process or manager of this JVM finds
/// one that answers at once. There is at most one.
///
/// It is started a moment after this JVM has asked for workers, when none of them is starting any more, and again
/// when it has been taken. It has run some tasks already, and waits for messages like any worker: it takes 20 to 40
/// MB and no CPU, ends with its owner, and is let go when nobody has asked for workers for a while. Where it does
/// not fit, since workers are to have more heap or other options, and where it has died, a worker is started as if
/// there were none.
///
/// `WEFT_SPARE=off` in the environment, or the system property `weft.spare`, does without.
///
/// **Threads.** Any thread may use it.
final class Spare implements WorkerJvm.Owner {
    private static final boolean WANTED = !Set.of("off", "0", "false", "no")
            .contains(String.valueOf(System.getProperty("weft.spare", System.getenv("WEFT_SPARE")))
                    .toLowerCase(Locale.ROOT));
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration KEEP = Duration.ofMinutes(30);

    /// So often it waits for a pool that starts.
    private static final int PATIENCE = 120;

    // all guarded by the class
    private static @Nullable Spare current;
    private static @Nullable ScheduledFuture<?> start;
    private static @Nullable Future<?> end;

    private final List<String> command;

    /// Guarded by the class.
    private @Nullable WorkerJvm jvm;

    private boolean ready;

    private Spare(List<String> command) {
        this.command = command;
    }

    /// Takes the spare worker, if there is one that is ready and was started by this very command.
    static synchronized @Nullable WorkerJvm take(List<String> command) {
        if (!isReady() || current == null || !current.command.equals(command)) return null;
        var taken = current.jvm;
        current = null;
        return taken;
    }

    /// Whether one waits to be taken.
    static synchronized boolean isReady() {
        return current != null && current.ready && current.jvm != null && current.jvm.isAlive();
    }

    /// Whether there is one, or is to be one soon.
    static synchronized boolean isPlanned() {
        return current != null || start != null;
    }

    /// The process that waits, or starts to; null if there is none.
    static synchronized @Nullable WorkerJvm worker() {
        return current == null ? null : current.jvm;
    }

    /// Sees to it that there is one soon, since somebody needs workers now.
    static void prepare() {
        prepare(PAUSE);
    }

    /// Sees to it that there is one some time after that pause.
    static synchronized void prepare(Duration pause) {
        if (!WANTED || !Hub.get().isHome() || StartupCache.isLearning()) return;
        if (end != null) end.cancel(false);
        end = Deadlines.after(KEEP, () -> Threads.run("weft-spare", Spare::letGo));
        if (current != null) return;
        // what was asked for with a shorter pause is not put off
        var planned = start;
        if (planned != null && pause.compareTo(Duration.ofNanos(planned.getDelay(TimeUnit.NANOSECONDS))) >= 0) return;
        if (planned != null) planned.cancel(false);
        startAfter(pause, PATIENCE);
    }

    private static synchronized void startAfter(Duration pause, int patience) {
        start = Deadlines.after(pause, () -> Threads.run("weft-spare", () -> start(patience)));
    }

    private static void start(int patience) {
        var spare = new Spare(WorkerCommand.line("", List.of()));
        synchronized (Spare.class) {
            start = null;
            if (current != null) return;
            if (WorkerJvm.anyIsStarting()) {
                // a pool that starts has the processors to itself
                if (patience > 0) startAfter(PAUSE, patience - 1);
                return;
            }
            current = spare;
        }
        try {
            spare.startedAs(WorkerJvm.startSpare(spare.command, spare));
        } catch (IllegalStateException cannotStart) {
            forget(spare); // who needs a worker will be told
        }
    }

    private void startedAs(WorkerJvm started) {
        synchronized (Spare.class) {
            jvm = started;
            if (current == this) return;
        }
        started.kill(); // let go meanwhile
    }

    private static synchronized void forget(Spare spare) {
        if (current == spare) current = null;
    }

    /// Ends the one that waits.
    static void letGo() {
        WorkerJvm unused;
        synchronized (Spare.class) {
            if (start != null) start.cancel(false);
            start = null;
            unused = worker();
            current = null;
        }
        if (unused != null) unused.kill();
    }

    /// Has the worker run tasks: its first takes it longer than all others.
    @Override
    public void connected(WorkerJvm worker) {
        try {
            for (var chunk : StartupCache.rehearsal()) worker.run(chunk);
        } catch (ReflectiveOperationException | RuntimeException broken) {
            worker.kill();
        }
    }

    @Override
    public void answered(WorkerJvm worker, Chunk chunk, WorkerJvm.Answer answer) {
        if (answer.failure() != null) {
            worker.kill();
            return;
        }
        synchronized (Spare.class) {
            if (worker.inFlight() > 0) return;
            jvm = worker;
            ready = true;
        }
    }

    @Override
    public void ended(WorkerJvm worker, Death death) {
        worker.takeUnfinished();
        forget(this); // another one is started when somebody needs workers: where none can live, that is not for ever
    }
}
