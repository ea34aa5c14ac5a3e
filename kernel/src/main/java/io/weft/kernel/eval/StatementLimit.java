package io.weft.kernel.eval;

import io.weft.kernel.magic.CellScope;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Ends cells of which one statement runs too long. Thread-safe.
final class StatementLimit {
    private final Duration limit;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            body -> Thread.ofPlatform().daemon().name("weft-timeout").unstarted(body));

    StatementLimit(Duration limit) {
        this.limit = limit;
    }

    /// Begins to count for the calling thread's cell; cancelling what it gives ends it.
    Future<?> start() {
        CellRun run = CellScope.current() instanceof CellRun current ? current : null;
        return clock.schedule(
                () -> {
                    if (run != null) run.timeOut(limit);
                },
                limit.toNanos(),
                TimeUnit.NANOSECONDS);
    }
}
