package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.RandomAccess;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Short tasks go to a worker JVM many at a time; nobody can tell but by the clock.
@Timeout(60)
class BundleTest {
    private static final List<Integer> SEEN = new ArrayList<>();

    @TempDir
    Path folder;

    private final Pool pool = Pool.of(2);

    @AfterEach
    void closePool() {
        pool.terminate();
    }

    private static void halt() {
        Runtime.getRuntime().halt(9);
    }

    /// Notes a run in a file that all workers share.
    private static void note(String file, int number) throws IOException {
        try (var runs = FileChannel.open(Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            runs.write(ByteBuffer.allocate(4).putInt(number).flip());
        }
    }

    private static int[] runs(String file, int tasks) throws IOException {
        var counts = new int[tasks];
        var all = ByteBuffer.wrap(Files.readAllBytes(Path.of(file)));
        while (all.remaining() >= 4) counts[all.getInt()]++;
        return counts;
    }

    @RepeatedTest(3)
    void whatWaitsBehindALongTask_goesToTheOtherWorker() throws Exception {
        // given a task that ends when all others have ended, wherever they were sent
        var ended = SharedQueue.<Integer>create();
        int tasks = 200;
        for (int length : new int[] {1, 3}) {
            for (int round = 0; round < 3; round++) {
                int last = length - 1;

                // when
                var results = pool.map(
                        n -> {
                            if (n == last) for (int i = length; i < tasks; i++) ended.take();
                            else if (n > last) ended.put(n);
                            return n;
                        },
                        range(tasks),
                        length);

                // then
                assertThat(results).isEqualTo(range(tasks));
            }
        }
    }

    @RepeatedTest(3)
    void callsThatWaitBehindALongTask_goToTheOtherWorker() throws Exception {
        var ended = SharedQueue.<Integer>create();
        int tasks = 100;
        pool.map(n -> n, range(2000), 1); // so that chunks are sent ahead

        var blocked = pool.applyAsync(() -> {
            for (int i = 0; i < tasks; i++) ended.take();
            return 0;
        });
        var others = new ArrayList<CompletableFuture<Integer>>();
        for (int i = 0; i < tasks; i++) {
            int n = i;
            others.add(pool.applyAsync(() -> {
                ended.put(n);
                return n;
            }));
        }

        assertThat(blocked.get(30, TimeUnit.SECONDS)).isZero();
        for (int i = 0; i < tasks; i++)
            assertThat(others.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(i);
    }

    @RepeatedTest(3)
    void aWorkerThatDiesAmongManyTasks_failsWhatItHadBegun_andTheRestIsRunOnce() throws Exception {
        // given
        var file = folder.resolve("runs").toString();
        int all = 500;
        pool.map(n -> n, range(5000), 1);
        var failed = new AtomicInteger();
        var done = new AtomicInteger();
        pool.addListener(event -> {
            if (!(event instanceof PoolEvent.OfTasks tasks) || !tasks.verb().equals("mapAsync")) return;
            if (event instanceof PoolEvent.TasksFailed) failed.addAndGet(tasks.tasks());
            if (event instanceof PoolEvent.TasksDone) done.addAndGet(tasks.tasks());
        });

        // when
        var future = pool.mapAsync(
                n -> {
                    note(file, n);
                    if (n == 40) halt();
                    return n;
                },
                range(all),
                1);

        // then
        assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        WorkerDiedException.class,
                        death -> assertThat(death.index()).isEqualTo(40))
                .hasMessageContaining("while it ran task 40 of mapAsync (item 40)");
        assertThat(runs(file, all)).containsOnly(1);
        pool.close();
        assertThat(failed.get()).isPositive();
        await().untilAsserted(() -> assertThat(done.get() + failed.get()).isEqualTo(all));
    }

    @Test
    void aWorkerThatDiesAmongManyTasks_hasThemRunAgain_whereThatIsAskedFor() throws Exception {
        var file = folder.resolve("runs").toString();
        int tasks = 500;

        var results = pool.withRetries(1)
                .map(
                        n -> {
                            note(file, n);
                            if (n == 40 && runs(file, tasks)[40] == 1) halt();
                            return n;
                        },
                        range(tasks),
                        1);

        assertThat(results).isEqualTo(range(tasks));
        int[] counts = runs(file, tasks);
        assertThat(counts[40]).isEqualTo(2);
        assertThat(Arrays.stream(counts)).allMatch(count -> count == 1 || count == 2);
    }

    @RepeatedTest(3)
    void aTaskThatThrowsAmongMany_isNamed_andTheOthersAreRun() throws Exception {
        var file = folder.resolve("runs").toString();
        int tasks = 500;

        var future = pool.mapAsync(
                n -> {
                    note(file, n);
                    if (n == 33 || n == 7 || n == 400) throw new IllegalStateException("number " + n);
                    return n;
                },
                range(tasks),
                1);

        assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        TaskFailedException.class,
                        failure -> assertThat(failure.index()).isEqualTo(7))
                .hasMessageContaining("task 7 of mapAsync (item 7)")
                .hasRootCauseMessage("number 7");
        assertThat(runs(file, tasks)).containsOnly(1);
    }

