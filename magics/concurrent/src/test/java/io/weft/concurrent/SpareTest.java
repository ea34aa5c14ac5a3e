package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A worker waits for whoever needs one next.
@Timeout(120)
class SpareTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /// The process that waits.
    private static ProcessHandle spare() {
        Pool.warmUp(Duration.ZERO);
        await().atMost(LIMIT).until(Spare::isReady);
        return Objects.requireNonNull(Spare.worker()).process().toHandle();
    }

    private static long pidIn(Pool pool) throws InterruptedException {
        return pool.apply(() -> ProcessHandle.current().pid());
    }

    @Test
    void aPoolTakesTheSpare_andGetsAllItsWorkers() throws Exception {
        // given
        long spare = spare().pid();
        var started = ConcurrentHashMap.<String>newKeySet();
        // when
        try (var pool = Pool.of(3)) {
            pool.addListener(event -> {
                if (event instanceof PoolEvent.WorkerStarted worker) started.add(worker.worker());
            });
            assertThat(pidIn(pool)).isEqualTo(spare);
            assertThat(pool.map(n -> n * n, range(10))).endsWith(81);
            // then
            await().atMost(LIMIT).untilAsserted(() -> assertThat(started).contains("worker-2", "worker-3"));
            assertThat(pool.workers()).extracting(WorkerInfo::name).containsExactly("worker-1", "worker-2", "worker-3");
            var pids = pool.onEach(() -> ProcessHandle.current().pid());
            assertThat(pids.keySet()).containsExactly("worker-1", "worker-2", "worker-3");
            assertThat(pids.values()).doesNotHaveDuplicates();
            assertThat(pids.get("worker-1")).isEqualTo(spare);
        }
    }

    @Test
    void whoAsksForAllWorkers_getsAll_alsoThoseThatHaveNotStarted() throws Exception {
        try (var pool = Pool.of(3)) {
            assertThat(pool.workers()).hasSize(3);
            assertThat(pool.size()).isEqualTo(3);
        }
    }

    @Test
    void tasksThatLast_areSharedAmongAllWorkers() throws Exception {
        // a barrier for three: with two workers its tasks would never end
        try (var pool = Pool.of(3);
                var manager = Manager.local()) {
            var barrier = manager.barrier(3);
            assertThat(pool.map(_ -> barrier.await() >= 0, range(3), 1)).containsOnly(true);
        }
    }

    @Test
    void aPoolThatIsClosedAtOnce_stillGetsTheWorkersThatItsTasksNeed() throws Exception {
        try (var manager = Manager.local()) {
            var barrier = manager.barrier(3);
            var pool = Pool.of(3);
            var results = pool.mapAsync(_ -> barrier.await() >= 0, range(3), 1);
            pool.shutdown();
            assertThat(results.get()).containsOnly(true);
            pool.close();
        }
    }

    @Test
    void whatTheSpareTells_isTheNewOwners_andNothingOfBefore() throws Exception {
        // given
        long spare = spare().pid();
        // when
        try (var pool = Pool.of(1)) {
            assertThat(pidIn(pool)).isEqualTo(spare);
            // then
            assertThat(pool.workers().getFirst().name()).isEqualTo("worker-1");
            await().atMost(LIMIT)
                    .untilAsserted(() ->
                            assertThat(pool.workers().getFirst().tasksDone()).isOne());
            assertThatThrownBy(() -> pool.apply(() -> {
                        throw new IllegalStateException("thrown");
                    }))
                    .isInstanceOf(TaskFailedException.class)
                    .hasMessageContaining("worker-1");
            assertThatThrownBy(() -> pool.apply(() -> {
                        Runtime.getRuntime().halt(3);
                        return 0;
                    }))
                    .isInstanceOf(WorkerDiedException.class)
                    .hasMessageContaining("worker-1 (pid " + spare + ")")
                    .hasMessageContaining("exit code 3");
        }
    }

    @Test
    void whoLeftALockBehind_isTold_byTheNameThatTheSpareHasNow() throws Exception {
        long spare = spare().pid();
        var lock = SharedLock.create();
        try (var pool = Pool.of(1)) {
            assertThatThrownBy(() -> pool.apply(() -> {
                        lock.lock();
                        Runtime.getRuntime().halt(3);
                        return 0;
                    }))
                    .isInstanceOf(WorkerDiedException.class);
            lock.lock();
            try {
                assertThat(lock.abandonedBy()).hasValue("worker-1 (pid " + spare + ")");
            } finally {
                lock.unlock();
            }
        }
    }

    @Test
    void anotherSpareTakesItsPlace() throws Exception {
        long spare = spare().pid();
        try (var pool = Pool.of(1)) {
            assertThat(pidIn(pool)).isEqualTo(spare);

            await().atMost(LIMIT).until(Spare::isReady); // nobody has asked for it
            assertThat(spare().pid()).isNotEqualTo(spare);
        }
    }

    @Test
    void theSpareIsNobodysWorker_asLongAsNobodyHasTakenIt() throws Exception {
        long spare = spare().pid();
        assertThat(WorkerProcess.open()).noneMatch(process -> process.pid() == spare);
        try (var pool = Pool.builder().size(1).heap("200m").build()) {
            assertThat(pidIn(pool)).isNotEqualTo(spare);
            assertThat(pool.workers()).noneMatch(worker -> worker.pid() == spare);
        }
        assertThat(spare().pid()).isEqualTo(spare);
    }

    @Test
    void workersWithOptions_areStarted() throws Exception {
        long spare = spare().pid();
        try (var pool = Pool.builder().size(1).jvmOptions("-Dchosen=yes").build()) {
            assertThat(pool.<String>apply(() -> System.getProperty("chosen"))).isEqualTo("yes");
            assertThat(pidIn(pool)).isNotEqualTo(spare);
        }
    }

    @Test
    void anInitializer_runsInTheSpareBeforeItsFirstTask() throws Exception {
        long spare = spare().pid();
        try (var pool = Pool.builder()
                .size(1)
                .initializer(() -> System.setProperty("initialised", "yes"))
                .build()) {
            assertThat(pool.<String>apply(() -> System.getProperty("initialised")))
                    .isEqualTo("yes");
            assertThat(pidIn(pool)).isEqualTo(spare);
        }
    }

    @Test
    void aProcess_endsAsItShould_inTheSpare() throws Exception {
        // given
        long spare = spare().pid();
        SharedQueue<String> queue = SharedQueue.create();
        // when
        var process = WorkerProcess.start("taker", () -> queue.put("done"));
        process.join();
        // then
        assertThat(process.pid()).isEqualTo(spare);
        assertThat(process.name()).isEqualTo("taker");
        assertThat(process.exitCode()).hasValue(0);
        assertThat(queue.take()).isEqualTo("done");
    }

    @Test
    void aProcessThatFails_hasItsExitCode_inTheSpare() throws Exception {
        long spare = spare().pid();
        var process = WorkerProcess.start("failing", () -> {
            throw new IllegalStateException("thrown");
        });
        assertThatThrownBy(process::join).isInstanceOf(TaskFailedException.class);
        assertThat(process.pid()).isEqualTo(spare);
        assertThat(process.exitCode()).hasValue(1);
    }

    @Test
    void aManager_livesInTheSpare() throws Exception {
        long spare = spare().pid();
        try (var manager = Manager.start("holder")) {
            assertThat(manager.pid()).isEqualTo(spare);
            var dict = manager.<String, Integer>dict();
            dict.put("a", 1);
            assertThat(dict).containsEntry("a", 1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSpareThatWasKilled_isReplacedByAWorkerThatStarts(boolean beforeAnybodyNotices) throws Exception {
        // given
        var spare = spare();
        spare.destroyForcibly();
        if (!beforeAnybodyNotices) await().atMost(LIMIT).until(() -> Spare.worker() == null);
        // when
        try (var pool = Pool.of(2)) {
            // then
            assertThat(pool.map(n -> n + 1, range(30))).hasSize(30).endsWith(30);
            assertThat(pool.workers()).noneMatch(worker -> worker.pid() == spare.pid());
        }
    }

    @Test
    void aSpareThatDiesAsItIsTaken_costsNoTask() throws Exception {
        for (int i = 0; i < 2; i++) {
            var spare = spare();
            var go = new CountDownLatch(1);
            var killer = Thread.ofPlatform().start(() -> {
                try {
                    go.await();
                } catch (InterruptedException impossible) {
                    return;
                }
                spare.destroyForcibly();
            });
            go.countDown();
            try (var pool = Pool.builder().size(2).retries(1).build()) {
                assertThat(pool.map(n -> n * 2, range(20))).endsWith(38);
            }
            killer.join();
        }
    }

    @Test
    void twoPoolsAtOnce_shareNoSpare() throws Exception {
        spare();
        var pids = new ArrayList<CompletableFuture<Long>>();
        for (int i = 0; i < 2; i++) {
            pids.add(CompletableFuture.supplyAsync(
                    () -> {
                        try (var pool = Pool.of(1)) {
                            return pidIn(pool);
                        } catch (InterruptedException failure) {
                            throw new IllegalStateException(failure);
                        }
                    },
                    body -> Thread.ofPlatform().name("opener").start(body)));
        }
        assertThat(Set.of(pids.get(0).join(), pids.get(1).join())).hasSize(2);
    }

    @Test
    void aSpareThatIsLetGo_leavesNothing() {
        var spare = spare();
        Spare.letGo();
        assertThat(Spare.worker()).isNull();
        await().atMost(LIMIT).until(() -> !spare.isAlive());
    }

    /// A program with a spare, if it has one; it says its process, and where its socket is.
    public static final class Owner {
        @SuppressWarnings("SystemOut") // the test reads it
        public static void main(String[] args) throws Exception {
            boolean on = args[0].equals("on");
            try (var pool = Pool.of(1)) {
                pool.map(n -> n, range(2));
            }
            if (on) await().atMost(LIMIT).until(Spare::isReady);
            else assertThat(Spare.isPlanned()).isFalse();
            System.out.println((on ? spare().pid() : "none") + " "
                    + Path.of(Hub.get().address().socket()).getParent());
            if (args[1].equals("exit")) System.exit(0);
            Thread.sleep(60_000);
        }
    }

    private static Process owner(String spare, String end) throws Exception {
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName(),
                        spare,
                        end)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("WEFT_SPARE", spare);
        return builder.start();
    }

    @ParameterizedTest
    @CsvSource({"on,kill", "on,exit", "off,exit"})
    void aSpareEndsWithItsOwner_andCanBeDoneWithout(String wanted, String end) throws Exception {
        // given
        var owner = owner(wanted, end);
        List<String> said;
        try (var lines = new BufferedReader(new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8))) {
            said = List.of(Objects.requireNonNull(lines.readLine()).split(" "));
            // when
            if (end.equals("kill")) owner.destroyForcibly();
            owner.waitFor();
        }
        // then
        assertThat(said.getFirst().equals("none")).isEqualTo(wanted.equals("off"));
        if (wanted.equals("on"))
            await().atMost(LIMIT)
                    .until(() ->
                            ProcessHandle.of(Long.parseLong(said.getFirst())).isEmpty());
        await().atMost(LIMIT).until(() -> Files.notExists(Path.of(said.getLast())));
    }
}
