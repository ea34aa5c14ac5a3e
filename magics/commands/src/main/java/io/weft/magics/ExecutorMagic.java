package io.weft.magics;

import io.weft.concurrent.Pool;
import io.weft.concurrent.Workers;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.Completing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `%executor`: makes an executor, by default of threads.
@Command(
        description = "Make an executor and leave it in a variable.",
        customSynopsis = {
            "%%executor [NAME] [SIZE] [--threads | --virtual | --jvm]",
            "%%executor close NAME  waits for an executor's tasks and closes it"
        })
final class ExecutorMagic implements Callable<ExecutorService>, Completing {
    private final Cell cell;

    @Parameters(
            arity = "0..2",
            paramLabel = "[NAME] [SIZE]",
            hideParamSyntax = true,
            description = {
                "The variable that holds the executor (default: executor),",
                "and the number of workers (default: one for each core; virtual threads: one for each task)."
            })
    List<String> words = new ArrayList<>();

    @ArgGroup
    @Nullable
    WorkersOption workers;

    ExecutorMagic(Cell cell) {
        this.cell = cell;
    }

    /// What runs the tasks.
    static final class WorkersOption {
        @Option(names = "--threads", description = "Threads of this JVM (the default).")
        boolean threads;

        @Option(names = "--virtual", description = "Virtual threads of this JVM.")
        boolean virtual;

        @Option(names = "--jvm", description = "Worker JVMs.")
        boolean jvm;
    }

    @Override
    public @Nullable ExecutorService call() throws InterruptedException {
        if (!words.isEmpty() && words.getFirst().equals("close")) {
            Variables.closePool(cell, "%executor close", words);
            return null;
        }
        var call = NameAndSize.parse("%executor", words, "executor");
        Variables.requireName("%executor", call.name());
        String previous = Variables.endPrevious(cell, call.name());
        Pool pool = open(call);
        cell.declare(call.name(), ExecutorService.class.getName(), pool);
        String size = pool.size() == Integer.MAX_VALUE
                ? "a virtual thread for each task"
                : pool.size() + " " + Tables.kind(pool.kind(), pool.size());
        cell.show(MimeBundle.text(call.name() + ": " + size + previous));
        return pool;
    }

    @Override
    public List<String> candidates(List<String> before) {
        return Variables.closable(before);
    }

    private Pool open(NameAndSize call) throws InterruptedException {
        boolean virtual = workers != null && workers.virtual;
        boolean jvm = workers != null && workers.jvm;
        Workers threads = virtual ? Workers.VIRTUAL : Workers.THREADS;
        var builder = Pool.builder().name(call.name()).workers(jvm ? Workers.JVM : threads);
        if (call.size() > 0) builder.size(call.size());
        return Starting.ready(builder.build());
    }
}
