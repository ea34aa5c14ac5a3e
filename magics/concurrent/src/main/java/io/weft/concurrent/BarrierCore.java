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
}
