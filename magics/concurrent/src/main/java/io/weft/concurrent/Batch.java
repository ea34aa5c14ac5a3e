package io.weft.concurrent;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// One call of a pool: the function, and what is known of the thread that submitted it.
final class Batch {
    private static final Set<String> WAITING_VERBS = Set.of("apply", "map", "starmap");

    final Object function;
    final String verb;
    final OutputSink sink;

    /// The thread that submitted it; costs little until its frames are asked for.
    private final Throwable origin = new Throwable();

    Batch(Object function, String verb) {
        this.function = java.util.Objects.requireNonNull(function, "task");
        this.verb = verb;
        this.sink = Output.ROUTER.sink();
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
        return switch (function) {
            case Task<?, ?> task -> ((Task<@Nullable Object, @Nullable Object>) task).apply(item);
            case Task2<?, ?, ?> task
            when item instanceof Pair<?, ?>(var first, var second) ->
                ((Task2<@Nullable Object, @Nullable Object, @Nullable Object>) task).apply(first, second);
            case Callable<?> call -> call.call();
            case Work work -> {
                work.run();
                yield null;
            }
            case Runnable runnable -> {
                runnable.run();
                yield null;
            }
            default ->
                throw new IllegalArgumentException(
                        "not a task: " + function.getClass().getName());
        };
    }

    /// An exception of a task, for the thread that submitted it.
    TaskFailedException failed(String worker, int index, @Nullable Object item, Throwable cause) {
        var shown = item == null ? "" : " (item " + shorten(item) + ")";
        var failure = new TaskFailedException(
                "task %d of %s%s failed on %s: %s".formatted(index, verb, shown, worker, cause), cause, worker, index);
        failure.setStackTrace(frames());
        return failure;
    }

    WorkerDiedException died(Chunk chunk, Death death, String whatGoesOn) {
        var failure = new WorkerDiedException(
                "%s while it ran %s; %s%s".formatted(death.sentence(), chunk.label(), whatGoesOn, death.details()),
                death.worker(),
                chunk.first,
                death);
        failure.setStackTrace(frames());
        return failure;
    }

    private static String shorten(Object item) {
        String text;
        try {
            text = item instanceof Map<?, ?> map && map.size() > 20 ? "a map of " + map.size() : String.valueOf(item);
        } catch (RuntimeException broken) {
            text = "a " + item.getClass().getName();
        }
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
