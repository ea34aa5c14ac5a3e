package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/// A worker whose heap is full ends, whatever it was at, and what it shared with others stays whole.
@Timeout(60)
class MemoryFaultTest {
    /// Fills the heap when it is written for another JVM.
    private static final class Glutton implements Serializable {
        private void writeObject(ObjectOutputStream out) throws IOException {
            out.writeInt(fillTheHeap());
        }
    }

    private final Pool pool = Pool.builder().size(1).heap("32m").build();

    @AfterEach
    void closePool() {
        pool.terminate();
    }

    @RepeatedTest(3)
    void inAChunk_theOtherItemsHaveTheirResults() {
        var ended = ConcurrentHashMap.<Integer>newKeySet();
        var results = new ArrayList<Integer>();

        var each = pool.<Integer, Integer>imap(
                n -> {
                    if (n == 5) fillTheHeap();
                    return n;
                },
                range(12),
                4);
        for (int chunk = 0; chunk < 12; chunk++) {
            try {
                if (each.hasNext()) results.add(each.next());
            } catch (WorkerDiedException death) {
                assertThat(death).hasMessageContaining("item 5").hasMessageContaining("ran out of memory");
                ended.add(5);
            }
        }

        assertThat(results).containsExactly(0, 1, 2, 3, 8, 9, 10, 11);
        assertThat(ended).containsExactly(5);
    }

    @RepeatedTest(3)
    void inAPut_theQueueHasWhatWasPutBefore() throws Exception {
        var queue = SharedQueue.<Object>create();

        assertOutOfMemory(() -> pool.apply(() -> {
            queue.put("before");
            queue.put(new Glutton());
        }));

        assertThat(queue.poll(20, TimeUnit.SECONDS)).isEqualTo("before");
        pool.apply(() -> queue.put("after"));
        assertThat(queue.poll(20, TimeUnit.SECONDS)).isEqualTo("after");
        assertThat(queue).isEmpty();
    }

    @RepeatedTest(3)
    void whileItHoldsALock_theNextGetsItAndIsTold() throws Exception {
        try (var manager = Manager.start()) {
            for (var lock : List.of(SharedLock.create(), SharedLock.create(true), manager.lock())) {
                assertOutOfMemory(() -> pool.apply(() -> {
                    lock.lock();
                    fillTheHeap();
                }));

                assertThat(lock.tryLock(20, TimeUnit.SECONDS)).isTrue();
                assertThat(lock.abandonedBy()).get().asString().startsWith("worker-");
                lock.unlock();
            }
        }
    }

    @RepeatedTest(3)
    void inACallOfAManager_theManagerHasWhatItHad() throws Exception {
        try (var manager = Manager.start()) {
            var dict = manager.<String, Object>dict();
            dict.put("small", 7);

            assertOutOfMemory(() -> pool.apply(() -> dict.put("small", new Glutton())));

            assertThat(dict.get("small")).isEqualTo(7);
            assertThat(pool.apply(() -> dict.size())).isEqualTo(1);
        }
    }

    @RepeatedTest(3)
    void inACallOfAManager_whoseFunctionItWouldSend_theOthersGoOn() throws Exception {
        try (var manager = Manager.start()) {
            var counts = manager.<String, Integer>dict();
            counts.put("one", 1);

            assertOutOfMemory(() -> pool.apply(() -> {
                var glutton = new Glutton();
                return counts.compute(
                        "one", (BiFunction<String, Integer, Integer> & Serializable) (_, n) -> glutton.hashCode() + n);
            }));

            assertThat(counts.compute("one", (_, n) -> n + 1)).isEqualTo(2);
        }
    }

    private void assertOutOfMemory(ThrowingCallable call) throws Exception {
        assertThatThrownBy(call)
                .isInstanceOf(WorkerDiedException.class)
                .hasMessageContaining("ran out of memory, with a heap limit of 32m");
        assertThat(pool.map(n -> n, range(3))).containsExactly(0, 1, 2);
    }

    private static int fillTheHeap() {
        var all = new ArrayList<long[]>();
        while (all.size() < 1_000_000) all.add(new long[1_000_000]);
        return all.size();
    }
}
