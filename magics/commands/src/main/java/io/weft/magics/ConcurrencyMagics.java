package io.weft.magics;

import io.weft.chart.Chart;
import io.weft.concurrent.Pool;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.Magic;
import io.weft.kernel.magic.MagicProvider;
import java.time.Duration;
import java.util.List;

/// The magics for concurrency, the library behind them, and charts of what it does, for every notebook.
public final class ConcurrencyMagics implements MagicProvider {
    /// So long the first cell has the processors to itself.
    private static final Duration AFTER_START = Duration.ofSeconds(2);

    @Override
    public List<Magic> magics() {
        return List.of(
                Magic.line("pool", "io.weft.concurrent.Pool", PoolMagic::new),
                Magic.line("queue", "io.weft.concurrent.SharedQueue<Object>", QueueMagic::new),
                Magic.line("manager", "io.weft.concurrent.Manager", ManagerMagic::new),
                Magic.line("lock", "java.util.concurrent.locks.Lock", LockMagic::new),
                Magic.line("executor", "java.util.concurrent.ExecutorService", ExecutorMagic::new),
                Magic.line("workers", "", WorkersMagic::new),
                Magic.cell("process", ProcessMagic::new),
                Magic.cell("px", PxMagic::new));
    }

    @Override
    public List<String> imports() {
        return List.of(
                "import io.weft.concurrent.*;",
                "import static io.weft.concurrent.Range.range;",
                "import io.weft.chart.*;");
    }

    @Override
    public List<Class<?>> offers() {
        return List.of(Pool.class, Chart.class);
    }

    /// A worker JVM is to be there when the notebook first needs one.
    @Override
    public void begin(Cell cell) {
        Pool.warmUp(AFTER_START);
    }
}
