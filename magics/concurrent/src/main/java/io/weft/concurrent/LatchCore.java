package io.weft.concurrent;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A latch where it lives.
final class LatchCore implements LatchOps {
    private final CountDownLatch latch;

    LatchCore(int count) {
        if (count < 0) throw new IllegalArgumentException("a latch cannot begin with a count of " + count);
        latch = new CountDownLatch(count);
    }

    @Override
    public void countDown() {
        latch.countDown();
    }

    @Override
    public long count() {
        return latch.getCount();
    }

    @Override
    public boolean await(long nanos) throws InterruptedException {
        if (nanos >= 0) return latch.await(nanos, TimeUnit.NANOSECONDS);
        latch.await();
        return true;
    }
}
