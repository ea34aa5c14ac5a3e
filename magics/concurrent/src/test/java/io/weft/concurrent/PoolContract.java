package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every kind of pool promises.
@Timeout(60)
abstract class PoolContract {
    Pool pool = open();

    abstract Pool open();

    @BeforeEach
    void openPool() {
        if (pool.isShutdown()) pool = open();
    }

    @AfterEach
    void closePool() {
        pool.terminate();
    }

    @Test
    void map_keepsTheOrderOfTheItems() throws Exception {
        List<Integer> squares = pool.map(n -> n * n, range(1000));

        assertThat(squares)
                .isEqualTo(IntStream.range(0, 1000).map(n -> n * n).boxed().toList());
    }

    @Test
    void map_takesAChunksize_noItems_andNulls() throws Exception {
        assertThat(pool.map(n -> -n, range(100), 1)).hasSize(100).startsWith(0, -1, -2);
        assertThat(pool.map(n -> n, List.<Integer>of())).isEmpty();
        assertThat(pool.map(n -> n, Arrays.asList("a", null, "b"))).containsExactly("a", null, "b");
    }

    @Test
    void map_takesCapturedValues_listsAndStrings() throws Exception {
        var names = List.of("zero", "one", "two");

        assertThat(pool.map(n -> names.get(n) + "!", range(3))).containsExactly("zero!", "one!", "two!");
        assertThat(pool.map(list -> list.size(), List.of(List.of(1, 2), new ArrayList<>(List.of(3)))))
                .containsExactly(2, 1);
    }

    @Test
    void starmap_givesEachPairToTheTask() throws Exception {
        assertThat(pool.starmap((a, b) -> a + b, Pair.zip(List.of(1, 2), List.of(10, 20))))
                .containsExactly(11, 22);
    }

    @Test
    void imap_givesResultsInOrder_fromEndlessItems_withoutReadingFarAhead() {
        var read = new AtomicInteger();
        Iterable<Integer> endless = () -> Stream.generate(read::getAndIncrement).iterator();

        Iterator<Integer> results = pool.imap(n -> n * 2, endless);

        for (int i = 0; i < 100; i++) assertThat(results.next()).isEqualTo(2 * i);
        assertThat(read.get()).isLessThan(200);
    }

