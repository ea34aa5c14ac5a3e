package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is promised of tasks whose workers die, end late or cannot start.
@Timeout(120)
class PoolFaultTest {
    @TempDir
    Path folder;

    private static void halt() {
        Runtime.getRuntime().halt(9);
    }

    /// Notes a run in a file that all workers share.
    private static void note(String file, int number) throws IOException {
        try (var runs = FileChannel.open(Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            runs.write(ByteBuffer.allocate(4).putInt(number).flip());
        }
    }

    private static int[] runs(Path file, int tasks) throws IOException {
        var counts = new int[tasks];
        var all = ByteBuffer.wrap(Files.readAllBytes(file));
        while (all.remaining() >= 4) counts[all.getInt()]++;
        return counts;
    }

    @Test
    void aWorkerKilledInAChunk_isBlamedOnTheItemThatItWasAt() throws Exception {
        try (var pool = Pool.of(1)) {
            assertThatThrownBy(() -> pool.map(
                            n -> {
                                if (n == 5) halt();
                                return n;
                            },
                            range(8),
                            8))
                    .isInstanceOfSatisfying(
                            WorkerDiedException.class,
                            death -> assertThat(death.index()).isEqualTo(5))
                    .hasMessageContaining("exit code 9 while it ran task 5 of map (item 5)");
            assertThat(pool.map(n -> n, range(3))).containsExactly(0, 1, 2);
        }
    }

    @Test
    void aTaskWhoseWorkerDied_isRunAgainWhereThatIsAskedFor_andNotOtherwise() throws Exception {
        var file = folder.resolve("runs").toString();
        try (var pool = Pool.of(2)) {
            Task<Integer, Integer> fatalAtFirst = n -> {
                note(file, n);
                if (n == 3 && Files.size(Path.of(file)) <= 4 * 6) halt();
                return n;
            };
            assertThat(pool.withRetries(6).map(fatalAtFirst, range(6), 1)).containsExactly(0, 1, 2, 3, 4, 5);
            int[] counts = runs(Path.of(file), 6);
            assertThat(counts[3]).isBetween(2, 7);
            assertThat(new int[] {counts[0], counts[1], counts[2], counts[4], counts[5]})
                    .contains(1, 1, 1, 1, 1);

            assertThatThrownBy(() -> pool.withRetries(2).apply(PoolFaultTest::halt))
                    .isInstanceOf(WorkerDiedException.class)
                    .hasMessageContaining("in run 3 of 3");
            assertThatThrownBy(() -> pool.apply(PoolFaultTest::halt)).isInstanceOf(WorkerDiedException.class);
        }
    }

    @Test
    void aTaskThatThrows_isNotRunAgain() throws Exception {
        var file = folder.resolve("runs").toString();
        try (var pool = Pool.builder().size(1).retries(5).build()) {
            assertThatThrownBy(() -> pool.apply(() -> {
                        note(file, 0);
                        throw new IllegalStateException("its own");
                    }))
                    .isExactlyInstanceOf(TaskFailedException.class);
        }
        assertThat(runs(Path.of(file), 1)).containsExactly(1);
    }

    @Test
    void aWorkerOfATaskOverItsTime_isReplacedIfTheTaskGoesOn() throws Exception {
        try (var pool =
                Pool.builder().size(1).taskTimeout(Duration.ofMillis(300)).build()) {
            long pid = pool.apply(() -> ProcessHandle.current().pid());

            assertThatThrownBy(() -> pool.apply(() -> {
                        while (true) Thread.onSpinWait();
                    }))
                    .hasMessageContaining("task 0 of apply was over its time of 300 ms on worker-1 (pid " + pid + ")")
                    .hasCauseInstanceOf(TimeoutException.class);

            assertThat(pool.apply(() -> ProcessHandle.current().pid())).isNotEqualTo(pid);
        }
    }

    static final class Unreadable extends RuntimeException {
        Unreadable(String message) {
            super(message);
        }

        @Serial
        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            throw new AssertionError("not here");
        }
    }

    record UnreadableResult(int n) {
        UnreadableResult {
            if (n == 1 && Thread.currentThread().getName().startsWith("weft-link"))
                throw new IllegalArgumentException("not here");
        }
    }

