package io.weft.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// What becomes of elements that are under way when something happens to one of those who share a queue.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueueFaultTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private Manager manager = Manager.local();

    @BeforeAll
    void start() throws Exception {
        manager = Manager.start();
    }

    @AfterAll
    void stop() {
        manager.close();
    }

    private <E> List<SharedQueue<E>> queues() {
        return List.of(SharedQueue.create(), manager.queue());
    }

    private static void signal(long pid, String which) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + which, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    /// Stops a process: no thread of it runs when this returns.
    private static void stop(long pid) throws Exception {
        signal(pid, "STOP");
        await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> {
            try (var threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
                for (var thread : threads.toList())
                    if (!Files.readString(thread.resolve("stat")).contains(") T ")) return false;
                return true;
            }
        });
    }

    /// Puts numbers in a row, not faster than anybody can hold them.
    private static void putForEver(SharedQueue<Integer> queue) throws InterruptedException {
        for (int i = 0; ; i++) {
            queue.put(i);
            if (i % 500 == 499) LockSupport.parkNanos(1_000_000);
        }
    }

    private static List<Integer> rest(SharedQueue<Integer> queue) {
        var rest = new ArrayList<Integer>();
        queue.drainTo(rest);
        return rest;
    }

    private static List<Integer> first(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void whenAProducerIsKilled_whileItsElementsAreUnderWay_aWholeBeginningOfThemIsThere() throws Exception {
        for (var queue : this.<Integer>queues()) {
            var producer = WorkerProcess.start(() -> putForEver(queue));
            var got = new ArrayList<Integer>();
            while (got.size() < 50_000) got.addAll(queue.takeUpTo(100));

            producer.kill();
            assertThat(producer.completion()).failsWithin(SOON);
            queue.put(-1);

            for (int next = queue.get(SOON); next >= 0; next = queue.get(SOON)) got.add(next);
            got.addAll(rest(queue)); // what was read from the dead one's connection after that
            assertThat(got).isEqualTo(first(got.size()));
        }
    }

    @Test
    void whenTheQueueIsClosed_whileElementsAreUnderWay_theProducerHearsOfIt_andWhatArrivedStays() throws Exception {
        for (var queue : this.<Integer>queues()) {
            var producer = WorkerProcess.start(() -> {
                try {
                    putForEver(queue);
                } catch (QueueClosedException end) {
                    System.exit(7);
                }
            });
            await().atMost(SOON).until(() -> queue.size() > 10_000);

            queue.close();

            await().atMost(SOON).until(() -> producer.exitCode().orElse(-1) == 7);
            var left = rest(queue);
            assertThat(left).hasSizeGreaterThan(10_000).isEqualTo(first(left.size()));
            assertThatThrownBy(queue::take).isInstanceOf(QueueClosedException.class);
        }
    }

    @Test
    void aTaskThatPutIntoAClosedQueue_fails_alsoIfItDidNotLook() throws Exception {
        SharedQueue<Integer> open = SharedQueue.create();
        SharedQueue<Integer> closed = SharedQueue.create();
        closed.close();
        try (var pool = Pool.of(1)) {
            for (int i = 0; i < 3; i++) {
                open.put(i);
                assertThatThrownBy(() -> pool.apply(() -> {
                            int taken = open.take();
                            closed.put(taken);
                            return taken;
                        }))
                        .isInstanceOf(TaskFailedException.class)
                        .hasCauseInstanceOf(QueueClosedException.class);

                open.put(i);
                assertThat(pool.<Boolean>apply(() -> {
                            int taken = open.take();
                            closed.put(taken);
                            try {
                                return open.isEmpty();
                            } catch (QueueClosedException told) {
                                return null;
                            }
                        }))
                        .isNull();
            }
        }
    }

    @Test
    void aProducerThatIsInterrupted_whileVeryMuchIsUnderWay_hasPutWhatItWasNotToldOtherwise() throws Exception {
        try (var stopped = Manager.start()) {
            SharedQueue<Integer> queue = stopped.queue();
            var put = new AtomicInteger();
            var told = new CompletableFuture<Boolean>();
            var producer = Thread.ofPlatform().start(() -> {
                try {
                    while (true) {
                        queue.put(put.get());
                        put.incrementAndGet();
                    }
                } catch (InterruptedException expected) {
                    told.complete(true);
                } catch (Exception other) {
                    told.completeExceptionally(other);
                }
            });
            await().atMost(SOON).until(() -> put.get() > 1000);
            stop(stopped.pid());
            var before = new AtomicInteger();
            await().atMost(SOON).until(() -> before.getAndSet(put.get()) == put.get());

            producer.interrupt();
            assertThat(told).succeedsWithin(SOON);
            signal(stopped.pid(), "CONT");

            await().atMost(SOON).until(() -> queue.size() == put.get());
            assertThat(rest(queue)).isEqualTo(first(put.get()));
        }
    }

    @Test
    void whenTheJvmOfAQueueIsKilled_itsProducersAndConsumersHearOfIt_andOtherQueuesGoOn() throws Exception {
        var doomed = Manager.start();
        SharedQueue<Integer> queue = doomed.queue();
        SharedQueue<Integer> empty = doomed.queue();
        SharedQueue<Integer> alive = manager.queue();
        var ready = SharedQueue.<Boolean>create();
        var producer = WorkerProcess.start(() -> {
            ready.put(true);
            try {
                putForEver(queue);
            } catch (ObjectLostException lost) {
                alive.put(1);
                System.exit(7);
            }
        });
        var echo = WorkerProcess.start(() -> {
            ready.put(true);
            try {
                while (true) queue.put(queue.take());
            } catch (ObjectLostException lost) {
                alive.put(2);
                System.exit(7);
            }
        });
        var taker = CompletableFuture.runAsync(() -> {
            assertThatThrownBy(empty::take).isInstanceOf(ObjectLostException.class);
        });
        var here = CompletableFuture.runAsync(() -> {
            assertThatThrownBy(() -> putForEver(queue)).isInstanceOf(ObjectLostException.class);
        });
        ready.take();
        ready.take();
        await().atMost(SOON).until(() -> queue.size() > 1000);

        signal(doomed.pid(), "KILL");

        assertThat(taker).succeedsWithin(SOON);
        assertThat(here).succeedsWithin(SOON);
        assertThat(List.of(alive.get(SOON), alive.get(SOON))).containsExactlyInAnyOrder(1, 2);
        await().atMost(SOON).until(() -> producer.exitCode().orElse(-1) == 7);
        await().atMost(SOON).until(() -> echo.exitCode().orElse(-1) == 7);
        alive.put(3);
        assertThat(alive.take()).isEqualTo(3);
        doomed.close();
    }

    @Test
    void anElementThatWasHandedToADyingConsumer_goesBackToTheHead() throws Exception {
        for (var queue : this.<Integer>queues()) {
            var ready = SharedQueue.<Boolean>create();
            var consumer = WorkerProcess.start(() -> {
                ready.put(true);
                queue.take();
            });
            ready.take();
            // stopped while it waits: what is put next is handed to it, and stays unread
            await().atMost(SOON).until(() -> {
                stop(consumer.pid());
                queue.put(1);
                boolean handed = queue.poll() == null;
                if (!handed) signal(consumer.pid(), "CONT");
                return handed;
            });
            queue.put(2);
            assertThat(queue.size()).isEqualTo(1);

            consumer.kill();

            await().atMost(SOON).until(() -> queue.size() == 2);
            assertThat(rest(queue)).containsExactly(1, 2);
            queue.taskDone();
            queue.taskDone();
        }
    }

    @Test
    void consumersThatAreKilledAtAnyMoment_loseOneElementEachAtMost_andNoneComesTwice() throws Exception {
        for (var queue : this.<Integer>queues()) {
            var seen = SharedQueue.<Integer>create();
            int elements = 4000;
            int kills = 4;
            for (int i = 0; i < elements; i++) queue.put(i);
            for (int i = 0; i < kills; i++) {
                var consumer = WorkerProcess.start(() -> {
                    while (true) seen.put(queue.take());
                });
                int enough = seen.size() + 200 + 37 * i;
                await().pollInterval(Duration.ofMillis(1)).atMost(SOON).until(() -> seen.size() >= enough);
                consumer.kill();
                assertThat(consumer.completion()).failsWithin(SOON);
            }

            // the connections of the last one are read to their end soon
            await().atMost(SOON).until(() -> seen.size() + queue.size() >= elements - kills);
            var all = rest(seen);
            all.addAll(rest(queue));
            assertThat(all).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(elements - kills);
        }
    }

    @Test
    void aTakeThatIsInterrupted_asAnElementComes_hasItOrLeavesIt() throws Exception {
        for (var queue : this.<Integer>queues()) {
            for (int i = 0; i < 150; i++) {
                int element = i;
                var waits = new CountDownLatch(1);
                var got = new CompletableFuture<Boolean>();
                var taker = Thread.ofPlatform().start(() -> {
                    waits.countDown();
                    try {
                        got.complete(queue.take() == element);
                    } catch (InterruptedException left) {
                        got.complete(false);
                    } catch (Exception other) {
                        got.completeExceptionally(other);
                    }
                });
                waits.await();
                var interrupter = Thread.ofPlatform().start(taker::interrupt);
                queue.put(element);

                if (!got.get(20, TimeUnit.SECONDS)) assertThat(queue.get(SOON)).isEqualTo(element);
                assertThat(queue.poll()).isNull();
                interrupter.join();
                taker.join();
            }
        }
    }

    @Test
    void whatAThreadHasPut_isSeenByTheOthersOfItsJvm_thatItTells() throws Exception {
        var work = SharedQueue.<Integer>create();
        try (var pool = Pool.of(1)) {
            for (var queue : this.<Integer>queues()) {
                int rounds = 300;
                var sizes = pool.applyAsync(() -> {
                    var wrong = new AtomicInteger();
                    var turn = new java.util.concurrent.SynchronousQueue<Integer>();
                    var other = Thread.ofPlatform().start(() -> {
                        try {
                            for (int i = 1; i <= rounds; i++)
                                if (turn.take() != i || queue.size() < i) wrong.incrementAndGet();
                        } catch (InterruptedException | RuntimeException failed) {
                            wrong.addAndGet(10_000);
                        }
                    });
                    for (int i = 1; i <= rounds; i++) {
                        queue.put(work.take());
                        turn.put(i);
                    }
                    other.join();
                    return wrong.get();
                });
                for (int i = 0; i < rounds; i++) work.put(i);

                assertThat(sizes.get(30, TimeUnit.SECONDS)).isZero();
                assertThat(rest(queue)).isEqualTo(first(rounds));
            }
        }
    }

    @Test
    void thoseWhoWait_areServedInTurn_aThreadHereOrAWorker_andALimitEnds() throws Exception {
        for (var queue : this.<Integer>queues()) {
            var results = SharedQueue.<String>create();
            var ready = SharedQueue.<Boolean>create();
            var worker = WorkerProcess.start(() -> {
                results.put("worker none " + queue.poll(50, TimeUnit.MILLISECONDS));
                ready.put(true);
                results.put("worker " + queue.takeUpTo(5));
                results.put("worker " + queue.poll(20, TimeUnit.SECONDS));
            });
            ready.take();
            assertThat(results.get(SOON)).isEqualTo("worker none null");

            queue.putAll(List.of(1, 2));
            assertThat(results.get(SOON)).startsWith("worker [1");
            queue.clear();
            queue.put(3);
            assertThat(results.get(SOON)).isEqualTo("worker 3");
            worker.join();
        }
    }
}
