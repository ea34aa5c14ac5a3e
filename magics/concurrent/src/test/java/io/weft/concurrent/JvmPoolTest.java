package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class JvmPoolTest extends PoolContract {
    @Override
    Pool open() {
        return Pool.of(2);
    }

    @RepeatedTest(3)
    void onEach_afterTheSizeHasShrunk_runsOnThoseThatStay() throws Exception {
        try (var pool = Pool.of(3)) {
            pool.onEach(() -> 0);

            pool.resize(1);

            assertThat(pool.onEach(() -> "here")).hasSize(1).containsValue("here");
        }
    }

    @Test
    void thePoolGoesOn_whileVirtualThreadsKeepAllCarriers() throws Exception {
        // given
        int carriers = Runtime.getRuntime().availableProcessors();
        var all = new CountDownLatch(carriers);
        var enough = new AtomicBoolean();
        for (int i = 0; i < carriers; i++)
            Thread.startVirtualThread(() -> {
                all.countDown();
                while (!enough.get()) Thread.onSpinWait();
            });
        try {
            all.await();

            // when
            var results = pool.map(n -> n + 1, range(3));

            // then
            assertThat(results).containsExactly(1, 2, 3);
            try (var manager = Manager.start()) {
                var dict = manager.<String, Integer>dict();
                pool.map(
                        n -> {
                            dict.merge("sum", n, Integer::sum);
                            return n;
                        },
                        range(4));
                assertThat(dict).containsEntry("sum", 6);
            }
        } finally {
            enough.set(true);
        }
    }
}
