package io.weft.magics;

import io.weft.concurrent.CallListener;
import io.weft.concurrent.OutputRouter;
import io.weft.concurrent.OutputSink;
import io.weft.concurrent.Pool;
import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.CellScope;
import org.jspecify.annotations.Nullable;

/// Shows what workers print below the cell that gave them the work, labelled with the worker, and how far long calls
/// have come.
public final class CellOutputRouter implements OutputRouter {
    @Override
    public OutputSink sink() {
        Cell cell = CellScope.current();
        if (cell == null) return line -> (line.error() ? System.err : System.out).println(line.labelled());
        return line -> cell.output().stream(line.error() ? Stream.STDERR : Stream.STDOUT, line.labelled() + "\n");
    }

    @Override
    public @Nullable CallListener listener(Pool pool, String verb) {
        Cell cell = CellScope.current();
        return cell == null ? null : CallCard.of(cell, pool, verb);
    }

    @Override
    public Runnable bind(Runnable task) {
        Cell cell = CellScope.current();
        return cell == null ? task : () -> CellScope.during(cell, task);
    }
}
