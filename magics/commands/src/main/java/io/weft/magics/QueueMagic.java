package io.weft.magics;

import io.weft.concurrent.SharedQueue;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `%queue`: makes a queue between threads and worker JVMs.
@Command(description = "Make a queue between threads and worker JVMs and leave it in a variable.")
final class QueueMagic implements Callable<@Nullable SharedQueue<Object>> {
    private final Cell cell;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            defaultValue = "queue",
            description = "The variable that holds the queue (default: ${DEFAULT-VALUE}).")
    String name = "queue";

    @Option(
            names = "--capacity",
            paramLabel = "N",
            description = "How many elements it holds before put waits (default: no limit).")
    @Nullable
    Integer capacity;

    @Option(names = "--list", description = "Show the queues that variables of the notebook hold, and make none.")
    boolean list;

    QueueMagic(Cell cell) {
        this.cell = cell;
    }

    @Override
    public @Nullable SharedQueue<Object> call() {
        if (list) {
            cell.show(Tables.queues(cell.variables()));
            return null;
        }
        Variables.requireName("%queue", name);
        if (capacity != null && capacity < 1)
            throw new MagicException(
                    "%queue: --capacity is " + capacity + ", but a queue must hold at least 1 element");
        String previous = Variables.endPrevious(cell, name);
        SharedQueue<Object> queue = capacity == null ? SharedQueue.create() : SharedQueue.create(capacity);
        cell.declare(name, SharedQueue.class.getName() + "<Object>", queue);
        cell.show(MimeBundle.text(
                name + ": a queue" + (capacity == null ? "" : " of at most " + capacity + " elements") + previous));
        return queue;
    }
}
