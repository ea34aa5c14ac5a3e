package io.weft.concurrent;

import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A barrier where it lives.
final class BarrierCore implements BarrierOps {
    private final CyclicBarrier barrier;

    BarrierCore(int parties) {
        if (parties < 1) throw new IllegalArgumentException("a barrier needs at least 1 party, not " + parties);
        barrier = new CyclicBarrier(parties);
    }

    @Override
    public int await(long nanos) throws InterruptedException, BrokenBarrierException, TimeoutException {
        try {
            return nanos < 0 ? barrier.await() : barrier.await(nanos, TimeUnit.NANOSECONDS);
        } catch (BrokenBarrierException silent) {
            throw new BrokenBarrierException(
                    barrier.isBroken()
                            ? "the barrier of %d parties is broken: one of them was interrupted, was over its time or died while it waited, or called abort(). reset() makes the barrier as new."
                                    .formatted(parties())
                            : "the barrier was reset while this thread waited at it; those who come now begin anew.");
        } catch (TimeoutException silent) {
            throw new TimeoutException(
                    "not all of the %d parties came to the barrier within %s, so it is broken now: for those who wait and for those who come. reset() makes it as new."
                            .formatted(parties(), Limits.inWords(Duration.ofNanos(nanos))));
        }
    }

    @Override
    public int parties() {
        return barrier.getParties();
    }

    @Override
    public int waiting() {
        return barrier.getNumberWaiting();
    }

    @Override
    public void reset() {
        barrier.reset();
    }

    @Override
    public void abort() {
        boolean interrupted = Thread.interrupted();
        try {
            // one that is interrupted as it comes breaks the barrier
            Thread.currentThread().interrupt();
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException broken) {
            // as it should be
        } finally {
            Thread.interrupted(); // still set if it was broken before
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean broken() {
        return barrier.isBroken();
    }
}
