package io.weft.magics;

import io.weft.concurrent.Manager;
import io.weft.concurrent.Pool;
import io.weft.concurrent.WorkerInfo;
import io.weft.concurrent.WorkerProcess;
import io.weft.kernel.magic.Cell;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/// `%workers`: shows every worker of this notebook.
@Command(description = "Show every worker: pid, state, task, memory.")
final class WorkersMagic implements Callable<Object> {
    private final Cell cell;

    WorkersMagic(Cell cell) {
        this.cell = cell;
    }

    @Override
    public @Nullable Object call() {
        var workers = new ArrayList<Tables.Owned>();
        for (Pool pool : Pool.open())
            for (WorkerInfo worker : pool.workers()) workers.add(new Tables.Owned("pool " + pool.name(), worker));
        WorkerProcess.open().forEach(process -> workers.add(new Tables.Owned("process", process.info())));
        Manager.open().forEach(manager -> workers.add(new Tables.Owned("manager", manager.info())));
        cell.show(Tables.workers(workers));
        return null;
    }
}
