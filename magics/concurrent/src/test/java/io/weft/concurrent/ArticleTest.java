package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The five results that a reader of the tutorial sees first.
@Timeout(60)
class ArticleTest {
    @Test
    void aPoolMapsInOrder() throws Exception {
        try (var pool = Pool.of(5)) {
            List<Integer> squares = pool.map(n -> n * n, range(10));

            assertThat(squares).containsExactly(0, 1, 4, 9, 16, 25, 36, 49, 64, 81);
        }
    }

    @Test
    void aQueueBringsAValueFromAProcess() throws Exception {
        var queue = SharedQueue.<Integer>create();

        WorkerProcess.start(() -> queue.put(7 * 7)).join();

        assertThat(queue.get(Duration.ofSeconds(10))).isEqualTo(49);
    }

    @Test
    void aManagerKeepsADictForProcesses() throws Exception {
        try (var manager = Manager.start()) {
            Map<String, String> dict = manager.dict();

            WorkerProcess.start(() -> dict.put("key1", "value1")).join();

            assertThat(dict).hasToString("{key1=value1}");
            assertThat(manager.pid()).isNotEqualTo(ProcessHandle.current().pid());
        }
    }

    @Test
    void aLockKeepsACountExact_betweenThreadsAndProcesses() throws Exception {
        try (var manager = Manager.start()) {
            var lock = SharedLock.create();
            var count = manager.value(0);
            Work countUp = () -> {
                for (int i = 0; i < 200; i++) {
                    lock.lock();
                    try {
                        count.set(count.get() + 1);
                    } finally {
                        lock.unlock();
                    }
                }
            };

            var processes = new ArrayList<WorkerProcess>();
            for (int i = 0; i < 2; i++) processes.add(WorkerProcess.start(countUp));
            try (var threads = Pool.ofThreads(2)) {
                threads.onEach(() -> {
                    countUp.run();
                    return true;
                });
            }
            for (var process : processes) process.join();

            assertThat(count.get()).isEqualTo(800);
        }
    }

    @Test
    void anExecutorRunsACallable() throws Exception {
        try (ExecutorService executor = Pool.of(2)) {
            assertThat(executor.submit((Call<Integer>) () -> 3 + 5).get()).isEqualTo(8);
        }
    }
}
