package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.Thread.State;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ThreadPoolTest extends PoolContract {
    @Override
    Pool open() {
        return Pool.ofThreads(2);
    }

    @Test
    void eachThreadMakesItsOwnValueOfAWorkerLocal_once() throws Exception {
        var made = new AtomicInteger();
        var local = WorkerLocal.withInitial(made::incrementAndGet);
        var both = new CyclicBarrier(2);

        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        pool.map(
                n -> {
                    both.await();
                    return seen.add(local.get());
                },
                range(20),
                1);

        assertThat(seen).containsExactlyInAnyOrder(1, 2);
        assertThat(local.get()).isEqualTo(3).isEqualTo(local.get());
    }

    @Test
    @Timeout(60)
    void tasksThatNeedEachOther_bothRun_howeverTheyFollowUponOthers() throws Exception {
        for (int round = 0; round < 20_000; round++) {
            var both = new CyclicBarrier(2);
            pool.submit(() -> 1).get(); // its thread may still look for the next task, or sleep by now
            var first = pool.submit(() -> both.await(30, TimeUnit.SECONDS));
            var second = pool.submit(() -> both.await(30, TimeUnit.SECONDS));

            assertThat(first.get() + second.get()).isEqualTo(1);
        }
    }

    @Test
    @Timeout(60)
    void threadsWithoutATask_sleep() throws Exception {
        pool.map(n -> n, range(100));
        var own = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(pool.name() + "-thread"))
                .toList();

        await().untilAsserted(() -> assertThat(own).hasSize(2).allMatch(thread -> thread.getState() == State.WAITING));
    }
}
