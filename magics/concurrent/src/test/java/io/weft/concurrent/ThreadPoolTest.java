package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

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
}
