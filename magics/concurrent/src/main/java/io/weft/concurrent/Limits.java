package io.weft.concurrent;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What the tasks of a call may take.
///
/// @param timeout how long a task may run; null if as long as it likes
/// @param retries how often a task is run again whose worker died
record Limits(@Nullable Duration timeout, int retries) {
    static final Limits NONE = new Limits(null, 0);

    Limits {
        if (timeout != null && (timeout.isNegative() || timeout.isZero()))
            throw new IllegalArgumentException("a timeout must be longer than nothing, not " + inWords(timeout));
        if (retries < 0) throw new IllegalArgumentException("retries must not be negative, but is " + retries);
    }

    Limits timeout(Duration value) {
        return new Limits(java.util.Objects.requireNonNull(value), retries);
    }

    Limits retries(int value) {
        return new Limits(timeout, value);
    }

    /// `1.5 s` or `20 ms`.
    static String inWords(@Nullable Duration time) {
        if (time == null) return "any length";
        long millis = time.toMillis();
        if (millis < 1000) return millis == 0 ? time.toNanos() / 1000 + " µs" : millis + " ms";
        var seconds = new java.math.BigDecimal(millis).movePointLeft(3).stripTrailingZeros();
        return seconds.toPlainString() + " s";
    }
}
