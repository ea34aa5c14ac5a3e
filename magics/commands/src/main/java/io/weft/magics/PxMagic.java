package io.weft.magics;

import io.weft.concurrent.Call;
import io.weft.concurrent.Pool;
import io.weft.concurrent.WorkerInfo;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.Completing;
import io.weft.kernel.magic.MagicException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `%%px`: runs the cell's body once on every worker of a pool, as IPython's magic of that name does.
@Command(description = "Run the cell's body once on every worker of a pool, and show what each of them gives.")
final class PxMagic implements Callable<Object>, Completing {
    private final Cell cell;
    private final String body;

    @Option(
            names = "--pool",
            paramLabel = "NAME",
            defaultValue = "pool",
            description = "The variable that holds the pool (default: ${DEFAULT-VALUE}).")
    String name = "pool";

    @Option(
            names = "--targets",
            paramLabel = "LIST",
            split = ",",
            description =
                    "The workers that run it, by their names or their numbers from 0 on, such as 0,2 (default: all).")
    List<String> targets = new ArrayList<>();

    @Option(
            names = "--timeout",
            paramLabel = "T",
            description =
                    "The most seconds that a worker may take; what takes longer is cancelled (default: no limit).")
    @Nullable
    Double timeout;

    PxMagic(Cell cell, String body) {
        this.cell = cell;
        this.body = body;
    }

    @Override
    public @Nullable Object call() throws Exception {
        if (body.isBlank())
            throw new MagicException("%%px: the cell has no body. Write the Java to run below the first line.");
        long limit = timeout == null
                ? Long.MAX_VALUE
                : Seconds.timeout("%%px", timeout).toNanos();
        Pool pool = Variables.find(cell, name, Pool.class)
                .orElseThrow(() -> new MagicException(
                        "%%%%px: no variable '%s' holds a pool. %%pool %s 4 opens one of 4 workers; --pool names another."
                                .formatted(name, name)));
        List<String> workers = workers(pool);
        // the first line of the cell is the magic's own
        Call<?> call = Lambdas.call(cell, "\n" + body, "cell " + cell.count());
        show(await(start(pool, call, workers), limit));
        return null;
    }

    private static Map<String, CompletableFuture<Object>> start(Pool pool, Call<?> call, List<String> workers) {
        try {
            return pool.onEachAsync(call, workers);
        } catch (IllegalArgumentException unknown) {
            throw new MagicException("%%px: " + unknown.getMessage(), unknown);
        }
    }

    private List<String> workers(Pool pool) {
        List<String> names = pool.workers().stream().map(WorkerInfo::name).toList();
        if (targets.isEmpty()) return names;
        return targets.stream().map(target -> name(target, names)).toList();
    }

    private static String name(String target, List<String> names) {
        if (!target.matches("\\d{1,9}") || names.contains(target)) return target;
        int number = Integer.parseInt(target);
        if (number >= names.size())
            throw new MagicException("%%%%px: there is no worker %d; the pool has %d, numbered from 0: %s"
                    .formatted(number, names.size(), names));
        return names.get(number);
    }

    /// What a worker gave.
    private record Result(@Nullable Object value, @Nullable Throwable failure) {}

    private Map<String, Result> await(Map<String, CompletableFuture<Object>> futures, long limit)
            throws InterruptedException {
        long begun = System.nanoTime();
        var results = new LinkedHashMap<String, Result>();
        try {
            for (Map.Entry<String, CompletableFuture<Object>> each : futures.entrySet()) {
                try {
                    long left = Math.max(0, limit - (System.nanoTime() - begun));
                    results.put(each.getKey(), new Result(each.getValue().get(left, TimeUnit.NANOSECONDS), null));
                } catch (ExecutionException failed) {
                    results.put(each.getKey(), new Result(null, failed.getCause()));
                } catch (TimeoutException late) {
                    results.put(each.getKey(), new Result(null, late));
                }
            }
        } finally {
            futures.values().forEach(future -> future.cancel(true));
        }
        return results;
    }

    private void show(Map<String, Result> results) throws Exception {
        var rows = new ArrayList<List<String>>();
        results.forEach((worker, result) -> {
            if (result.failure() == null && result.value() != null)
                rows.add(List.of(worker, cell.renderer().render(result.value()).plainText()));
        });
        if (!rows.isEmpty()) cell.show(Tables.table(List.of("worker", "value"), rows));
        throwFailures(results);
    }

    private void throwFailures(Map<String, Result> results) throws Exception {
        var failures = new ArrayList<Throwable>();
        var late = new ArrayList<String>();
        results.forEach((worker, result) -> {
            if (result.failure() instanceof TimeoutException) late.add(worker);
            else if (result.failure() != null) failures.add(result.failure());
        });
        if (!late.isEmpty())
            failures.add(new MagicException("%%%%px: longer than %s s, and cancelled: %s. The other workers have ended."
                    .formatted(timeout, String.join(", ", late))));
        if (failures.isEmpty()) return;
        // their frames are those of the magic's own threads; the causes have the reader's
        failures.forEach(failure -> failure.setStackTrace(new StackTraceElement[0]));
        Throwable first = failures.getFirst();
        failures.stream().skip(1).forEach(first::addSuppressed);
        if (first instanceof Error error) throw error;
        throw (Exception) first;
    }

    @Override
    public List<String> candidates(List<String> before) {
        if (before.isEmpty() || !before.getLast().equals("--pool")) return List.of();
        return Pool.open().stream().map(Pool::name).distinct().toList();
    }
}