    @Test
    void imapUnordered_givesEveryResultOnce() {
        var results = new ArrayList<Integer>();

        pool.<Integer, Integer>imapUnordered(n -> n * 2, range(50)).forEachRemaining(results::add);

        assertThat(results)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 50).map(n -> 2 * n).boxed().toList());
    }

    @Test
    void apply_runsOneTask() throws Exception {
        int product = pool.apply(() -> 6 * 7);
        int next = pool.apply(n -> n + 1, 41);

        assertThat(product).isEqualTo(42);
        assertThat(next).isEqualTo(42);
        assertThat(pool.applyAsync(() -> "x").thenApply(text -> text + "y").get(10, TimeUnit.SECONDS))
                .isEqualTo("xy");
        assertThat(pool.mapAsync(n -> n + 1, range(3)).get(10, TimeUnit.SECONDS))
                .containsExactly(1, 2, 3);
    }

    @Test
    void aTaskThatThrows_failsTheMap_withItsOwnExceptionAsTheCause() throws Exception {
        assertThatThrownBy(() -> pool.map(
                        n -> {
                            if (n == 7) throw new IllegalStateException("seven", new RuntimeException("root"));
                            return n;
                        },
                        range(20)))
                .isInstanceOf(TaskFailedException.class)
                .hasMessageContaining("task 7")
                .hasMessageContaining("seven")
                .satisfies(failure -> {
                    assertThat(((TaskFailedException) failure).index()).isEqualTo(7);
                    assertThat(failure.getStackTrace()[0].getClassName()).isEqualTo(PoolContract.class.getName());
                })
                .cause()
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("seven")
                .satisfies(cause ->
                        assertThat(cause.getStackTrace()[0].getClassName()).isEqualTo(PoolContract.class.getName()))
                .hasRootCauseMessage("root");
        assertThat(pool.map(n -> n, range(3))).containsExactly(0, 1, 2);
    }

    @Test
    void itIsAnExecutorService() throws Exception {
        assertThat(pool.submit(() -> 8).get(10, TimeUnit.SECONDS)).isEqualTo(8);
        assertThat(pool.submit(() -> {}, "done").get(10, TimeUnit.SECONDS)).isEqualTo("done");
        List<Callable<Integer>> calls = List.of((Call<Integer>) () -> 1, (Call<Integer>) () -> 2);
        var results = new ArrayList<Integer>();
        for (var future : pool.invokeAll(calls)) results.add(future.get());
        assertThat(results).containsExactly(1, 2);
        assertThat(pool.invokeAny(calls)).isIn(1, 2);
        assertThatThrownBy(() -> pool.submit((Call<Integer>) () -> {
                            throw new IllegalStateException("no");
                        })
                        .get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("no");
    }

    @Test
    void imap_canBeReadWithAForLoop() {
        var results = new ArrayList<Integer>();
        for (int square : pool.imap(n -> n * n, range(4))) results.add(square);
        assertThat(results).containsExactly(0, 1, 4, 9);
    }

    @Test
    void close_waitsForTheTasks_andThenRefuses() throws Exception {
        var future = pool.submit(() -> 5);

        pool.close();

        assertThat(future.get(0, TimeUnit.SECONDS)).isEqualTo(5);
        assertThat(pool.isTerminated()).isTrue();
        assertThatThrownBy(() -> pool.submit(() -> 6)).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void terminate_cancelsTheTasks() throws Exception {
        var started = SharedQueue.<String>create();
        var future = pool.applyAsync(() -> {
            started.put("started");
            Thread.sleep(60_000);
            return 1;
        });
        started.take();

        pool.terminate();
        pool.join();

        assertThatThrownBy(() -> future.get(10, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
    }

    @Test
    void aCancelledFuture_stopsItsTask_andThePoolGoesOn() throws Exception {
        var started = SharedQueue.<String>create();
        var ended = SharedQueue.<String>create();
        var future = pool.submit((Call<Integer>) () -> {
            try {
                started.put("started");
                Thread.sleep(60_000);
                return 1;
            } catch (InterruptedException stop) {
                ended.offer("interrupted");
                throw stop;
            }
        });
        started.take();

        future.cancel(true);

        assertThat(ended.poll(10, TimeUnit.SECONDS)).isEqualTo("interrupted");
        assertThat(pool.map(n -> n, range(4))).containsExactly(0, 1, 2, 3);
    }

    @Test
    void anInterruptedMap_endsAtOnce_andItsTasksToo() throws Exception {
        var started = SharedQueue.<String>create();
        var interrupted = new CompletableFuture<Boolean>();
        var mapper = new Thread(() -> {
            try {
                pool.map(
                        _ -> {
                            started.put("started");
                            Thread.sleep(60_000);
                            return 0;
                        },
                        range(8));
                interrupted.complete(false);
            } catch (InterruptedException expected) {
                interrupted.complete(true);
            }
        });
        mapper.start();
        started.take();

        mapper.interrupt();

        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.map(n -> n, range(4))).containsExactly(0, 1, 2, 3);
    }

    @Test
    void onEach_runsOnceOnEveryWorker() throws Exception {
        var names = pool.workers().stream().map(WorkerInfo::name).toList();

        var results = pool.onEach(() -> 1);

        assertThat(results.keySet()).containsExactlyElementsOf(names);
        assertThatThrownBy(() -> pool.onEach(() -> 1, List.of("nobody"))).hasMessageContaining("no worker 'nobody'");
    }

    @Test
    void manyThreadsMayUseItAtOnce() throws Exception {
        var go = new CountDownLatch(1);
        var allRight = new AtomicBoolean(true);
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 8; t++) {
            int base = t * 1000;
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    go.await();
                    var expected =
                            IntStream.range(0, 200).map(n -> base + n).boxed().toList();
                    if (!pool.map(n -> n + base, range(200), 3).equals(expected)) allRight.set(false);
                } catch (Exception failure) {
                    allRight.set(false);
                }
            }));
        }
        go.countDown();
        for (var thread : threads) thread.join();

        assertThat(allRight).isTrue();
    }
}