    @Test
    void anExceptionThatCannotBeRead_isShownByItsNameAndFrames() throws Exception {
        try (var pool = Pool.of(1)) {
            assertThatThrownBy(() -> pool.apply(() -> {
                        throw new Unreadable("the message");
                    }))
                    .isInstanceOf(TaskFailedException.class)
                    .cause()
                    .hasToString(Unreadable.class.getName() + ": the message")
                    .satisfies(cause -> assertThat(cause.getStackTrace()[0].getClassName())
                            .isEqualTo(PoolFaultTest.class.getName()));
            assertThatThrownBy(() -> pool.map(UnreadableResult::new, range(2), 1))
                    .isInstanceOf(TaskFailedException.class)
                    .hasMessageContaining("cannot be read here");
            assertThat(pool.map(n -> n, range(3))).containsExactly(0, 1, 2);
        }
    }

    @Test
    void aWorkerKilledInAPut_leavesTheQueueWhole() throws Exception {
        var queue = SharedQueue.<byte[]>create();
        try (var pool = Pool.of(2)) {
            var random = new Random(7);
            for (int round = 0; round < 6; round++) {
                var started = SharedQueue.<Long>create();
                var putter = pool.applyAsync(() -> {
                    started.put(ProcessHandle.current().pid());
                    while (true) queue.put(new byte[3_000_000]);
                });
                long pid = started.take();
                for (int taken = random.nextInt(4); taken >= 0; taken--)
                    assertThat(queue.poll(20, TimeUnit.SECONDS)).hasSize(3_000_000);
                ProcessHandle.of(pid).orElseThrow().destroyForcibly();
                assertThatThrownBy(() -> putter.get(20, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(WorkerDiedException.class);
            }

            queue.clear();
            pool.apply(() -> queue.put(new byte[] {42}));
            var last = queue.poll(20, TimeUnit.SECONDS);
            while (last != null && last.length != 1) last = queue.poll(20, TimeUnit.SECONDS); // of a put before
            assertThat(last).containsExactly(42);
        }
    }

    @Test
    void aWrongOptionOfTheJvm_isReportedInTheJvmsOwnWords() {
        var ended = new CopyOnWriteArrayList<PoolEvent>();
        try (var broken = Pool.builder().size(2).jvmOptions("-XX:+NoSuchThing").build()) {
            broken.addListener(ended::add);
            assertThatThrownBy(() -> broken.map(n -> n, range(3)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot start its workers")
                    .hasMessageContaining("Unrecognized VM option 'NoSuchThing'");
            await().until(() -> broken.workers().isEmpty());
        }
        // no endless respawn
        assertThat(ended).hasSizeLessThanOrEqualTo(8);
    }

    @Test
    void anInitializerThatKillsItsWorker_isReported() {
        try (var broken =
                Pool.builder().size(1).initializer(PoolFaultTest::halt).build()) {
            assertThatThrownBy(() -> broken.map(n -> n, range(3)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("exit code 9 in its initializer");
        }
    }

    @Test
    void aChangeOfSize_startsWorkers_andLetsSomeGoAfterTheirTasks() throws Exception {
        try (var pool = Pool.of(1)) {
            var gate = SharedQueue.<Integer>create();
            var first = pool.applyAsync(() -> gate.take());

            pool.resize(3);
            assertThat(pool.size()).isEqualTo(3);
            for (int i = 0; i < 3; i++) gate.put(i);
            assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(0);
            await().until(() -> pool.workers().stream().allMatch(each -> each.state() == WorkerInfo.State.IDLE));
            assertThat(pool.onEach(() -> ProcessHandle.current().pid()).values())
                    .doesNotHaveDuplicates()
                    .hasSize(3);

            pool.resize(1);
            assertThat(pool.map(n -> n, range(20), 1)).hasSize(20);
            await().atMost(Duration.ofSeconds(20)).until(() -> pool.workers().size() == 1);
            assertThatThrownBy(() -> pool.resize(0)).isInstanceOf(IllegalArgumentException.class);
        }
        var threads = Pool.ofThreads(1);
        threads.resize(4);
        assertThat(threads.workers()).hasSize(4);
        threads.resize(2);
        await().until(() -> threads.workers().size() == 2);
        threads.close();
        assertThatThrownBy(() -> threads.resize(3)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPoolInAWorker_getsItsShareOfTheProcessors_andNoCrowdOfJvms() throws Exception {
        int processors = Runtime.getRuntime().availableProcessors();
        try (var pool = Pool.of(2)) {
            assertThat(pool.apply(() -> {
                        try (var inner = Pool.of()) {
                            return inner.size() + " " + inner.map(n -> n + 1, range(3));
                        }
                    }))
                    .isEqualTo(Math.max(1, processors / 2) + " [1, 2, 3]");
            int many = 2 * processors + 1;
            assertThatThrownBy(() -> pool.apply(() -> {
                        try (var inner = Pool.of(many)) {
                            return inner.size();
                        }
                    }))
                    .hasRootCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("there are %d JVMs for %d processors".formatted(2 * many, processors));
            assertThat(pool.apply(() -> {
                        try (var threads = Pool.ofThreads(many)) {
                            return threads.size();
                        }
                    }))
                    .isEqualTo(many);
        }
    }

    @Test
    void poolsInPoolsWithoutEnd_areRefused() {
        assertThatThrownBy(() -> nest(0)).hasMessageContaining("each would open more without end");
    }

    private static int nest(int depth) throws InterruptedException {
        try (var pool = Pool.of(1)) {
            return pool.apply(() -> nest(depth + 1));
        }
    }

    @RepeatedTest(20)
    void threadsThatAllWaitForTasksOfTheirOwnPool_getAnErrorInsteadOfADeadlock() throws Exception {
        try (var pool = Pool.ofThreads(2)) {
            assertThat(pool.apply(() -> pool.map(n -> n + 1, range(2)))).containsExactly(1, 2);

            var outer = pool.mapAsync(n -> pool.apply(() -> n), range(2), 1);

            try {
                assertThat(outer.get(20, TimeUnit.SECONDS)).containsExactly(0, 1);
            } catch (ExecutionException failure) {
                assertThat(failure).hasMessageContaining("waits for task 0 of apply of the same pool");
            }
        }
        try (var pool = Pool.ofThreads(1)) {
            assertThatThrownBy(() -> pool.apply(() -> pool.submit(() -> 1).get()))
                    .hasRootCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("none is left to run it");
            assertThat(pool.apply(() -> 1)).isEqualTo(1);
        }
    }

    @Test
    void aThreadThatIgnoresItsInterrupt_doesNotKeepAClosedPoolFromItsOtherTasks() throws Exception {
        var go = SharedQueue.<Integer>create();
        try (var pool = Pool.ofThreads(1)) {
            var stuck = pool.withTimeout(Duration.ofMillis(100)).applyAsync(() -> {
                while (true) {
                    try {
                        return go.take();
                    } catch (InterruptedException ignored) {
                        // goes on, which is what is tested
                    }
                }
            });
            var after = pool.applyAsync(() -> 7);

            pool.shutdown();

            assertThat(after.get(20, TimeUnit.SECONDS)).isEqualTo(7);
            assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(stuck::join).hasRootCauseInstanceOf(TimeoutException.class);
        } finally {
            go.put(1);
        }
    }

    @Test
    void listenersHearOfADeath_andOfTheWorkerThatTakesItsPlace() throws Exception {
        var events = new CopyOnWriteArrayList<PoolEvent>();
        try (var pool = Pool.of(1)) {
            pool.awaitReady(Duration.ofSeconds(20));
            pool.addListener(events::add);

            assertThatThrownBy(() -> pool.withRetries(1).apply(PoolFaultTest::halt));
            assertThat(pool.apply(() -> 1)).isEqualTo(1);

            await().untilAsserted(() -> {
                assertThat(events)
                        .filteredOn(PoolEvent.TasksRetried.class::isInstance)
                        .hasSize(1);
                assertThat(events)
                        .filteredOn(PoolEvent.WorkerEnded.class::isInstance)
                        .hasSize(2)
                        .allSatisfy(event -> {
                            var ended = (PoolEvent.WorkerEnded) event;
                            assertThat(ended.expected()).isFalse();
                            assertThat(ended.exitCode()).hasValue(9);
                        });
                assertThat(events)
                        .filteredOn(PoolEvent.WorkerStarted.class::isInstance)
                        .hasSize(2);
                assertThat(events)
                        .filteredOn(PoolEvent.TasksFailed.class::isInstance)
                        .singleElement()
                        .satisfies(event -> assertThat(((PoolEvent.TasksFailed) event).failure())
                                .isInstanceOf(WorkerDiedException.class));
            });
        }
    }

    /// 10,000 tasks while workers are killed all the time.
    private void underAKiller(int retries, int chunksize, int kills) throws Exception {
        int tasks = 10_000;
        var file = folder.resolve("runs");
        var name = file.toString();
        var done = new AtomicBoolean();
        var futures = new ArrayList<CompletableFuture<List<Integer>>>();
        try (var pool = Pool.of(3)) {
            var killed = new HashSet<Long>();
            var killer = Thread.ofPlatform().start(() -> {
                var random = new Random(42);
                while (!done.get() && killed.size() < kills) {
                    var alive = pool.workers();
                    if (!alive.isEmpty()) {
                        var victim = alive.get(random.nextInt(alive.size()));
                        if (victim.tasksDone() > random.nextInt(200)
                                && ProcessHandle.of(victim.pid())
                                        .map(ProcessHandle::destroyForcibly)
                                        .orElse(false)) killed.add(victim.pid());
                    }
                    LockSupport.parkNanos(1_000_000); // leaves the processors to the workers
                }
            });
            for (int i = 0; i < tasks; i += chunksize) {
                var numbers = range(i, Math.min(tasks, i + chunksize));
                futures.add(pool.withRetries(retries)
                        .mapAsync(
                                n -> {
                                    note(name, n);
                                    return n;
                                },
                                numbers,
                                chunksize));
            }
            int right = 0;
            int died = 0;
            var failed = new HashSet<Integer>();
            for (int i = 0; i < futures.size(); i++) {
                try {
                    assertThat(futures.get(i).get(90, TimeUnit.SECONDS))
                            .isEqualTo(range(i * chunksize, Math.min(tasks, (i + 1) * chunksize)));
                    right++;
                } catch (ExecutionException failure) {
                    assertThat(failure).hasCauseInstanceOf(WorkerDiedException.class);
                    failed.add(i);
                    died++;
                }
            }
            done.set(true);
            killer.join();

            assertThat(killed).isNotEmpty();
            assertThat(right + died).isEqualTo(futures.size());
            assertThat(died).isLessThanOrEqualTo(killed.size() * 64);
            int[] counts = runs(file, tasks);
            for (int n = 0; n < tasks; n++) {
                boolean lost = failed.contains(n / chunksize);
                assertThat(counts[n])
                        .as("runs of task %d, retries %d, lost %s", n, retries, lost)
                        .isBetween(lost ? 0 : 1, retries + 1);
            }
        }
    }

    @Test
    void underAKiller_everyFutureEnds_andNothingRunsTwice() throws Exception {
        underAKiller(0, 1, 20);
    }

    @Test
    void underAKiller_retriesRunAgainWhatDied() throws Exception {
        underAKiller(3, 1, 8);
    }

    @Test
    void underAKiller_chunksDieAsOne() throws Exception {
        underAKiller(0, 50, 8);
    }

    @Test
    void aProcess_tellsOfItsEnd_andCanBeInterrupted() throws Exception {
        var waiting = SharedQueue.<String>create();
        var process = WorkerProcess.start(() -> {
            waiting.put("waits");
            Thread.sleep(60_000);
        });
        waiting.take();
        assertThat(process.onExit()).isNotDone();
        assertThat(process.failure()).isEmpty();

        process.interrupt();

        assertThat(process.onExit().get(20, TimeUnit.SECONDS)).isSameAs(process);
        assertThat(process.failure()).get().isInstanceOf(TaskFailedException.class);
        assertThat(process.failure().orElseThrow()).hasCauseInstanceOf(InterruptedException.class);
        assertThat(process.exitCode()).hasValue(1);

        var killed = WorkerProcess.start(() -> Thread.sleep(60_000));
        killed.kill();
        killed.onExit().get(20, TimeUnit.SECONDS);
        assertThat(killed.exitCode()).hasValue(137);
        assertThat(killed.failure()).get().isInstanceOf(WorkerDiedException.class);
    }

    @RepeatedTest(5)
    void aProcessThatIsInterruptedBeforeItRuns_neverRuns_andSaysSo() throws Exception {
        var process = WorkerProcess.start(() -> Thread.sleep(60_000));

        process.interrupt();

        assertThat(process.onExit().get(20, TimeUnit.SECONDS).failure()).get().isInstanceOf(TaskFailedException.class);
        assertThat(process.exitCode()).hasValue(1);
    }
}
