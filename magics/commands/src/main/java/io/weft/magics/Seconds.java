package io.weft.magics;

import io.weft.kernel.magic.MagicException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Times that options of magics are given in seconds.
final class Seconds {
    private static final double MOST = Long.MAX_VALUE / 1e9;

    private Seconds() {}

    /// The time that `--timeout` asks for.
    static Duration timeout(String magic, double seconds) {
        if (!(seconds > 0 && seconds < MOST))
            throw new MagicException(
                    "%s: --timeout is %s, but must be a number of seconds above 0".formatted(magic, seconds));
        return Duration.ofNanos(Math.max(1, (long) (seconds * TimeUnit.SECONDS.toNanos(1))));
    }
}
