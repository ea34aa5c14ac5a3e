package io.weft.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PutsTest {
    /// A queue's other end, whose batches fail with what is set.
    private static final class FarQueue implements Puts.Way {
        private final CountDownLatch batchBegun = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final AtomicInteger arrived = new AtomicInteger();
        private volatile @Nullable Error failure;

        @Override
        public void put(Object element) {
            arrived.incrementAndGet();
        }

        @Override
        public void putLate(Object element) {
            arrived.incrementAndGet();
        }

        @Override
        public void putAll(Object[] elements) throws InterruptedException {
            batchBegun.countDown();
            if (!goOn.await(10, TimeUnit.SECONDS)) throw new AssertionError("the test never let the batch go on");
            var now = failure;
            failure = null;
            if (now != null) throw now;
            arrived.addAndGet(elements.length);
        }

        @Override
        public boolean isUnlimited() {
            return true;
        }
    }

    /// Adds elements until one batch is under way, and some behind it.
    private static int addUntilSending(Puts puts, FarQueue queue) throws InterruptedException {
        int added = 0;
        while (queue.batchBegun.getCount() > 0) {
            puts.add(added++);
            if (added % 100 == 0) Thread.onSpinWait();
        }
        for (int more = 0; more < 3; more++) puts.add(added++);
        return added;
    }

    @Test
    void anErrorOnTheWay_endsWhoWaits_andTheNextElementsArrive() throws Exception {
        // given
        var queue = new FarQueue();
        queue.failure = new OutOfMemoryError("no room for the batch");
        var puts = new Puts(queue);
        addUntilSending(puts, queue);
        // when
        queue.goOn.countDown();
        // then
        assertThatThrownBy(Puts::flushAll)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no room for the batch")
                .hasCauseInstanceOf(OutOfMemoryError.class);
        Puts.flushAll();
        int before = queue.arrived.get();
        puts.add("next");
        Puts.flushAll();
        assertThat(queue.arrived).hasValue(before + 1);
    }

    @Test
    void allElementsArrive_beforeAnythingElseIsCalled() throws Exception {
        // given
        var queue = new FarQueue();
        var puts = new Puts(queue);
        int added = addUntilSending(puts, queue);
        // when
        queue.goOn.countDown();
        Puts.flushAll();
        // then
        assertThat(queue.arrived).hasValue(added);
    }
}
