package io.weft.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// What a queue promises, here, in a manager, and from workers.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharedQueueTest {
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

    /// A value of a class that a manager's JVM does not have.
    record Point(int x) {}

    private <E> List<SharedQueue<E>> queues(int capacity) {
        return List.of(SharedQueue.create(capacity), manager.queue(capacity));
    }

    @Test
    void anElementThatCannotTravel_isOutOfTheQueue_andNobodyWaitsForIt() throws Exception {
        try (var pool = Pool.of(1)) {
            var queue = SharedQueue.<Object>create();
            queue.put(new Thread());
            queue.put("next");

            assertThatThrownBy(() -> pool.apply(() -> queue.take().toString()))
                    .hasMessageContaining("java.lang.Thread");

            assertThat(pool.apply(() -> {
                        var element = queue.take();
                        queue.taskDone();
                        return element;
                    }))
                    .isEqualTo("next");
            assertThat(queue.join(SOON)).isTrue();
            // and so for one who waits
            var waits = pool.applyAsync(() -> queue.take().toString());
            queue.put(new Thread());
            assertThatThrownBy(waits::join).hasMessageContaining("java.lang.Thread");
            assertThat(queue.join(SOON)).isTrue();
            // and in a queue with a limit
            var bounded = SharedQueue.<Object>create(1);
            bounded.put(new Thread());
            assertThatThrownBy(() -> pool.apply(() -> bounded.take().toString()))
                    .hasMessageContaining("java.lang.Thread");
            assertThat(bounded.join(SOON)).isTrue();
        }
    }

    private interface Wait {
        void run() throws Exception;
    }

    /// Runs a wait in a thread of its own; gives how it ends.
    private static CompletableFuture<Void> waiting(Wait wait) {
        var end = new CompletableFuture<Void>();
        Thread.startVirtualThread(() -> {
            try {
                wait.run();
                end.complete(null);
            } catch (Exception failure) {
                end.completeExceptionally(failure);
            }
        });
        return end;
    }

    @Test
    void aClosedQueue_givesWhatIsLeft_andThenSaysThatThereIsNoMore() throws Exception {
        for (var queue : this.<Integer>queues(10)) {
            try (queue) {
                queue.putAll(List.of(1, 2));
            }
            queue.close();

            assertThat(queue.isClosed()).isTrue();
            assertThatThrownBy(() -> queue.put(3)).isInstanceOf(QueueClosedException.class);
            assertThatThrownBy(() -> queue.offer(3)).isInstanceOf(QueueClosedException.class);
            assertThatThrownBy(() -> queue.add(3)).isInstanceOf(IllegalStateException.class);
            assertThat(queue.take()).isEqualTo(1);
            assertThat(queue.takeUpTo(5)).containsExactly(2);
            assertThatThrownBy(queue::take).isInstanceOf(QueueClosedException.class);
            assertThatThrownBy(() -> queue.get(SOON)).isInstanceOf(QueueClosedException.class);
            assertThat(queue.poll(20, TimeUnit.SECONDS)).isNull();
            assertThat(queue.takeUpTo(5)).isEmpty();
        }
    }

    @Test
    void closing_endsThoseWhoWaitForRoomOrForElements() throws Exception {
        for (int i = 0; i < 2; i++) {
            SharedQueue<Integer> queue = this.<Integer>queues(1).get(i);
            SharedQueue<Integer> empty = this.<Integer>queues(1).get(i);
            queue.put(1);
            var put = waiting(() -> queue.put(2));
            var putAll = waiting(() -> queue.putAll(List.of(3, 4)));
            var take = waiting(empty::take);
            var some = waiting(() -> assertThat(empty.takeUpTo(3)).isEmpty());
            var worker = WorkerProcess.start(() -> {
                try {
                    empty.take();
                } catch (QueueClosedException end) {
                    System.exit(7);
                }
            });

            queue.close();
            empty.close();

            assertThat(put)
                    .failsWithin(SOON)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(QueueClosedException.class);
            assertThat(putAll).failsWithin(SOON).withThrowableThat().withMessageContaining("0 of 2 elements were put");
            assertThat(take)
                    .failsWithin(SOON)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(QueueClosedException.class);
            assertThat(some).succeedsWithin(SOON);
            await().atMost(SOON).until(() -> worker.exitCode().orElse(-1) == 7);
            assertThat(queue.closeNow()).containsExactly(1);
            assertThat(queue.join(SOON)).isTrue();
        }
    }

    @Test
    void manyProducersAndConsumers_passEveryElementOnce_inBatchesToo() throws Exception {
        try (var pool = Pool.of(4)) {
            for (var queue : this.<Integer>queues(50)) {
                var producers = pool.mapAsync(
                        n -> {
                            queue.putAll(range(n * 100, n * 100 + 100));
                            return n;
                        },
                        range(0, 2),
                        1);
                var consumers = pool.mapAsync(
                        _ -> {
                            var got = new ArrayList<Integer>();
                            for (var some = queue.takeUpTo(7); !some.isEmpty(); some = queue.takeUpTo(7)) {
                                got.addAll(some);
                                some.forEach(_ -> queue.taskDone());
                            }
                            return got;
                        },
                        range(0, 2),
                        1);

                producers.get(20, TimeUnit.SECONDS);
                queue.join();
                queue.close();

                assertThat(consumers.get(20, TimeUnit.SECONDS).stream().flatMap(List::stream))
                        .containsExactlyInAnyOrderElementsOf(range(0, 200));
            }
        }
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    @Test
    void aQueueIsACollection_alsoOfValuesWhoseClassItsHomeDoesNotKnow() throws Exception {
        for (var queue : this.<Point>queues(100)) {
            queue.putAll(IntStream.range(0, 10).mapToObj(Point::new).toList());

            assertThat(queue.contains(new Point(3))).isTrue();
            assertThat(queue.remove(new Point(3))).isTrue();
            assertThat(queue.contains(new Point(3))).isFalse();
            assertThat(queue.removeAll(List.of(new Point(0), new Point(1)))).isTrue();
            assertThat(queue.retainAll(List.of(new Point(4), new Point(5), new Point(6), new Point(7))))
                    .isTrue();
            for (var each = queue.iterator(); each.hasNext(); ) if (each.next().x() == 5) each.remove();
            assertThat(queue).containsExactly(new Point(4), new Point(6), new Point(7));
            var target = new ArrayList<Point>();
            assertThat(queue.drainTo(target, 2)).isEqualTo(2);
            assertThat(queue.drainTo(target, 0)).isZero();
            assertThat(target).containsExactly(new Point(4), new Point(6));
            assertThat(queue.element()).isEqualTo(new Point(7));
            assertThatThrownBy(() -> queue.drainTo(queue)).isInstanceOf(IllegalArgumentException.class);
            assertThat(queue.remainingCapacity()).isEqualTo(99);
            queue.taskDone();
            queue.taskDone();
            queue.clear();
            assertThat(queue.join(Duration.ZERO)).isTrue();
            assertThatThrownBy(queue::taskDone).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(queue::remove).isInstanceOf(java.util.NoSuchElementException.class);
        }
        assertThat(SharedQueue.create().remainingCapacity()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aProducerKilledInTheMiddleOfPut_harmsNobody() throws Exception {
        for (var queue : this.<byte[]>queues(1)) {
            var started = SharedQueue.<Boolean>create();
            var producer = WorkerProcess.start(() -> {
                started.put(true);
                while (true) queue.put(new byte[100_000]);
            });
            started.take();
            queue.take();

            producer.kill();
            assertThat(producer.completion()).failsWithin(SOON);

            // whole elements are left at most; then others have the queue
            for (var left = queue.poll(); left != null; left = queue.poll())
                assertThat(left).hasSize(100_000);
            queue.put(new byte[1]);
            assertThat(queue.get(SOON)).hasSize(1);
            assertThatThrownBy(() -> queue.get(Duration.ofMillis(10))).isInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void aConsumerKilledInTheMiddleOfTake_harmsNobody_andJoinSaysWhatItLeft() throws Exception {
        for (var queue : this.<Integer>queues(100)) {
            var started = SharedQueue.<Boolean>create();
            var consumer = WorkerProcess.start("eater", () -> {
                queue.take();
                queue.takeUpTo(2);
                queue.taskDone();
                started.put(true);
                queue.take();
            });
            queue.putAll(List.of(1, 2, 3));
            started.take();
            var joining = waiting(queue::join);

            consumer.kill();

            assertThat(joining)
                    .failsWithin(SOON)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(IllegalStateException.class)
                    .withMessageContaining("eater (pid %d) had taken 2 elements", consumer.pid());
            queue.join();
            queue.put(4);
            assertThat(queue.get(SOON)).isEqualTo(4);
            queue.taskDone();
            queue.join();
        }
    }
}
