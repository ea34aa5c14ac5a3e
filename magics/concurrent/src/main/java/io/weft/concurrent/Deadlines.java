package io.weft.concurrent;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Runs short steps when a time is over. Its one thread is there only while something is due.
final class Deadlines {
    private static final long KEEP_SECONDS = 10;
    private static final ScheduledThreadPoolExecutor CLOCK = new ScheduledThreadPoolExecutor(1, Threads::clock);

    static {
        CLOCK.setRemoveOnCancelPolicy(true);
        CLOCK.setKeepAliveTime(KEEP_SECONDS, TimeUnit.SECONDS);
        CLOCK.allowCoreThreadTimeOut(true);
    }

    private Deadlines() {}

    /// Runs a step after that time, unless it is cancelled first.
    static ScheduledFuture<?> after(Duration time, Runnable step) {
        return CLOCK.schedule(step, saturated(time), TimeUnit.NANOSECONDS);
    }

    private static long saturated(Duration time) {
        try {
            return time.toNanos();
        } catch (ArithmeticException centuries) {
            return Long.MAX_VALUE / 2;
        }
    }
}
