package io.weft.concurrent;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A barrier where it lives.
final class BarrierCore implements BarrierOps {
    private final CyclicBarrier barrier;

    BarrierCore(int parties) {
        barrier = new CyclicBarrier(parties);
    }

    @Override
    public int await(long nanos) throws InterruptedException, BrokenBarrierException, TimeoutException {
        return nanos < 0 ? barrier.await() : barrier.await(nanos, TimeUnit.NANOSECONDS);
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
