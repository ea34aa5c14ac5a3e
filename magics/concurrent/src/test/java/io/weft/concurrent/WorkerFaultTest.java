package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What goes wrong in a worker JVM is an event with a name, never a hang.
@Timeout(60)
class WorkerFaultTest {
    private final Pool pool = Pool.of(2);

    @AfterEach
    void closePool() {
        pool.terminate();
    }

    @Test
    void aKilledWorker_failsItsTaskOnly_andIsReplaced() throws Exception {
        var started = SharedQueue.<Long>create();
        CompletableFuture<Integer> victim = pool.applyAsync(() -> {
            System.out.println("about to wait");
            started.put(ProcessHandle.current().pid());
            Thread.sleep(60_000);
            return 1;
        });
        long pid = started.take();
        long before = System.nanoTime();

        ProcessHandle.of(pid).orElseThrow().destroyForcibly();

        assertThatThrownBy(() -> victim.get(10, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(WorkerDiedException.class, death -> {
                    assertThat(death.pid()).isEqualTo(pid);
                    assertThat(death.exitCode()).hasValue(137);
                    assertThat(death.signal()).contains("SIGKILL");
                    assertThat(death.lastLines()).contains("about to wait");
                    assertThat(death).hasMessageContaining("SIGKILL").hasMessageContaining("task 0 of applyAsync");
                });
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
        assertThat(pool.map(n -> n + 1, range(20))).hasSize(20);
        await().atMost(Duration.ofSeconds(20)).until(() -> pool.workers().size() == 2);
        assertThat(pool.workers()).noneMatch(worker -> worker.pid() == pid);
    }

    @Test
    void chunksThatADeadWorkerHadNotBegun_goToTheOthers() throws Exception {
        var survivors = new ArrayList<CompletableFuture<Integer>>();
        pool.map(n -> n, range(2000), 1); // so that chunks are sent ahead

        var victim = pool.applyAsync(() -> {
            Runtime.getRuntime().halt(9);
            return 0;
        });
        for (int i = 0; i < 200; i++) {
            int n = i;
            survivors.add(pool.applyAsync(() -> n));
        }

        assertThatThrownBy(() -> victim.get(20, TimeUnit.SECONDS)).hasMessageContaining("exit code 9");
        for (int i = 0; i < 200; i++)
            assertThat(survivors.get(i).get(20, TimeUnit.SECONDS)).isEqualTo(i);
    }

    @Test
    void aWorkerThatRunsOutOfMemory_saysSo() throws Exception {
        try (var small = Pool.builder().size(1).heap("32m").build()) {
            assertThatThrownBy(() -> small.apply(() -> {
                        var all = new ArrayList<long[]>();
                        while (all.size() < 1_000_000) all.add(new long[1_000_000]);
                        return all.size();
                    }))
                    .isInstanceOf(WorkerDiedException.class)
                    .hasMessageContaining(
                            "ran out of memory, with a heap limit of 32m: give it more, with --heap 128m of %pool")
                    .hasMessageContaining("OutOfMemoryError");
            assertThat(small.map(n -> n, range(3))).containsExactly(0, 1, 2);
        }
    }

    @Test
    void aPoolWhoseWorkersCannotStart_saysWhatTheJvmSaid() {
        try (var broken = Pool.builder().size(1).heap("1k").build()) {
            assertThatThrownBy(() -> broken.map(n -> n, range(3)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot start its workers")
                    .hasMessageContaining("heap");
        }
    }

    @Test
    void aFailingInitializer_failsThePool() {
        try (var broken = Pool.builder()
                .size(1)
                .initializer(() -> {
                    throw new IllegalStateException("no licence");
                })
                .build()) {
            assertThatThrownBy(() -> broken.map(n -> n, range(3))).hasMessageContaining("no licence");
        }
    }

    @Test
    void anInitializerRunsFirst_andMaxTasksReplacesWorkers() throws Exception {
        try (var fresh = Pool.builder()
                .size(1)
                .initializer(() -> System.setProperty("ready", "yes"))
                .maxTasksPerChild(2)
                .build()) {
            var pids = fresh.map(_ -> ProcessHandle.current().pid() + System.getProperty("ready"), range(6), 1);

            assertThat(pids).allMatch(pid -> pid.endsWith("yes"));
            assertThat(pids.stream().distinct()).hasSize(3);
        }
    }

    @Test
    void aTaskThatIgnoresItsInterrupt_isKilledWithItsWorker() throws Exception {
        var started = SharedQueue.<Long>create();
        var mapper = new Thread(() -> {
            try {
                pool.map(
                        n -> {
                            boolean told = false;
                            while (n < 10) {
                                try {
                                    if (!told) {
                                        told = true;
                                        started.add(ProcessHandle.current().pid());
                                    }
                                    Thread.sleep(60_000);
                                } catch (InterruptedException | RuntimeException ignored) {
                                    // goes on, which is what is tested; the interrupt may come while it tells
                                }
                            }
                            return n;
                        },
                        range(2),
                        1);
            } catch (InterruptedException ended) {
                // expected
            }
        });
        mapper.start();
        var busy = List.of(started.take(), started.take());

        mapper.interrupt();

        mapper.join(Duration.ofSeconds(2));
        assertThat(mapper.isAlive()).isFalse();
        await().atMost(Duration.ofSeconds(3))
                .until(() -> busy.stream()
                        .noneMatch(pid -> ProcessHandle.of(pid)
                                .map(ProcessHandle::isAlive)
                                .orElse(false)));
        assertThat(pool.map(n -> n, range(4))).containsExactly(0, 1, 2, 3);
    }

    @RepeatedTest(15)
    void noTaskIsLost_thatIsSubmittedWhileAWorkerDies() throws Exception {
        // given workers at the moment of their death
        for (long pid : Set.copyOf(pool.map(n -> ProcessHandle.current().pid(), range(8))))
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);

        // when
        int right = 0;
        int died = 0;
        for (int i = 0; i < 60 && right < 5; i++) {
            try {
                assertThat(pool.mapAsync(n -> n + 1, range(6), 1).get(20, TimeUnit.SECONDS))
                        .containsExactly(1, 2, 3, 4, 5, 6);
                right++;
            } catch (ExecutionException failure) {
                assertThat(failure).hasCauseInstanceOf(WorkerDiedException.class);
                died++;
            }
        }

        // then
        assertThat(right).isEqualTo(5);
        assertThat(died).isLessThanOrEqualTo(4);
    }

    @Test
    void aDeathIsTold_whileTheCommonPoolIsBusy() throws Exception {
        // given
        var free = new CountDownLatch(1);
        var common = ForkJoinPool.commonPool();
        var busy = new CountDownLatch(common.getParallelism());
        for (int i = 0; i < common.getParallelism(); i++)
            common.execute(() -> {
                busy.countDown();
                try {
                    free.await();
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                }
            });
        busy.await();
        try {
            // when
            assertThatThrownBy(() -> pool.apply(() -> {
                        Runtime.getRuntime().halt(9);
                        return 0;
                    }))
                    // then
                    .isInstanceOf(WorkerDiedException.class)
                    .hasMessageContaining("exit code 9");
            assertThat(pool.apply(() -> 5)).isEqualTo(5);
        } finally {
            free.countDown();
        }
    }

    @Test
    void whatCannotTravel_isRefusedBeforeAnythingIsSent() throws Exception {
        try (var server = new ServerSocket(0)) {
            assertThatThrownBy(() -> pool.map(n -> n + server.getLocalPort(), range(3)))
                    .isInstanceOf(NotSendableException.class)
                    .hasMessageContaining("local variable 'server'")
                    .hasMessageMatching("(?s).* it is read at WorkerFaultTest\\.java:\\d+\\. .*")
                    .hasMessageContaining("java.net.ServerSocket");
            assertThatThrownBy(() -> pool.map(socket -> socket.isClosed(), List.of(server)))
                    .isInstanceOf(NotSendableException.class)
                    .hasMessageContaining("java.net.ServerSocket");
        }
        assertThatThrownBy(() -> pool.map(n -> n + pool.size(), range(3))).isInstanceOf(NotSendableException.class);
    }

    @Test
    void whatGuardsOneJvm_isRefused_withWhatJvmsShare() throws Exception {
        var lock = new ReentrantLock();
        var permits = new Semaphore(1);
        var latch = new CountDownLatch(1);
        assertThatThrownBy(() -> pool.apply(() -> lock.tryLock()))
                .isInstanceOf(NotSendableException.class)
                .hasMessageContaining("local variable 'lock'")
                .hasMessageContaining("manager.lock()");
        assertThatThrownBy(() -> pool.apply(() -> permits.tryAcquire()))
                .isInstanceOf(NotSendableException.class)
                .hasMessageContaining("manager.semaphore(permits)");
        assertThatThrownBy(() -> pool.apply(() -> latch.getCount()))
                .isInstanceOf(NotSendableException.class)
                .hasMessageContaining("manager.latch(count)");
        assertThatThrownBy(() -> pool.map(item -> item.tryLock(), List.of(lock)))
                .isInstanceOf(NotSendableException.class)
                .hasMessageContaining("manager.lock()");
    }

    @Test
    void collectionsWithLocksInside_travelAsCopies() throws Exception {
        var waiting = new LinkedBlockingQueue<>(List.of(1, 2));
        var counts = new ConcurrentHashMap<>(Map.of("a", 3));
        assertThat(pool.apply(() -> waiting.take() + counts.getOrDefault("a", 0)))
                .isEqualTo(4);
        assertThat(waiting).containsExactly(1, 2);
    }

    @Test
    void aResultThatCannotTravel_isAnErrorOfTheTask() {
        assertThatThrownBy(() -> pool.apply(() -> Thread.currentThread()))
                .isInstanceOf(TaskFailedException.class)
                .hasMessageContaining("result cannot be sent back")
                .hasMessageContaining("java.lang.Thread");
    }

    static final class Stubborn extends RuntimeException {
        final transient Thread unused = Thread.currentThread();
        final Object thread = Thread.currentThread();

        Stubborn() {
            super("cannot travel");
        }
    }

    @Test
    void anExceptionThatCannotTravel_isReplacedByAStandInWithItsName() {
        assertThatThrownBy(() -> pool.apply(() -> {
                    throw new Stubborn();
                }))
                .isInstanceOf(TaskFailedException.class)
                .cause()
                .hasMessageContaining("cannot travel")
                .hasToString(Stubborn.class.getName() + ": cannot travel");
    }

    @Test
    void outputOfATask_hasArrivedBeforeItsResult_behindItsWorkersName() throws Exception {
        for (int round = 0; round < 20; round++) {
            var text = "round " + round;

            pool.apply(() -> {
                System.out.println(text);
                System.err.print(text + " unfinished");
                return 0;
            });

            assertThat(RecordingRouter.LINES)
                    .anyMatch(line -> line.text().equals(text)
                            && !line.error()
                            && line.labelled().matches("\\[worker-\\d+ \\d+\\] " + text))
                    .anyMatch(line -> line.text().equals(text + " unfinished") && line.error());
        }
    }

    @Test
    void aProcessThatIsAskedToEnd_runsItsHooks_andLeavesTheSessionToTheOthers() throws Exception {
        // given a process that ends only when it may
        var told = SharedQueue.<String>create();
        var mayEnd = SharedQueue.<Boolean>create();
        var process = WorkerProcess.start(() -> {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    told.put("ending");
                    mayEnd.take();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
            told.put("running");
            Thread.sleep(60_000);
        });
        assertThat(told.get(Duration.ofSeconds(20))).isEqualTo("running");
        // when
        process.terminate();
        // then it is still there while its hook runs, and so is what the others need
        assertThat(told.get(Duration.ofSeconds(20))).isEqualTo("ending");
        WorkerProcess.start(() -> told.put("another")).join();
        assertThat(told.get(Duration.ofSeconds(20))).isEqualTo("another");
        assertThat(process.isAlive()).isTrue();
        mayEnd.put(true);
        process.onExit().get(20, TimeUnit.SECONDS);
        assertThat(process.exitCode()).hasValue(143);
    }

    @Test
    void aProcessTellsItsEnd() throws Exception {
        var failed = WorkerProcess.start("failing", () -> {
            throw new IllegalStateException("on purpose");
        });
        assertThatThrownBy(failed::join)
                .isInstanceOf(TaskFailedException.class)
                .hasCauseExactlyInstanceOf(IllegalStateException.class);
        assertThat(failed.exitCode()).hasValue(1);

        var exited = WorkerProcess.start(() -> System.exit(7));
        assertThatThrownBy(exited::join).isInstanceOf(WorkerDiedException.class).hasMessageContaining("exit code 7");

        var sleeping = WorkerProcess.start(() -> Thread.sleep(60_000));
        assertThat(sleeping.join(Duration.ofMillis(100))).isFalse();
        assertThat(sleeping.isAlive()).isTrue();
        sleeping.kill();
        assertThatThrownBy(() -> sleeping.completion().get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("SIGKILL");
        assertThat(sleeping.signal()).contains("SIGKILL");
        assertThat(sleeping.isAlive()).isFalse();

        var fine = WorkerProcess.start(() -> {});
        fine.join();
        assertThat(fine.exitCode()).hasValue(0);
        assertThat(WorkerProcess.open()).doesNotContain(fine, sleeping);
    }

    @Test
    void aLongLineComesWhole_andAnEndlessOneInMarkedPieces() throws Exception {
        var line = "long" + "ä".repeat(50_000) + "end";
        var endless = "endless" + "ä".repeat(1_200_000);

        pool.apply(() -> {
            System.out.println(line);
            System.out.print(endless);
        });

        await().atMost(Duration.ofSeconds(20)).until(() -> pieces("endless", 3).length() == endless.length() + 4);
        assertThat(RecordingRouter.LINES).anyMatch(each -> each.text().equals(line));
        assertThat(pieces("endless", 3).replace("…", "")).isEqualTo(endless);
    }

    @Test
    void aLineThatHadNotEnded_isShown_whenItsWorkerDies() {
        var pid = ProcessHandle.current().pid();

        assertThatThrownBy(() -> pool.apply(() -> {
                    System.out.print("about to ");
                    System.out.flush();
                    System.out.print("end " + pid + " with é");
                    System.out.flush();
                    System.err.print("an error of " + pid);
                    System.err.flush();
                    Runtime.getRuntime().halt(3);
                }))
                .isInstanceOf(WorkerDiedException.class)
                .hasMessageContaining("about to end " + pid + " with é");
        assertThat(RecordingRouter.LINES)
                .anyMatch(line -> line.text().equals("about to end " + pid + " with é") && !line.error())
                .anyMatch(line -> line.text().equals("an error of " + pid) && line.error());
    }

    @Test
    void aLineThatHadNotEnded_isShownOnce_whenItEnds() throws Exception {
        var pid = ProcessHandle.current().pid();

        pool.apply(() -> {
            System.out.print("first, ");
            System.out.flush();
            System.out.println("second of " + pid);
            System.out.print("third, ");
            System.out.flush();
            System.out.print("fourth of " + pid);
            return 1;
        });

        assertThat(RecordingRouter.LINES)
                .extracting(OutputLine::text)
                .filteredOn(line -> line.endsWith("of " + pid) && !line.startsWith("an error"))
                .containsExactly("first, second of " + pid, "third, fourth of " + pid);
    }

    @Test
    void whatAWorkerPrintedAMomentAgo_isShown_whenItDies() {
        var text = "without an end " + ProcessHandle.current().pid();

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThatThrownBy(() -> pool.apply(() -> {
                            System.out.print(text);
                            Thread.sleep(200); // the moment
                            Runtime.getRuntime().halt(3);
                        }))
                        .hasMessageContaining(text));
    }

    /// What was printed from the line on that begins so, up to so many lines.
    private static String pieces(String begin, int count) {
        var lines = RecordingRouter.LINES.stream().map(OutputLine::text).toList();
        int first = 0;
        while (first < lines.size() && !lines.get(first).startsWith(begin)) first++;
        return String.join("", lines.subList(first, Math.min(lines.size(), first + count)));
    }
}
