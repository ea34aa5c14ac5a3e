package io.weft.magics;

import io.weft.concurrent.SharedLock;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Cell;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `%lock`: makes a lock that threads and worker JVMs share.
@Command(description = "Make a lock that threads and worker JVMs share and leave it in a variable.")
final class LockMagic implements Callable<SharedLock> {
    private final Cell cell;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            defaultValue = "lock",
            description = "The variable that holds the lock (default: ${DEFAULT-VALUE}).")
    String name = "lock";

    @Option(names = "--fair", description = "Whoever has waited longest gets the lock next.")
    boolean fair;

    LockMagic(Cell cell) {
        this.cell = cell;
    }

    @Override
    public SharedLock call() {
        Variables.requireName("%lock", name);
        String previous = Variables.endPrevious(cell, name);
        SharedLock lock = SharedLock.create(fair);
        cell.declare(name, SharedLock.class.getName(), lock);
        cell.show(MimeBundle.text(name + ": a " + (fair ? "fair " : "") + "lock, free" + previous));
        return lock;
    }
}
