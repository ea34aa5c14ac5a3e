package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Pools that have ended leave nothing: no descriptor, process, file, thread, or memory.
@Timeout(300)
@EnabledOnOs(OS.LINUX)
class ManyPoolsTest {
    private static final int POOLS = 60;

    /// What this JVM holds.
    record Held(long descriptors, long processes, long files, int threads, long heap) {
        static Held now() throws IOException {
            for (int i = 0; i < 3; i++) System.gc();
            return new Held(
                    entries(Path.of("/proc/self/fd")),
                    ProcessHandle.current().children().count(),
                    entries(Hub.get().ownDirectory()),
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }

        private static long entries(Path directory) throws IOException {
            try (var entries = Files.list(directory)) {
                return entries.count();
            }
        }
    }

    /// By hand: so many pools, and what is held along the way.
    @SuppressWarnings("SystemOut") // for whoever runs it
    public static void main(String[] args) throws Exception {
        int pools = Integer.parseInt(args[0]);
        for (int i = 0; i <= pools; i++) {
            if (i % 100 == 0) System.out.println(i + " " + Held.now());
            usePool(i);
        }
        Thread.sleep(15_000); // idle threads of the library end after ten seconds
        System.out.println("at the end " + Held.now());
    }

    private static void usePool(int round) throws InterruptedException {
        var pool = Pool.of(1);
        assertThat(pool.map(n -> n + round, range(3))).containsExactly(round, round + 1, round + 2);
        if (round % 3 == 0) pool.terminate();
        else if (round % 3 == 1)
            pool.workers().forEach(worker -> ProcessHandle.of(worker.pid()).ifPresent(ProcessHandle::destroyForcibly));
        pool.close();
    }

    @Test
    void manyPools_leaveNothingBehind() throws Exception {
        for (int i = 0; i < 6; i++) usePool(i); // what is made once
        await().atMost(Duration.ofSeconds(60)).until(Spare::isReady);
        var before = Held.now();

        for (int i = 0; i < POOLS; i++) usePool(i);

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(Spare.isReady()).isTrue(); // one, and no more
            var after = Held.now();
            assertThat(after.processes()).isLessThanOrEqualTo(before.processes());
            assertThat(after.files()).isLessThanOrEqualTo(before.files());
            assertThat(after.descriptors()).isLessThan(before.descriptors() + 10);
            assertThat(after.threads()).isLessThan(before.threads() + 10);
            assertThat(after.heap()).isLessThan(before.heap() + (POOLS << 17));
        });
        assertThat(Pool.open()).isEmpty();
    }
}
