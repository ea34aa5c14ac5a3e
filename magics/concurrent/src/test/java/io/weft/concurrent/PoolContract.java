package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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
    void aTaskThatThrows_whatIsItsOwnCauseInTheEnd_failsTheMapLikeAnyOther() {
        assertThatThrownBy(() -> pool.apply(() -> {
                    var first = new IllegalStateException("first");
                    first.initCause(new IllegalStateException("second", first));
                    throw first;
                }))
                .isInstanceOf(TaskFailedException.class)
                .satisfies(failure -> {
                    var first = failure.getCause();
                    var second = first == null ? null : first.getCause();
                    assertThat(first).hasMessage("first");
                    assertThat(second).hasMessage("second").cause().isSameAs(first);
                });
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

    @Test
    void forEach_runsATaskWithoutAResult_forEveryItem() throws Exception {
        var seen = SharedQueue.<Integer>create();

        pool.forEach(n -> seen.put(n), range(20));
        pool.apply(() -> seen.put(20));
        pool.applyAsync(() -> seen.put(21)).get(10, TimeUnit.SECONDS);

        assertThat(drain(seen)).containsExactlyInAnyOrderElementsOf(range(22));
    }

    private static List<Integer> drain(SharedQueue<Integer> queue) {
        var all = new ArrayList<Integer>();
        for (var item = queue.poll(); item != null; item = queue.poll()) all.add(item);
        return all;
    }

    @Test
    void callbacks_hearOfTheResultOrTheFailure_beforeTheFutureCompletes() {
        var heard = new CopyOnWriteArrayList<Object>();

        pool.applyAsync(() -> 42, heard::add, heard::add).join();
        pool.applyAsync(n -> n + 1, 1, heard::add, heard::add).join();
        pool.mapAsync(n -> -n, range(3), heard::add, heard::add).join();
        var failing = pool.applyAsync(
                (Call<Integer>) () -> {
                    throw new IllegalStateException("no");
                },
                heard::add,
                failure -> {
                    heard.add(failure);
                    throw new IllegalStateException("a callback that fails changes nothing");
                });

        assertThatThrownBy(failing::join).hasCauseInstanceOf(TaskFailedException.class);
        assertThat(heard.subList(0, 3)).containsExactly(42, 2, List.of(0, -1, -2));
        assertThat(heard.get(3)).isInstanceOf(TaskFailedException.class);
        assertThat(heard).hasSize(4);
    }

    @Test
    void starmapAsync_givesAllResults() throws Exception {
        assertThat(pool.starmapAsync((a, b) -> a * b, Pair.zip(range(3), range(3)))
                        .get(10, TimeUnit.SECONDS))
                .containsExactly(0, 1, 4);
    }

    @Test
    void aTaskOverItsTime_failsWithATimeout_thatNamesTaskAndWorker() throws Exception {
        var quick = pool.withTimeout(Duration.ofMillis(500));

        assertThatThrownBy(() -> quick.map(
                        n -> {
                            if (n == 2) Thread.sleep(60_000);
                            return n;
                        },
                        range(4)))
                .isInstanceOfSatisfying(TaskFailedException.class, failure -> {
                    assertThat(failure.index()).isEqualTo(2);
                    assertThat(failure.worker()).isNotEmpty();
                    assertThat(failure.getStackTrace()[0].getClassName()).isEqualTo(PoolContract.class.getName());
                })
                .hasMessageContaining("task 2 of map (item 2) was over its time of 500 ms")
                .cause()
                .isInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> quick.submit((Call<Integer>) () -> {
                            Thread.sleep(60_000);
                            return 1;
                        })
                        .get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TimeoutException.class);
        assertThat(pool.map(n -> n, range(4))).containsExactly(0, 1, 2, 3);
    }

    @Test
    void tasksThatWereSentTogether_shareTheSumOfTheirTimes_andFailTogether() {
        var quick = pool.withTimeout(Duration.ofMillis(100));

        assertThatThrownBy(() -> quick.map(
                        n -> {
                            if (n == 2) Thread.sleep(60_000);
                            return n;
                        },
                        range(4),
                        4))
                .hasMessageContaining("tasks 0 to 3 of map were over their time of 400 ms")
                .hasMessageContaining("100 ms for each of the 4 that were sent together; they are interrupted")
                .hasMessageContaining("if they do not end");
    }

    @Test
    void aTaskOverItsTime_thatIgnoresItsInterrupt_costsNoWorker() throws Exception {
        int workers = pool.workers().size();
        var go = SharedQueue.<Integer>create();
        try {
            var late = new ArrayList<CompletableFuture<Integer>>();
            for (int i = 0; i < 2; i++)
                late.add(pool.withTimeout(Duration.ofMillis(100)).applyAsync(() -> {
                    while (true) {
                        try {
                            return go.take();
                        } catch (InterruptedException ignored) {
                            // goes on, which is what is tested
                        }
                    }
                }));

            for (var future : late)
                assertThatThrownBy(() -> future.get(10, TimeUnit.SECONDS))
                        .hasRootCauseInstanceOf(TimeoutException.class);

            assertThat(pool.map(n -> n, range(4))).containsExactly(0, 1, 2, 3);
            await().atMost(Duration.ofSeconds(20)).until(() -> pool.workers().size() == workers);
        } finally {
            go.addAll(List.of(1, 2));
        }
    }

    @Test
    void tasksWithinTheirTime_areNotDisturbed() throws Exception {
        var patient = pool.withTimeout(Duration.ofSeconds(50));

        assertThat(patient.map(n -> n + 1, range(100))).hasSize(100).startsWith(1, 2);
        assertThat(patient.map(n -> n + 1, range(100), 7)).hasSize(100).startsWith(1, 2);
        assertThatThrownBy(() -> pool.withTimeout(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aStream_runsItsStagesAtTheWorkers_inOrder() {
        int factor = 3;

        assertThat(pool.stream(range(100))
                        .map(n -> n * factor)
                        .filter(n -> n % 2 == 0)
                        .map(n -> "v" + n)
                        .toList())
                .isEqualTo(IntStream.range(0, 100)
                        .map(n -> n * factor)
                        .filter(n -> n % 2 == 0)
                        .mapToObj(n -> "v" + n)
                        .toList());
        assertThat(pool.stream(range(4)).flatMap(n -> range(n)).map(n -> n + 1).toList())
                .containsExactly(1, 1, 2, 1, 2, 3);
        assertThat(pool.stream(range(10)).filter(n -> n > 6).unordered().count())
                .isEqualTo(3);
        assertThat(pool.stream(range(10)).map(n -> n + 1).reduce(Integer::sum)).hasValue(55);
        assertThat(pool.stream(range(6)).collect(Collectors.groupingBy(n -> n % 2, Collectors.counting())))
                .isEqualTo(java.util.Map.of(0, 3L, 1, 3L));
        assertThat(pool.stream(List.<Integer>of()).map(n -> n + 1).toList()).isEmpty();
        assertThat(pool.stream(Arrays.asList("a", null)).toList()).containsExactly("a", null);
    }

    @Test
    void aStreamOfEndlessItems_readsOnlyALittleAhead() {
        var read = new AtomicInteger();
        Iterable<Integer> endless = () -> Stream.generate(read::getAndIncrement).iterator();
        int ahead = 2 * Math.min(pool.size(), 64) + 2;

        var squares = pool.stream(endless).map(n -> n * n).filter(n -> n % 2 == 0);
        assertThat(read).hasValue(0);

        try (var results = squares.sequential()) {
            assertThat(results.limit(10)).startsWith(0, 4, 16).hasSize(10);
        }
        assertThat(read.get()).isLessThanOrEqualTo(20 + ahead);
    }

    @Test
    void imapUnordered_readsOnlyALittleAhead_andACloseCancelsTheRest() throws Exception {
        var read = new AtomicInteger();
        Iterable<Integer> endless = () -> Stream.generate(read::getAndIncrement).iterator();
        int ahead = 2 * Math.min(pool.size(), 64) + 2;

        var results = pool.<Integer, Integer>imapUnordered(n -> n, endless, 3);
        for (int i = 1; i <= 30; i++) {
            results.next();
            assertThat(read.get()).isLessThanOrEqualTo(i + 3 * ahead + 3);
        }
        results.close();

        assertThat(results.hasNext()).isFalse();
        assertThat(pool.map(n -> n, range(2))).containsExactly(0, 1);
    }

    @Test
    void imap_goesOnAfterAFailure() {
        var results = pool.<Integer, Integer>imap(
                n -> {
                    if (n == 1) throw new IllegalStateException("one");
                    return n;
                },
                range(3));

        assertThat(results.next()).isZero();
        assertThatThrownBy(results::next).isInstanceOf(TaskFailedException.class);
        assertThat(results.next()).isEqualTo(2);
        assertThat(results.hasNext()).isFalse();
        assertThatThrownBy(results::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void completableFutures_takeItAsTheirExecutor() throws Exception {
        int captured = 40;
        var future = CompletableFuture.supplyAsync((Supplier<Integer> & Serializable) () -> captured + 2, pool)
                .thenApplyAsync((Function<Integer, String> & Serializable) n -> "it is " + n, pool);

        assertThat(future.get(20, TimeUnit.SECONDS)).isEqualTo("it is 42");
        assertThatThrownBy(() -> CompletableFuture.supplyAsync(
                                (Supplier<Integer> & Serializable) () -> {
                                    throw new IllegalStateException("no");
                                },
                                pool)
                        .get(20, TimeUnit.SECONDS))
                .cause()
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("no");
        var ran = SharedQueue.<Integer>create();
        for (int i = 0; i < 3; i++) // the same function again and again
        CompletableFuture.runAsync((Runnable & Serializable) () -> ran.offer(captured), pool)
                    .get(20, TimeUnit.SECONDS);
        assertThat(ran).containsExactly(captured, captured, captured);
        var combined = CompletableFuture.supplyAsync((Supplier<Integer> & Serializable) () -> 1, pool)
                .thenCombineAsync(
                        CompletableFuture.completedFuture(2),
                        (BiFunction<Integer, Integer, Integer> & Serializable) (a, b) -> a + b,
                        pool);
        assertThat(combined.get(20, TimeUnit.SECONDS)).isEqualTo(3);
    }

    @Test
    void aCompletionService_givesWhatIsReadyFirst() throws Exception {
        var gate = SharedQueue.<String>create();
        var service = new ExecutorCompletionService<String>(pool);

        service.submit((Call<String>) () -> gate.take());
        service.submit((Call<String>) () -> "at once");

        assertThat(service.take().get()).isEqualTo("at once");
        gate.put("later");
        assertThat(service.take().get()).isEqualTo("later");
        assertThat(service.poll()).isNull();
        var failing = service.submit((Call<String>) () -> {
            throw new IllegalStateException("no");
        });
        assertThat(service.take()).isSameAs(failing);
        assertThatThrownBy(failing::get).hasCauseExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void invokeAll_withATime_cancelsWhatIsLate() throws Exception {
        List<Callable<Integer>> calls = List.of((Call<Integer>) () -> 1, (Call<Integer>) () -> {
            Thread.sleep(60_000);
            return 2;
        });
        pool.map(n -> n, range(2)); // so that workers are there

        var futures = pool.invokeAll(calls, 2, TimeUnit.SECONDS);

        assertThat(futures.get(0).get()).isEqualTo(1);
        assertThat(futures.get(1).isCancelled()).isTrue();
    }

    @Test
    void listeners_hearOfEachTask_andNothingAfterTheyAreRemoved() throws Exception {
        var events = new LinkedBlockingQueue<PoolEvent>();
        PoolListener listener = events::add;
        pool.addListener(_ -> {
            throw new IllegalStateException("a listener that fails stops nobody");
        });
        pool.addListener(listener);

        pool.map(n -> n, range(3), 1);
        assertThatThrownBy(() -> pool.map(n -> 1 / n, range(1)));

        var heard = new ArrayList<PoolEvent.OfTasks>();
        while (heard.size()
                < 12) { // four tasks are submitted, started, ended; a call may return before the last is told
            var event = events.poll(10, TimeUnit.SECONDS);
            assertThat(event).isNotNull();
            if (event instanceof PoolEvent.OfTasks tasks) heard.add(tasks);
        }
        assertThat(heard).filteredOn(PoolEvent.TasksSubmitted.class::isInstance).hasSize(4);
        assertThat(heard).filteredOn(PoolEvent.TasksStarted.class::isInstance).hasSize(4);
        assertThat(heard)
                .filteredOn(PoolEvent.TasksDone.class::isInstance)
                .hasSize(3)
                .allSatisfy(event -> {
                    assertThat(event.verb()).isEqualTo("map");
                    assertThat(event.tasks()).isEqualTo(1);
                    assertThat(((PoolEvent.TasksDone) event).took()).isPositive();
                    assertThat(((PoolEvent.TasksDone) event).worker()).isNotEmpty();
                });
        assertThat(heard)
                .filteredOn(PoolEvent.TasksFailed.class::isInstance)
                .singleElement()
                .satisfies(event -> assertThat(((PoolEvent.TasksFailed) event).failure())
                        .hasRootCauseInstanceOf(ArithmeticException.class));

        pool.removeListener(listener);
        pool.map(n -> n, range(3));
        assertThat(events).allMatch(PoolEvent.OfWorker.class::isInstance);
    }
}
