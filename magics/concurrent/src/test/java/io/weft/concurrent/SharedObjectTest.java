package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// What shared objects promise, from this JVM and from workers.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharedObjectTest {
    private Pool pool = Pool.of(2);
    private Manager manager = Manager.local();

    @BeforeAll
    void start() throws Exception {
        manager = Manager.start();
    }

    @AfterAll
    void stop() {
        pool.terminate();
        manager.close();
    }

    private List<Manager> managers() {
        return List.of(manager, Manager.local());
    }

    @Test
    void aDictIsAMap_forWorkersToo() throws Exception {
        for (var each : managers()) {
            Map<String, Integer> dict = each.dict();
            dict.putAll(Map.of("a", 1));

            pool.map(n -> dict.merge("sum", n, Integer::sum), range(100), 1);

            assertThat(dict).hasSize(2).containsEntry("sum", 4950).containsEntry("a", 1);
            assertThat(dict.remove("a")).isEqualTo(1);
            assertThat(dict.replace("sum", 4950, 0)).isTrue();
            assertThat(dict.computeIfAbsent("x", String::length)).isEqualTo(1);
            assertThat(dict).hasToString("{sum=0, x=1}");
        }
    }

    @Test
    void listNamespaceValueArrayCounter_changeFromWorkers() throws Exception {
        for (var each : managers()) {
            List<Integer> list = each.list();
            var namespace = each.namespace();
            var value = each.value(1);
            var array = each.array(3);
            var counter = each.counter();

            pool.map(
                    n -> {
                        list.add(n);
                        counter.increment();
                        array.add(n % 3, 1);
                        value.update(v -> v + 1);
                        namespace.set("last", "x");
                        return 0;
                    },
                    range(9),
                    1);

            assertThat(list)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 9).boxed().toList());
            assertThat(counter.get()).isEqualTo(9);
            assertThat(array.toArray()).containsExactly(3, 3, 3);
            assertThat(value.get()).isEqualTo(10);
            assertThat(namespace).hasToString("Namespace(last=x)");
            assertThat(namespace.get("last", String.class)).isEqualTo("x");
        }
    }

    @Test
    void eventLatchBarrierSemaphore_makeJvmsWaitForEachOther() throws Exception {
        var event = manager.event();
        var latch = manager.latch(2);
        var barrier = manager.barrier(3);
        var semaphore = manager.semaphore(0);

        var waiting = pool.mapAsync(
                _ -> {
                    latch.countDown();
                    barrier.await();
                    event.waitFor();
                    semaphore.release();
                    return event.isSet();
                },
                range(2),
                1);
        assertThat(latch.await(Duration.ofSeconds(20))).isTrue();
        barrier.await(Duration.ofSeconds(20));
        assertThat(event.waitFor(Duration.ofMillis(20))).isFalse();
        event.set();

        assertThat(waiting.get(20, TimeUnit.SECONDS)).containsExactly(true, true);
        assertThat(semaphore.tryAcquire()).isTrue();
        assertThat(semaphore.tryAcquire()).isTrue();
        assertThat(semaphore.tryAcquire()).isFalse();
    }

    @Test
    void aBarrierThatIsAborted_letsNobodyWait_untilItIsReset() throws Exception {
        for (var barrier : List.of(manager.barrier(3), Manager.local().barrier(3))) {
            var waiting = pool.mapAsync(
                    _ -> {
                        try {
                            return "came " + barrier.await();
                        } catch (BrokenBarrierException broken) {
                            return "broken";
                        }
                    },
                    range(2),
                    1);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> barrier.toString().contains("2 of 3"));

            barrier.abort();

            assertThat(waiting.get(20, TimeUnit.SECONDS)).containsExactly("broken", "broken");
            assertThat(barrier.isBroken()).isTrue();
            assertThatThrownBy(barrier::await).isInstanceOf(BrokenBarrierException.class);
            barrier.abort();
            barrier.reset();
            assertThat(barrier.isBroken()).isFalse();
            assertThatThrownBy(() -> barrier.await(Duration.ofMillis(10))).isInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void aQueueKeepsItsOrder_andItsCapacity() throws Exception {
        for (SharedQueue<Integer> queue : List.of(SharedQueue.<Integer>create(2), manager.<Integer>queue(2))) {
            var producer = pool.applyAsync(() -> {
                for (int i = 0; i < 50; i++) queue.put(i);
                return queue.size();
            });
            for (int i = 0; i < 50; i++) {
                assertThat(queue.get(Duration.ofSeconds(20))).isEqualTo(i);
                queue.taskDone();
            }
            queue.join();
            assertThat(producer.get(20, TimeUnit.SECONDS)).isLessThanOrEqualTo(2);
            assertThat(queue.poll()).isNull();
            assertThatThrownBy(() -> queue.get(Duration.ofMillis(10))).isInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void anInterruptedTake_endsAtOnce_andLosesNothing() throws Exception {
        SharedQueue<Integer> queue = manager.queue();
        for (int round = 0; round < 100; round++) {
            var taken = new CompletableFuture<Integer>();
            var taker = Thread.startVirtualThread(() -> {
                try {
                    taken.complete(queue.take());
                } catch (InterruptedException stop) {
                    taken.complete(-1);
                }
            });
            int element = round;
            var putter = Thread.startVirtualThread(() -> queue.add(element));
            taker.interrupt();
            putter.join();

            int got = taken.get(10, TimeUnit.SECONDS);
            if (got == -1) got = queue.get(Duration.ofSeconds(10));
            assertThat(got).isEqualTo(round);
        }
        assertThat(queue).isEmpty();
    }

    @Test
    void anElementOnItsWayToAWorkerThatDies_comesBack() throws Exception {
        SharedQueue<Integer> queue = SharedQueue.create();
        var taken = SharedQueue.<Integer>create();
        var process = WorkerProcess.start(() -> {
            taken.put(queue.take());
            queue.take();
        });
        queue.put(1);
        assertThat(taken.get(Duration.ofSeconds(20))).isEqualTo(1);

        process.kill();
        assertThat(process.completion()).failsWithin(Duration.ofSeconds(10));
        queue.put(2);

        assertThat(queue.get(Duration.ofSeconds(5))).isEqualTo(2);
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // its holder dies
    void aLockIsFreed_whenTheProcessOfItsHolderDies() throws Exception {
        for (var lock : List.of(SharedLock.create(), manager.lock())) {
            var held = SharedQueue.<Boolean>create();
            var process = WorkerProcess.start(() -> {
                lock.lock();
                lock.lock();
                held.put(true);
                Thread.sleep(60_000);
            });
            held.take();
            assertThat(lock.tryLock()).isFalse();

            process.kill();

            assertThat(lock.tryLock(10, TimeUnit.SECONDS)).isTrue();
            assertThat(lock.isHeldByCurrentThread()).isTrue();
            lock.unlock();
            assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
        }
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // an interrupt may come at any step
    void aLockKeepsItsSteps_whenThreadsAreInterrupted() throws Exception {
        var lock = manager.lock();
        for (int round = 0; round < 50; round++) {
            var thread = Thread.startVirtualThread(() -> {
                try {
                    lock.lockInterruptibly();
                    lock.unlock();
                } catch (InterruptedException stop) {
                    // nothing is held
                }
            });
            thread.interrupt();
            thread.join();
        }
        assertThat(lock.tryLock(10, TimeUnit.SECONDS)).isTrue();
        lock.unlock();
    }

    @Test
    void whenAManagerDies_everyCallSaysSo_alsoOneThatWaits() throws Exception {
        var doomed = Manager.start("doomed");
        SharedDict<String, String> dict = doomed.dict();
        SharedQueue<String> queue = doomed.queue();
        var waiting = new CompletableFuture<String>();
        Thread.startVirtualThread(() -> {
            try {
                waiting.complete(queue.take());
            } catch (Exception failure) {
                waiting.completeExceptionally(failure);
            }
        });

        ProcessHandle.of(doomed.pid()).orElseThrow().destroyForcibly();

        assertThatThrownBy(() -> waiting.get(5, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(ObjectLostException.class)
                .hasMessageContaining("doomed")
                .hasMessageContaining(Long.toString(doomed.pid()))
                .hasMessageContaining("died with exit code 137 (SIGKILL); what it held")
                .hasNoCause();
        assertThatThrownBy(() -> dict.get("x"))
                .isInstanceOf(ObjectLostException.class)
                .satisfies(lost -> assertThat(lost.getStackTrace()[0].getClassName())
                        .startsWith(SharedObjectTest.class.getName()));
        doomed.close();
    }

    @Test
    void anErrorOfAnObjectElsewhere_pointsAtTheCall_andSaysWhatIsWrong() {
        var array = manager.array(new int[3]);
        var condition = manager.condition();
        var broken = manager.barrier(2);
        broken.abort();

        assertThatThrownBy(() -> manager.boundedSemaphore(2).release())
                .hasMessageContaining("2 of at most 2 permits")
                .satisfies(this::beginsHere);
        assertThatThrownBy(() -> manager.list().get(7))
                .hasMessageContaining("Index 7 out of bounds for length 0")
                .satisfies(this::beginsHere);
        assertThatThrownBy(() -> manager.barrier(0))
                .hasMessage("a barrier needs at least 1 party, not 0")
                .satisfies(this::beginsHere);
        assertThatThrownBy(() -> manager.latch(-1))
                .hasMessage("a latch cannot begin with a count of -1")
                .satisfies(this::beginsHere);
        for (ThrowingCallable wrong : List.<ThrowingCallable>of(
                () -> array.get(3), () -> array.set(3, 1), () -> array.add(3, 1), () -> array.update(3, n -> n))) {
            assertThatThrownBy(wrong)
                    .isInstanceOf(ArrayIndexOutOfBoundsException.class)
                    .hasMessage("there is no index 3 in an array of length 3")
                    .satisfies(this::beginsHere);
        }
        assertThatThrownBy(() -> condition.signal())
                .isInstanceOf(IllegalMonitorStateException.class)
                .satisfies(this::beginsHere);
        assertThatThrownBy(() -> broken.await())
                .hasMessageContaining("the barrier of 2 parties is broken")
                .hasMessageContaining("reset()")
                .satisfies(this::beginsHere);
        broken.reset();
        assertThatThrownBy(() -> broken.await(Duration.ofMillis(10)))
                .hasMessageContaining("not all of the 2 parties came to the barrier within 10 ms")
                .satisfies(this::beginsHere);
    }

    @Test
    void anErrorThatTravels_whileItsThreadIsInterrupted_pointsAtTheCallToo() {
        var array = manager.array(3);
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> array.set(3, 1)).satisfies(this::beginsHere);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private void beginsHere(Throwable failure) {
        assertThat(failure.getStackTrace()[0].getClassName())
                .isEqualTo(getClass().getName());
    }

    @Test
    void anErrorOfAFunctionThatRanElsewhere_hasItsFramesFirst_thenThoseOfTheCall() {
        var value = manager.value(2);

        assertThatThrownBy(() -> Inverse.replace(value))
                .hasMessageStartingWith("in process ")
                .hasMessageNotContaining(
                        "in process %d ".formatted(ProcessHandle.current().pid()))
                .satisfies(failure -> assertThat(methods(failure))
                        .startsWith("of", "lambda$replace", "replace")
                        .anyMatch(method -> method.startsWith("anErrorOfAFunctionThatRanElsewhere_"))
                        .doesNotContain("callWithoutScope", "serve", "update"))
                .cause()
                .isInstanceOf(ArithmeticException.class)
                .satisfies(cause -> assertThat(methods(cause)).startsWith("of", "lambda$replace", "replace"));
    }

    private static List<String> methods(Throwable failure) {
        return Arrays.stream(failure.getStackTrace())
                .map(frame -> frame.getMethodName().replaceFirst("(lambda\\$\\w+)\\$.*", "$1"))
                .toList();
    }

    /// Reaches nothing that cannot travel.
    private static final class Inverse {
        static void replace(Value<Integer> value) {
            value.update((UnaryOperator<Integer> & Serializable) n -> of(n - 2));
        }

        private static int of(int n) {
            try {
                return 1 / n;
            } catch (ArithmeticException none) {
                throw new IllegalStateException(
                        "in process %d nothing is the inverse of 0"
                                .formatted(ProcessHandle.current().pid()),
                        none);
            }
        }
    }

    @Test
    void whoUsesAManagerThatEndedByItself_orWasClosed_isToldWhich() throws Exception {
        try (var quits = Manager.start()) {
            quits.register(Quitter.class, Quitter::new);
            var quitter = quits.create(Quitter.class);
            assertThatThrownBy(quitter::quit)
                    .isInstanceOf(ObjectLostException.class)
                    .hasMessageContaining("died with exit code 5; what it held");
        }
        var closed = Manager.start();
        var dict = closed.dict();
        closed.close();
        assertThatThrownBy(dict::size).hasMessageContaining("has been closed; what it held");
    }

    static class Quitter {
        void quit() {
            Runtime.getRuntime().halt(5);
        }
    }

    @Test
    void sharedObjectsComeHomeAsThemselves() throws Exception {
        var queue = SharedQueue.<Integer>create();
        SharedDict<String, Integer> dict = manager.dict();

        assertThat(pool.<SharedQueue<Integer>>apply(() -> queue)).isSameAs(queue);
        assertThat(pool.<SharedDict<String, Integer>>apply(() -> dict)).isEqualTo(dict);
        var all = new ArrayList<Object>();
        all.add(queue);
        assertThat(pool.map(o -> o, all)).first().isSameAs(queue);
    }
}
