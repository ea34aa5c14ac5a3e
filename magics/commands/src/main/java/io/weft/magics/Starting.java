package io.weft.magics;

import io.weft.concurrent.Pool;
import io.weft.kernel.magic.MagicException;
import java.time.Duration;

/// Waits for a new pool, so that a cell does not call a success what cannot start.
final class Starting {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Starting() {}

    /// The pool, when its first worker can take a task.
    ///
    /// @throws MagicException if its workers cannot start; the pool is terminated then
    static Pool ready(Pool pool) throws InterruptedException {
        boolean ready = false;
        try {
            ready = pool.awaitReady(LIMIT);
            if (!ready)
                throw new MagicException(
                        "the pool '%s' has no worker after %d s; the machine may be out of memory or overloaded."
                                .formatted(pool.name(), LIMIT.toSeconds()));
            return pool;
        } catch (IllegalStateException cannotStart) {
            throw new MagicException(String.valueOf(cannotStart.getMessage()), cannotStart);
        } finally {
            if (!ready) pool.terminate();
        }
    }
}
