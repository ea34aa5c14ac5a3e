package io.weft.magics;

import io.weft.concurrent.CallListener;
import io.weft.concurrent.Pool;
import io.weft.concurrent.PoolEvent;
import io.weft.concurrent.WorkerInfo;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Cell;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A card below a cell that shows how far a call of a pool has come, for as long as it runs, and what it was in the
/// end. A call that ends soon has none.
///
/// Each event costs a few additions; a picture is made some times a second at most. Thread-safe: `drawing` keeps the
/// pictures in order, the card's own lock guards what they show, and a pool may hold its lock while it tells an event.
final class CallCard implements CallListener {
    private static final Duration UNTIL_SHOWN = Duration.ofSeconds(1);
    private static final Duration BETWEEN = Duration.ofMillis(300);
    private static final Duration BETWEEN_LATER = Duration.ofSeconds(1);
    private static final Duration LATER = Duration.ofSeconds(30);
    /// How long the end of a call waits to hear of its last tasks.
    private static final Duration LAST_EVENTS = Duration.ofMillis(200);

    private final Cell cell;
    private final Pool pool;
    private final Object drawing = new Object();
    private final String id = "weft-call-" + UUID.randomUUID();
    /// Guarded by `drawing`.
    private boolean shown;
    /// Guarded by `this`, as all below.
    private final CallProgress progress;

    private boolean ticking;

    private CallCard(Cell cell, Pool pool, String verb) {
        this.cell = cell;
        this.pool = pool;
        progress = new CallProgress(verb, System.nanoTime());
    }

    /// A card for a call that the cell begins; null where the reader wants none.
    static @Nullable CallCard of(Cell cell, Pool pool, String verb) {
        return "off".equals(System.getenv("WEFT_PROGRESS")) ? null : new CallCard(cell, pool, verb);
    }

    @Override
    public synchronized void on(PoolEvent.OfTasks event) {
        progress.note(event);
        if (progress.isOver()) notifyAll();
        if (ticking) return;
        ticking = true;
        Duration shownAfter = UNTIL_SHOWN.minus(progress.elapsed());
        tickAfter(shownAfter.isPositive() ? shownAfter : BETWEEN);
    }

    private void tickAfter(Duration pause) {
        var _ = Clock.TICKS.schedule(this::tick, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tick() {
        boolean soonOver = !draw(false);
        synchronized (this) {
            ticking = !progress.isOver() && !soonOver;
            if (ticking) tickAfter(progress.elapsed().compareTo(LATER) > 0 ? BETWEEN_LATER : BETWEEN);
        }
    }

    @Override
    public void end() {
        synchronized (this) {
            long end = System.nanoTime() + LAST_EVENTS.toNanos();
            try {
                for (long left = LAST_EVENTS.toMillis(); left > 0 && !progress.isOver(); left = millisTo(end))
                    wait(left);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            if (!progress.isOver()) progress.giveUp();
        }
        draw(true);
    }

    private static long millisTo(long nanoTime) {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime - System.nanoTime());
    }

    /// Draws the card as it is now; the first time only if the call is still on its way.
    ///
    /// @return whether it is there
    private boolean draw(boolean last) {
        synchronized (drawing) {
            if (last && !shown) return false;
            List<WorkerInfo> workers = pool.workers();
            MimeBundle picture;
            synchronized (this) {
                if (!shown && progress.isOver()) return false;
                picture = new CallPicture(pool.name(), progress, workers).bundle();
            }
            if (shown) cell.output().update(picture, id);
            else cell.output().display(picture, id);
            shown = true;
            return true;
        }
    }

    /// The clock of all cards, whose thread is there only while one of them is alive.
    private static final class Clock {
        static final ScheduledThreadPoolExecutor TICKS = ticks();

        private static ScheduledThreadPoolExecutor ticks() {
            var ticks = new ScheduledThreadPoolExecutor(
                    1, body -> Thread.ofPlatform().daemon().name("weft-cards").unstarted(body));
            ticks.setKeepAliveTime(5, TimeUnit.SECONDS);
            ticks.allowCoreThreadTimeOut(true);
            return ticks;
        }
    }
}