    @Test
    void aChunkOfWhichOneTaskThrows_hasNoResults_andNamesThatTask() throws Exception {
        assertThatThrownBy(() -> pool.map(
                        n -> {
                            if (n == 17) throw new IllegalStateException("seventeen");
                            return n;
                        },
                        range(100),
                        5))
                .isInstanceOfSatisfying(
                        TaskFailedException.class,
                        failure -> assertThat(failure.index()).isEqualTo(17))
                .hasMessageContaining("task 17 of map (item 17)");
    }

    @RepeatedTest(3)
    void aCancelledCallOfManyTasks_stopsInTheMiddle() throws Exception {
        // given
        var file = folder.resolve("runs").toString();
        var started = SharedQueue.<Integer>create();
        int tasks = 1000;
        pool.map(n -> n, range(5000), 1);
        var future = pool.mapAsync(
                n -> {
                    note(file, n);
                    started.put(n);
                    Thread.sleep(60_000);
                    return n;
                },
                range(tasks),
                1);
        started.take();

        // when
        future.cancel(true);

        // then
        assertThatThrownBy(() -> future.get(1, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        assertThat(pool.map(n -> n, range(100), 1)).isEqualTo(range(100));
        assertThat(Arrays.stream(runs(file, tasks)).sum()).isLessThanOrEqualTo(4);
    }

    @Test
    void eachOfManyTasksHasItsOwnTime() throws Exception {
        var quick = pool.withTimeout(Duration.ofSeconds(5));

        assertThat(quick.map(n -> n, range(500), 1)).isEqualTo(range(500));
        assertThatThrownBy(() -> pool.withTimeout(Duration.ofMillis(300))
                        .map(
                                n -> {
                                    if (n == 42) Thread.sleep(60_000);
                                    return n;
                                },
                                range(100),
                                1))
                .hasMessageContaining("task 42 of map (item 42) was over its time of 300 ms");
    }

    @Test
    void resultsAreAsTheyWere_whenTheirTaskEnded() throws Exception {
        try (var one = Pool.of(1)) {
            // given tasks that share an object and go on to change it
            var results = one.map(
                    n -> {
                        SEEN.add(n);
                        return SEEN;
                    },
                    range(50),
                    1);

            for (int n = 0; n < 50; n++)
                assertThat(results.get(n)).hasSize(n + 1).endsWith(n);
        }
    }

    @Test
    void resultsOfAnyKind_comeHomeInOrder() throws Exception {
        for (int chunksize : new int[] {1, 7, 1000}) {
            assertThat(pool.<Integer, @Nullable Object>map(
                            n -> n % 3 == 0 ? n : n % 3 == 1 ? "s" + n : null, range(300), chunksize))
                    .isEqualTo(IntStream.range(0, 300)
                            .mapToObj(n -> n % 3 == 0 ? (Object) n : n % 3 == 1 ? "s" + n : null)
                            .toList());
            assertThat(pool.map(n -> n < 150 ? (Number) n : (Number) (long) n, range(300), chunksize))
                    .isEqualTo(IntStream.range(0, 300)
                            .mapToObj(n -> n < 150 ? (Number) n : (Number) (long) n)
                            .toList());
            assertThat(pool.map(n -> n * 0.5, range(300), chunksize))
                    .isEqualTo(IntStream.range(0, 300).mapToObj(n -> n * 0.5).toList());
            assertThat(pool.map(n -> (long) n << 40, range(300), chunksize))
                    .isEqualTo(IntStream.range(0, 300)
                            .mapToObj(n -> (long) n << 40)
                            .toList());
            assertThat(pool.map(n -> new byte[n * 1000], range(200), chunksize))
                    .allSatisfy(bytes -> assertThat(bytes.length % 1000).isZero())
                    .hasSize(200);
        }
    }

    @Test
    void itemsOfAnyKind_arriveAsTheyAre() throws Exception {
        var longs = List.of(1L, 1L << 40, -3L);
        var mixed = Arrays.asList(1, "two", null, 4.0, List.of(5), new byte[100_000]);
        for (int chunksize : new int[] {1, 2, 10}) {
            assertThat(pool.map(n -> n, range(10, -9, -3), chunksize)).containsExactly(10, 7, 4, 1, -2, -5, -8);
            assertThat(pool.map(n -> n + 1, longs, chunksize)).containsExactly(2L, (1L << 40) + 1, -2L);
            assertThat(pool.map(n -> n / 2, new ArrayList<>(List.of(1.0, 3.0)), chunksize))
                    .containsExactly(0.5, 1.5);
            assertThat(pool.map(
                            item -> item instanceof byte[] bytes ? bytes.length : item == null ? -1 : item.toString(),
                            mixed,
                            chunksize))
                    .containsExactly("1", "two", -1, "4.0", "[5]", 100_000);
            assertThat(pool.map(n -> n == null ? -1 : n, Arrays.asList(1, null, 3), chunksize))
                    .containsExactly(1, -1, 3);
        }
    }

    @Test
    void aListOfNumbers_isUnmodifiable_andGoodForTheNextCall() throws Exception {
        List<Integer> squares = pool.map(n -> n * n, range(1000));
        List<Double> halves = pool.map(n -> n * 0.5, squares);

        assertThat(squares).isInstanceOf(RandomAccess.class);
        assertThat(squares.get(999)).isEqualTo(998_001);
        assertThat(squares.contains(null)).isFalse();
        assertThat(squares.indexOf(81)).isEqualTo(9);
        assertThat(squares.hashCode())
                .isEqualTo(IntStream.range(0, 1000)
                        .map(n -> n * n)
                        .boxed()
                        .toList()
                        .hashCode());
        assertThatThrownBy(() -> squares.set(0, 1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> squares.add(1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> Collections.sort(halves)).isInstanceOf(UnsupportedOperationException.class);
        assertThat(pool.apply(() -> squares.get(31) + halves.size())).isEqualTo(961 + 1000);
        List<Integer> again = pool.apply(list -> list, squares);
        assertThat(again).isEqualTo(squares);
        assertThat(halves.get(3)).isEqualTo(4.5);
    }

    @Test
    void itemsAreThoseOfTheMomentOfTheCall() throws Exception {
        var gate = SharedQueue.<Integer>create();
        var items = new ArrayList<>(List.of("a", "b", "c", "d"));
        var blocked = pool.onEachAsync(
                () -> gate.take(), pool.workers().stream().map(WorkerInfo::name).toList());

        var future = pool.mapAsync(text -> text + "!", items, 1);
        Collections.fill(items, "changed");
        gate.put(1);
        gate.put(2);

        assertThat(future.get(30, TimeUnit.SECONDS)).containsExactly("a!", "b!", "c!", "d!");
        for (var each : blocked.values()) each.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aLineThatATaskHasNotEnded_comesBeforeItsResult_alsoAmongMany() throws Exception {
        pool.map(
                n -> {
                    System.out.print("part of " + n);
                    return n;
                },
                range(50),
                1);

        for (int n = 0; n < 50; n++) {
            var text = "part of " + n;
            assertThat(RecordingRouter.LINES).anyMatch(line -> line.text().equals(text));
        }
    }

    @Test
    void interruptedInTheMiddle_aCallOfManyTasksEnds() throws Exception {
        var started = SharedQueue.<Integer>create();
        var interrupted = new CompletableFuture<Boolean>();
        var caller = Thread.ofPlatform().start(() -> {
            try {
                pool.map(
                        n -> {
                            if (n % 10 == 9) {
                                started.put(n);
                                Thread.sleep(60_000);
                            }
                            return n;
                        },
                        range(1000),
                        1);
                interrupted.complete(false);
            } catch (InterruptedException expected) {
                interrupted.complete(true);
            } catch (RuntimeException failure) {
                interrupted.completeExceptionally(failure);
            }
        });
        started.take();

        caller.interrupt();

        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.map(n -> n, range(10))).isEqualTo(range(10));
    }

    @Test
    void aPoolThatClosesWithManyTasks_runsThemAll() throws Exception {
        CompletableFuture<List<Integer>> future = pool.mapAsync(n -> n + 1, range(20_000), 1);

        pool.close();

        try {
            assertThat(future.get(0, TimeUnit.SECONDS)).isEqualTo(range(1, 20_001));
        } catch (ExecutionException failure) {
            throw new AssertionError(failure);
        }
    }
}
