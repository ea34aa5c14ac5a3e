package io.weft.concurrent;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One call of a pool: the function, and what is known of the thread that submitted it.
final class Batch {
    private static final Set<String> WAITING_VERBS = Set.of("apply", "map", "starmap", "forEach");
    private static final AtomicLong CALLS = new AtomicLong();

    final Object function;
    final String verb;
    final Limits limits;
    final OutputSink sink;
    final long call = CALLS.incrementAndGet();
    /// Set before the first task is submitted.
    private @Nullable CallListener listener;

    /// The thread that submitted it; costs little until its frames are asked for.
    private final Throwable origin = new Throwable();

    Batch(Object function, String verb) {
        this(function, verb, Limits.NONE);
    }

    Batch(Object function, String verb, Limits limits) {
        this(function, verb, limits, Output.ROUTER.sink());
    }

    Batch(Object function, String verb, Limits limits, OutputSink sink) {
        this.limits = limits;
        this.function = java.util.Objects.requireNonNull(function, "task");
        this.verb = verb;
        this.sink = sink;
    }

    /// Lets whoever routes the output hear how this call comes along.
    Batch watched(Pool pool) {
        listener = Output.ROUTER.listener(pool, verb);
        return this;
    }

    boolean isWatched() {
        return listener != null;
    }

    void tell(PoolEvent.OfTasks event) {
        if (listener != null) listener.on(event);
    }

    /// The thread that waits for the results goes on.
    void end() {
        if (listener != null) listener.end();
    }

    /// What the items are written to. Whoever calls one of these waits for the results, and changes nothing meanwhile.
    Out out() {
        return WAITING_VERBS.contains(verb) ? Out.referring() : new Out();
    }

    StackTraceElement[] frames() {
        return Failures.callerFrames(origin);
    }

    /// Runs a function of any of the library's types; those without a parameter ignore the item.
    @SuppressWarnings("unchecked")
    static @Nullable Object run(Object function, @Nullable Object item) throws Exception {
        if (function instanceof Task<?, ?> task) return ((Task<@Nullable Object, @Nullable Object>) task).apply(item);
        if (function instanceof Each<?> each) {
            ((Each<@Nullable Object>) each).accept(item);
            return null;
        }
        if (function instanceof Task2<?, ?, ?> task && item instanceof Pair<?, ?> pair)
            return ((Task2<@Nullable Object, @Nullable Object, @Nullable Object>) task)
                    .apply(pair.first(), pair.second());
        if (function instanceof Callable<?> call) return call.call();
        if (function instanceof Work work) {
            work.run();
            return null;
        }
        if (function instanceof Runnable runnable) {
            runnable.run();
            return null;
        }
        throw new IllegalArgumentException("not a task: " + function.getClass().getName());
    }

    /// An exception of a task, for the thread that submitted it.
    TaskFailedException failed(String worker, int index, @Nullable Object item, Throwable cause) {
        var shown = item == null ? "" : " (item " + shorten(item) + ")";
        var failure = new TaskFailedException(
                "task %d of %s%s failed on %s: %s".formatted(index, verb, shown, worker, cause), cause, worker, index);
        failure.setStackTrace(frames());
        return failure;
    }

    /// A chunk that was over its time.
    ///
    /// @param replacement what happens if it goes on, with a place for `its`
    TaskFailedException late(Chunk chunk, String worker, long pid, String replacement) {
        var load = chunk.load;
        int from = chunk.from();
        var time = Limits.inWords(chunk.limit());
        var text = chunk.size() == 1
                ? "%s was over its time of %s on %s (pid %d); it is interrupted, and %s if it does not end."
                        .formatted(load.label(from), time, worker, pid, replacement.formatted("its"))
                : "%s were over their time of %s on %s (pid %d), %s for each of the %d that were sent together; they are interrupted, and %s if they do not end. Without a chunksize, each task has its own time."
                        .formatted(
                                load.label(from, chunk.to()),
                                time,
                                worker,
                                pid,
                                Limits.inWords(limits.timeout()),
                                chunk.size(),
                                replacement.formatted("their"));
        var cause = new TimeoutException(text);
        cause.setStackTrace(frames());
        var failure = new TaskFailedException(text, cause, worker, load.first + from);
        failure.setStackTrace(frames());
        return failure;
    }

    /// The death of a worker, for the items that it had begun and not told the results of.
    ///
    /// @param from the first of them, counted within the load
    /// @param to the item after the last of them
    /// @param item the one that it was at; `to` if it had done all of them
    WorkerDiedException died(Load load, int from, int to, int item, int runs, Death death, String whatGoesOn) {
        String when;
        if (item < to) {
            int grain = Math.max(from, item - item % load.grain);
            when = "while it ran " + load.label(item);
            if (grain > from) when += ", and with it the results of " + load.label(from, grain);
        } else {
            when = "before the results of " + load.label(from, to) + " had arrived";
        }
        var run = runs > 1 ? ", in run %d of %d".formatted(runs, limits.retries() + 1) : "";
        var failure = new WorkerDiedException(
                "%s %s%s; %s%s".formatted(death.sentence(), when, run, whatGoesOn, death.details()),
                death.worker(),
                load.first + Math.clamp(item, from, Math.max(from, to - 1)),
                death);
        failure.setStackTrace(frames());
        return failure;
    }

    static String shorten(Object item) {
        String text;
        try {
            text = item instanceof Map<?, ?> map && map.size() > 20 ? "a map of " + map.size() : String.valueOf(item);
        } catch (RuntimeException broken) {
            text = "a " + item.getClass().getName();
        }
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
