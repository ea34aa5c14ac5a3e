package io.weft.magics;

import io.weft.concurrent.Pool;
import io.weft.concurrent.Work;
import io.weft.concurrent.WorkerInfo;
import io.weft.concurrent.Workers;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.Completing;
import io.weft.kernel.magic.MagicException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `%pool`: opens a pool of workers and leaves it in a variable; alone, lists the open pools.
@Command(
        description = "Open a pool of workers and leave it in a variable.",
        customSynopsis = {
            "%%pool [NAME] [SIZE] [--jvm | --threads | --virtual] [--heap SIZE] [--init CODE] [--timeout SECONDS] [--retries N]",
            "%%pool                 shows all open pools",
            "%%pool close NAME      waits for a pool's tasks and closes it"
        })
final class PoolMagic implements Callable<Pool>, Completing {
    private final Cell cell;

    @Parameters(
            arity = "0..2",
            paramLabel = "[NAME] [SIZE]",
            hideParamSyntax = true,
            description = {
                "The variable that holds the pool (default: pool),",
                "and the number of workers (default: one for each core)."
            })
    List<String> words = new ArrayList<>();

    @ArgGroup
    @Nullable
    WorkersOption workers;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            description = "The most memory of each worker JVM, such as 256m or 1g.")
    @Nullable
    String heap;

    @Option(
            names = "--init",
            paramLabel = "CODE",
            description = {
                "Java that each worker runs before its first task, in single quotes,",
                "as in --init 'System.setProperty(\"mode\", \"test\")'; a single quote in it is written \\'."
            })
    @Nullable
    String init;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = {
                "How long each task may run; it is interrupted then, and its worker replaced if need be.",
                "Tasks that a chunksize sends together share the sum of their times."
            })
    @Nullable
    Double timeout;

    @Option(
            names = "--retries",
            paramLabel = "N",
            description = "How often a task is run again whose worker JVM died (default: never).")
    @Nullable
    Integer retries;

    PoolMagic(Cell cell) {
        this.cell = cell;
    }

    /// Pools do not differ in what they are called, only in what their workers are.
    static final class WorkersOption {
        @Option(names = "--jvm", description = "Workers are JVMs of their own (the default).")
        boolean jvm;

        @Option(names = "--threads", description = "Workers are threads of this JVM.")
        boolean threads;

        @Option(names = "--virtual", description = "Workers are virtual threads of this JVM.")
        boolean virtual;

        Workers kind() {
            if (threads) return Workers.THREADS;
            return virtual ? Workers.VIRTUAL : Workers.JVM;
        }
    }

    @Override
    public @Nullable Pool call() throws Exception {
        if (!words.isEmpty() && words.getFirst().equals("close")) {
            Variables.closePool(cell, "%pool close", words);
            return null;
        }
        boolean alone = words.isEmpty()
                && workers == null
                && heap == null
                && init == null
                && timeout == null
                && retries == null;
        if (alone) {
            cell.show(Tables.pools(Pool.open(), cell.variables()));
            return null;
        }
        var call = NameAndSize.parse("%pool", words, "pool");
        Variables.requireName("%pool", call.name());
        Work initializer = init == null ? null : Lambdas.work(cell, init, "cell " + cell.count() + ", --init");
        Pool pool = open(call, initializer); // a wrong option leaves the previous one alone
        String previous = Variables.endPrevious(cell, call.name());
        Starting.ready(pool);
        cell.declare(call.name(), Pool.class.getName(), pool);
        cell.show(MimeBundle.text(describe(pool) + previous));
        return pool;
    }

    private Pool open(NameAndSize call, @Nullable Work initializer) {
        try {
            var builder = Pool.builder().name(call.name()).workers(workers == null ? Workers.JVM : workers.kind());
            if (call.size() > 0) builder.size(call.size());
            if (heap != null) builder.heap(heap);
            if (initializer != null) builder.initializer(initializer);
            if (timeout != null) builder.taskTimeout(Seconds.timeout("%pool", timeout));
            if (retries != null) builder.retries(retries);
            return builder.build();
        } catch (IllegalArgumentException wrong) {
            throw new MagicException("%pool: " + wrong.getMessage(), wrong);
        }
    }

    @Override
    public List<String> candidates(List<String> before) {
        return Variables.closable(before);
    }

    private static String describe(Pool pool) {
        String pids = pool.kind() == Workers.JVM
                ? pool.workers().stream()
                        .map(WorkerInfo::pid)
                        .map(String::valueOf)
                        .collect(Collectors.joining(", ", ", pids ", ""))
                : "";
        return "%s: %d %s%s".formatted(pool.name(), pool.size(), Tables.kind(pool.kind(), pool.size()), pids);
    }
}
