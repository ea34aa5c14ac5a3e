package io.weft.magics;

import io.weft.concurrent.OutputRouter;
import io.weft.concurrent.OutputSink;
import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.CellScope;

/// Shows what workers print below the cell that gave them the work, labelled with the worker.
public final class CellOutputRouter implements OutputRouter {
    @Override
    public OutputSink sink() {
        Cell cell = CellScope.current();
        if (cell == null) return line -> (line.error() ? System.err : System.out).println(line.labelled());
        return line -> cell.output().stream(line.error() ? Stream.STDERR : Stream.STDOUT, line.labelled() + "\n");
    }

    @Override
    public Runnable bind(Runnable task) {
        Cell cell = CellScope.current();
        return cell == null ? task : () -> CellScope.during(cell, task);
    }
}
