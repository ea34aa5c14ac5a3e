package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// What a lock promises to threads of several JVMs that use its word, or messages, or both.
@Timeout(90)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("LockNotBeforeTry") // single steps are tested
class SharedLockTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private Pool pool = Pool.of(3);
    private Manager manager = Manager.local();

    @BeforeAll
    void start() throws Exception {
        manager = Manager.start();
        pool.onEach(() -> 0);
    }

    @AfterAll
    void stop() {
        pool.terminate();
        manager.close();
    }

    private static void increment(SharedLock lock, SharedMemory memory, int times) {
        var numbers = memory.longs();
        for (int i = 0; i < times; i++) {
            lock.lock();
            try {
                numbers.put(0, numbers.get(0) + 1);
            } finally {
                lock.unlock();
            }
        }
    }

    private static List<Thread> start(int threads, Runnable body) {
        var started = new ArrayList<Thread>();
        for (int i = 0; i < threads; i++) {
            started.add(i % 2 == 0 ? Thread.ofPlatform().start(body) : Thread.startVirtualThread(body));
        }
        return started;
    }

    /// Locks that live here, in a manager, and in a worker.
    private List<SharedLock> locks() throws Exception {
        return List.of(SharedLock.create(), manager.lock(), pool.apply(() -> SharedLock.create()));
    }

    @Test
    void aCountIsExact_betweenThreadsHereAndInWorkers_whereverTheLockLives() throws Exception {
        int times = 20_000;
        for (var lock : locks()) {
            try (var memory = SharedMemory.create("count", 8)) {
                var threads = start(2, () -> increment(lock, memory, times)); // before its word moves
                pool.onEach(() -> {
                    var mine = start(1, () -> increment(lock, memory, times));
                    increment(lock, memory, times);
                    for (var thread : mine) thread.join();
                    return 0;
                });
                for (var thread : threads) thread.join();

                assertThat(memory.longs().get(0)).isEqualTo(8L * times);
                assertThat(lock.isLocked()).isFalse();
            }
        }
    }

    @Test
    void aFairLock_keepsACountExact_andLetsNobodyOvertake() throws Exception {
        var lock = SharedLock.create(true);
        try (var memory = SharedMemory.create("fair-count", 8)) {
            pool.onEach(() -> {
                increment(lock, memory, 500);
                return 0;
            });
            assertThat(memory.longs().get(0)).isEqualTo(1500);
        }
        var order = manager.<Integer>list();
        lock.lock();
        var all = new ArrayList<CompletableFuture<Integer>>();
        for (int i = 0; i < 3; i++) {
            int me = i;
            all.add(pool.applyAsync(() -> {
                lock.lock();
                try {
                    order.add(me);
                } finally {
                    lock.unlock();
                }
                return me;
            }));
            awaitWaiting(lock, i + 1);
        }
        var overtaker = Thread.ofPlatform().start(() -> increment(order, lock));
        awaitWaiting(lock, 4);
        lock.unlock();
        for (var each : all) each.get(20, SECONDS);
        overtaker.join();

        assertThat(order).containsExactly(0, 1, 2, 3);
    }

    private static void increment(SharedList<Integer> order, SharedLock lock) {
        lock.lock();
        order.add(3);
        lock.unlock();
    }

    /// Waits until so many wait for a lock that lives here.
    private static void awaitWaiting(SharedLock lock, int count) {
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> core(lock).waiting() == count);
    }

    private static LockCore core(SharedLock lock) {
        return (LockCore)
                java.util.Objects.requireNonNull(Hub.get().held(lock.reference().id()))
                        .core();
    }

    @RepeatedTest(5)
    void aLockIsFree_howeverSuddenlyAProcessThatUsesItDies() throws Exception {
        for (var lock : List.of(SharedLock.create(), SharedLock.create(true), manager.lock())) {
            var started = SharedQueue.<Boolean>create();
            var process = WorkerProcess.start("victim", () -> {
                lock.lock();
                lock.unlock();
                started.put(true);
                while (!Thread.interrupted()) {
                    lock.lock();
                    lock.lock();
                    lock.unlock();
                    lock.unlock();
                }
            });
            assertThat(started.take()).isTrue();
            var others = start(2, () -> {
                for (int i = 0; i < 300; i++) {
                    lock.lock();
                    lock.unlock();
                }
            });
            Thread.sleep(ThreadLocalRandom.current().nextInt(20)); // wherever it is then

            process.kill();

            for (var other : others) assertThat(other.join(SOON)).isTrue();
            assertThat(lock.tryLock(20, SECONDS)).isTrue();
            lock.abandonedBy().ifPresent(who -> assertThat(who).isEqualTo("victim (pid %d)", process.pid()));
            assertThat(lock.isHeldByCurrentThread()).isTrue();
            lock.unlock();
            assertThat(lock.abandonedBy()).isEmpty();
            assertThat(lock.isLocked()).isFalse();
        }
    }

    @RepeatedTest(5)
    void aWaiterThatDies_isForgotten_andTheNextGetsTheLock() throws Exception {
        for (var lock : List.of(SharedLock.create(), SharedLock.create(true))) {
            lock.lock();
            var dying = WorkerProcess.start(() -> {
                lock.lock();
                Thread.sleep(60_000);
            });
            awaitWaiting(lock, 1);
            var next = pool.applyAsync(() -> {
                lock.lock();
                lock.unlock();
                return true;
            });
            awaitWaiting(lock, 2);

            var unlocking = new CountDownLatch(1);
            var killer = Thread.ofPlatform().start(() -> {
                unlocking.countDown();
                dying.kill();
            });
            unlocking.await();
            lock.unlock(); // at the same time

            assertThat(next.get(20, SECONDS)).isTrue();
            killer.join();
            assertThat(lock.tryLock(20, SECONDS)).isTrue();
            lock.unlock();
        }
    }

    @Test
    void whatADeadProcessHeld_isTakenByAWorker_whichIsTold() throws Exception {
        for (var lock : locks()) {
            var held = SharedQueue.<Boolean>create();
            var process = WorkerProcess.start("holder", () -> {
                lock.lock();
                lock.lock();
                held.put(true);
                Thread.sleep(60_000);
            });
            held.take();
            var next = pool.applyAsync(() -> {
                lock.lock();
                var who = lock.abandonedBy().orElse("nobody");
                lock.lock();
                lock.unlock();
                boolean still = lock.abandonedBy().isPresent();
                lock.unlock();
                return List.of(who, still, lock.abandonedBy().isPresent());
            });

            process.kill();

            assertThat(next.get(20, SECONDS))
                    .isEqualTo(List.of("holder (pid %d)".formatted(process.pid()), true, false));
            await().atMost(SOON)
                    .until(() -> RecordingRouter.LINES.stream()
                            .map(OutputLine::labelled) // that of a lock elsewhere has a label of its own
                            .anyMatch(line -> line.contains("holder " + process.pid() + "] ended while it held a")));
        }
    }

    @Test
    void aProcessThatIsStopped_isWaitedFor() throws Exception {
        var lock = SharedLock.create();
        var held = SharedQueue.<Boolean>create();
        var go = SharedQueue.<Boolean>create();
        var process = WorkerProcess.start(() -> {
            lock.lock();
            held.put(true);
            go.take();
            lock.unlock();
        });
        held.take();
        signal(process.pid(), "STOP");
        await().atMost(SOON).until(() -> state(process.pid()).startsWith("T"));
        go.put(true);

        assertThat(lock.tryLock(200, MILLISECONDS)).isFalse();
        assertThat(lock.abandonedBy()).isEmpty();
        signal(process.pid(), "CONT");

        assertThat(lock.tryLock(20, SECONDS)).isTrue();
        lock.unlock();
    }

    private static String state(long pid) throws Exception {
        var ps = new ProcessBuilder("ps", "-o", "state=", "-p", Long.toString(pid)).start();
        try (var out = ps.getInputStream()) {
            return new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    private static void signal(long pid, String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void aWorkersWait_endsWithItsTime_withAnInterrupt_orWithTheLock() throws Exception {
        for (var lock : locks()) {
            lock.lock();
            assertThat(pool.apply(() -> lock.tryLock())).isFalse();
            assertThat(pool.apply(() -> lock.tryLock(30, MILLISECONDS))).isFalse();
            assertThat(pool.apply(() -> lock.isHeldByCurrentThread())).isFalse();
            assertThat(pool.apply(() -> lock.isLocked())).isTrue();
            assertThatThrownBy(() -> pool.apply(() -> {
                        lock.unlock();
                        return 0;
                    }))
                    .hasCauseInstanceOf(IllegalMonitorStateException.class);
            assertThat(pool.apply(() -> {
                        var ended = new CompletableFuture<Boolean>();
                        var thread = Thread.ofPlatform().start(() -> {
                            try {
                                lock.lockInterruptibly();
                                ended.complete(false);
                            } catch (InterruptedException stop) {
                                ended.complete(!lock.isHeldByCurrentThread());
                            }
                        });
                        thread.interrupt();
                        return ended.get(20, SECONDS);
                    }))
                    .isTrue();
            var late = pool.applyAsync(() -> {
                boolean got = lock.tryLock(20, SECONDS);
                if (got) lock.unlock();
                return got;
            });
            lock.unlock();
            assertThat(late.get(20, SECONDS)).isTrue();
            assertThat(lock.isLocked()).isFalse();
        }
    }

    @Test
    void interruptsAtAnyMoment_leaveNothingHeld_andWakeWhoIsNext() throws Exception {
        for (var lock : List.of(SharedLock.create(), SharedLock.create(true), manager.lock())) {
            int taken = pool
                    .onEach(() -> {
                        int times = 0;
                        for (int round = 0; round < 60; round++) {
                            var got = new CompletableFuture<Integer>();
                            var thread = Thread.ofPlatform().start(() -> {
                                try {
                                    lock.lockInterruptibly();
                                    lock.unlock();
                                    got.complete(1);
                                } catch (InterruptedException stop) {
                                    if (lock.isHeldByCurrentThread()) got.completeExceptionally(stop);
                                    got.complete(0);
                                }
                            });
                            var other = Thread.ofPlatform().start(() -> {
                                lock.lock();
                                lock.unlock();
                            });
                            if (round % 3 > 0) LockSupport.parkNanos(round * 1000L);
                            thread.interrupt();
                            times += got.get(20, SECONDS);
                            if (!other.join(Duration.ofSeconds(20))) throw new IllegalStateException("not woken");
                        }
                        return times;
                    })
                    .values()
                    .stream()
                    .mapToInt(Integer::intValue)
                    .sum();

            assertThat(taken).isBetween(0, 180);
            assertThat(lock.tryLock(20, SECONDS)).isTrue();
            lock.unlock();
        }
    }

    @Test
    void whoWaits_getsTheLock_thoughOthersTakeItAgainAndAgain() throws Exception {
        var lock = SharedLock.create();
        var stop = manager.event();
        var busy = pool.mapAsync(
                n -> {
                    while (!stop.isSet()) {
                        for (int i = 0; i < 100; i++) {
                            lock.lock();
                            try {
                                for (int spin = 0; spin < 300; spin++) Thread.onSpinWait();
                            } finally {
                                lock.unlock();
                            }
                        }
                    }
                    return n;
                },
                range(3),
                1);
        for (int i = 0; i < 20; i++) {
            assertThat(lock.tryLock(20, SECONDS)).isTrue();
            lock.unlock();
        }
        stop.set();
        assertThat(busy.get(20, SECONDS)).hasSize(3);
    }

    @Test
    void aConditionGoesBackAndForth_betweenThisJvmAndAWorker() throws Exception {
        for (var lock : List.of(SharedLock.create(), manager.lock())) {
            var condition = lock.newCondition();
            var value = manager.value(0);
            var worker = pool.applyAsync(() -> {
                for (int i = 1; i < 200; i += 2) step(condition, value, i);
                return 0;
            });
            for (int i = 0; i < 200; i += 2) step(condition, value, i);

            worker.get(30, SECONDS);
            assertThat(value.get()).isEqualTo(200);
            assertThat(lock.isLocked()).isFalse();
        }
    }

    private static void step(SharedCondition condition, Value<Integer> value, int turn) throws InterruptedException {
        condition.lock().lock();
        try {
            condition.waitFor(() -> value.get() == turn);
            value.set(turn + 1);
            condition.signalAll();
        } finally {
            condition.lock().unlock();
        }
    }

    @Test
    void wordsOfLocksThatNobodyUses_areUsedAgain() throws Exception {
        for (int round = 0; round < 30; round++) {
            var locks = new ArrayList<SharedLock>();
            for (int i = 0; i < 500; i++) locks.add(SharedLock.create());
            pool.map(
                    lock -> {
                        lock.lock();
                        lock.unlock();
                        return 0;
                    },
                    locks);
            pool.onEach(() -> {
                System.gc();
                return 0;
            });
            System.gc();
        }
        assertThat(Hub.get().lockFile().size()).isLessThanOrEqualTo(6 * 1024);
    }

    @Test
    void aWordThatMovesWhileThreadsUseIt_losesNothing() throws Exception {
        var cores = List.of(new LockCore(false), new LockCore(false), new LockCore(true));
        var counts = new long[cores.size()];
        var over = new AtomicBoolean();
        try (var threads = Executors.newFixedThreadPool(4)) {
            var done = new ArrayList<java.util.concurrent.Future<?>>();
            for (int t = 0; t < 3; t++) {
                done.add(threads.submit(() -> {
                    for (int i = 0; i < 30_000; i++) {
                        int which = i % 50 == 0 ? 2 : i % 2;
                        var core = cores.get(which);
                        core.enter(-1);
                        counts[which]++;
                        core.leave();
                    }
                    return 0;
                }));
            }
            var mover = threads.submit(() -> {
                for (int i = 0; !over.get(); i++) {
                    for (var core : cores) {
                        boolean placed = core.place("somebody").length > 1;
                        if (placed) core.forget("somebody");
                        core.leaveFile();
                    }
                    if (i % 100 == 0) System.gc();
                }
                return 0;
            });
            for (var each : done) each.get(60, SECONDS);
            over.set(true);
            mover.get(20, SECONDS);
        }

        assertThat(counts).containsExactly(3 * 14_400L, 3 * 15_000L, 3 * 600L);
    }

    /// A program whose locks' file is away before its workers could map it.
    public static final class Fileless {
        @SuppressWarnings("SystemOut") // the test reads it
        public static void main(String[] args) throws Exception {
            var lock = SharedLock.create();
            var memory = SharedMemory.create("count", 8);
            try (var pool = Pool.of(2);
                    var early = Pool.of(1)) {
                early.apply(() -> {
                    increment(lock, memory, 1);
                    return 0;
                });
                for (var directory : SessionDirectory.knownMemories(Hub.get().ownDirectory())) {
                    try (var files = Files.newDirectoryStream(directory, ".locks-*")) {
                        for (var file : files) {
                            if (args[0].equals("missing")) Files.delete(file);
                            else replace(file);
                        }
                    }
                }
                var mapped = early.applyAsync(() -> {
                    increment(lock, memory, 2000);
                    return 0;
                });
                pool.onEach(() -> {
                    increment(lock, memory, 500);
                    return 0;
                });
                mapped.get(30, SECONDS);
            }
            System.out.println("count " + memory.longs().get(0) + RecordingRouter.LINES);
            System.exit(0);
        }

        private static void replace(Path file) throws IOException {
            Files.delete(file);
            Files.write(file, new byte[7]);
        }
    }

    @Test
    void withoutItsFile_aLockWorksByMessages_besideThoseThatHaveIt_andSaysSo() throws Exception {
        for (var how : List.of("missing", "damaged")) {
            var said = run(Fileless.class, how);

            assertThat(said).contains("count 3001").contains("shared locks are slow here");
        }
    }

    private static String run(Class<?> program, String... arguments) throws Exception {
        var command = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var out = process.getInputStream()) {
            return new String(out.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// Where a program far away finds a lock.
    static class Gate {
        private static final Gate ONE = new Gate();
        private final SharedLock lock = SharedLock.create();
        private final SharedDict<String, Integer> counts = Manager.local().dict();

        SharedLock lock() {
            return lock;
        }

        SharedDict<String, Integer> counts() {
            return counts;
        }

        static void increment(Gate gate, int times) {
            var lock = gate.lock();
            var counts = gate.counts();
            for (int i = 0; i < times; i++) {
                lock.lock();
                try {
                    counts.put("count", counts.getOrDefault("count", 0) + 1);
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    /// A program that reaches the lock over the network.
    public static final class FarAway {
        public static void main(String[] args) throws Exception {
            var gate = Manager.connect(URI.create(args[0]), args[1]).create(Gate.class);
            Gate.increment(gate, 300);
            gate.lock().lock();
            Runtime.getRuntime().halt(0); // with the lock in its hands
        }
    }

    @Test
    void aLockIsOne_forThoseWhoMapIt_andForThoseWhoComeOverTheNetwork() throws Exception {
        try (var served = Manager.serve(new InetSocketAddress("localhost", 0))) {
            served.register(Gate.class, () -> Gate.ONE);
            var gate = served.create(Gate.class);
            var here = start(2, () -> Gate.increment(gate, 500));

            assertThat(run(FarAway.class, served.uri().toString(), served.secret()))
                    .isEmpty();

            for (var thread : here) assertThat(thread.join(SOON)).isTrue();
            assertThat(gate.lock().tryLock(20, SECONDS)).isTrue();
            assertThat(gate.counts().get("count")).isEqualTo(1300);
            gate.lock().unlock();
        }
    }

    @Test
    void whenTheJvmOfALockDies_everyStepSaysSo() throws Exception {
        var doomed = Manager.start("doomed");
        var held = doomed.lock();
        var free = doomed.lock();
        held.lock();
        free.lock();
        free.unlock();
        var waiting = pool.applyAsync(() -> {
            held.lock();
            return 0;
        });

        ProcessHandle.of(doomed.pid()).orElseThrow().destroyForcibly();

        assertThatThrownBy(() -> waiting.get(20, SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasStackTraceContaining("ObjectLostException: doomed");
        await().atMost(SOON).untilAsserted(() -> {
            assertThatThrownBy(free::lock).isInstanceOf(ObjectLostException.class);
            assertThatThrownBy(free::tryLock).isInstanceOf(ObjectLostException.class);
            assertThatThrownBy(held::unlock).isInstanceOf(ObjectLostException.class);
        });
    }

    @Test
    void theFileOfAJvmThatEnded_isGone() throws Exception {
        int before = files().size();
        try (var brief = Manager.start()) {
            brief.lock().lock();
            assertThat(files()).hasSize(before + 1);
        }
        await().atMost(SOON).until(() -> files().size() == before);
    }

    private static List<Path> files() throws IOException {
        var all = new ArrayList<Path>();
        for (var directory : SessionDirectory.knownMemories(Hub.get().ownDirectory())) {
            try (var files = Files.newDirectoryStream(directory, ".locks-*")) {
                for (var file : files) all.add(file);
            }
        }
        return all;
    }
}
