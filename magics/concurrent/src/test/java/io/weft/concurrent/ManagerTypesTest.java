package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// What the objects of a manager promise, in a JVM of its own and in this one, and from workers.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManagerTypesTest {
    private static final Duration SOON = Duration.ofSeconds(20);

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

    /// A value of a class that a manager's JVM does not have.
    record Point(int x, int y) {}

    @Test
    void aSetIsASet_forWorkersToo() throws Exception {
        for (var each : managers()) {
            Set<Point> set = each.set();

            pool.map(n -> set.add(new Point(n % 5, 0)), range(20), 1);

            assertThat(set).hasSize(5).contains(new Point(4, 0));
            assertThat(set.addAll(List.of(new Point(1, 0), new Point(9, 9)))).isTrue();
            assertThat(set.removeAll(List.of(new Point(0, 0), new Point(1, 0)))).isTrue();
            assertThat(set.retainAll(List.of(new Point(2, 0), new Point(9, 9)))).isTrue();
            set.removeIf(point -> point.x() == 9);
            assertThat(set).isEqualTo(Set.of(new Point(2, 0)));
            assertThat(set.contains(null)).isFalse();
        }
    }

    @Test
    void aListInADict_changedByAWorker_isSeenByAll() throws Exception {
        for (var each : managers()) {
            Map<String, List<Point>> dict = each.dict();
            dict.put("a", new ArrayList<>(List.of(new Point(0, 0))));
            Map<String, Map<String, Set<Integer>>> deep = each.dict();
            deep.put("b", new HashMap<>(Map.of("c", new HashSet<>(Set.of(1)))));
            List<List<Integer>> table = each.list();
            table.add(new ArrayList<>());

            pool.map(
                    n -> {
                        requireNonNull(dict.get("a")).add(new Point(n, n));
                        dict.computeIfAbsent("new", _ -> new ArrayList<>()).add(new Point(n, 0));
                        requireNonNull(requireNonNull(deep.get("b")).get("c")).add(n);
                        table.get(0).add(n);
                        return 0;
                    },
                    range(10),
                    1);

            assertThat(dict.get("a")).hasSize(11).contains(new Point(9, 9));
            assertThat(dict.get("new")).hasSize(10);
            assertThat(requireNonNull(deep.get("b")).get("c")).hasSize(10);
            assertThat(table.getFirst()).containsExactlyInAnyOrderElementsOf(range(10));
            assertThat(table).isEqualTo(List.of(table.getFirst()));
        }
    }

    @Test
    void dictsListsAndSets_canBeginWithWhatIsThere() throws Exception {
        var counts = manager.dict(Map.of("a", 1, "b", 2));
        var words = manager.list(List.of("warp", "weft"));
        var seen = manager.set(List.of(1, 1, 2));

        assertThat(pool.apply(() -> counts.get("b") + words.get(1) + seen.size()))
                .isEqualTo("2weft2");
    }

    @Test
    void listsDoInOneStep_whatJavasListsCan() throws Exception {
        for (var each : managers()) {
            SharedList<Point> list = each.list();
            list.addAll(List.of(new Point(3, 0), new Point(1, 0), new Point(2, 0)));

            list.sort(Comparator.comparingInt(Point::x));
            list.replaceAll(point -> new Point(point.x(), 1));
            list.addAll(1, List.of(new Point(8, 1), new Point(9, 1)));
            list.removeIf(point -> point.x() == 8);
            assertThat(list.update(0, point -> new Point(7, 7))).isEqualTo(new Point(7, 7));
            list.removeAll(List.of(new Point(9, 1)));

            assertThat(list).containsExactly(new Point(7, 7), new Point(2, 1), new Point(3, 1));
            assertThat(list.hashCode())
                    .isEqualTo(List.of(new Point(7, 7), new Point(2, 1), new Point(3, 1))
                            .hashCode());
            assertThat(list.stream().mapToInt(Point::y).sum()).isEqualTo(9);

            SharedList<Integer> numbers = each.list();
            pool.map(
                    n -> {
                        numbers.update(all -> {
                            all.add(all.size());
                            return all;
                        });
                        return n;
                    },
                    range(20),
                    1);
            assertThat(numbers).containsExactlyElementsOf(range(20));
        }
    }

    @Test
    void arraysOfEveryType_changeInSteps() throws Exception {
        for (var each : managers()) {
            var ints = each.array(new int[3]);
            var longs = each.array(new long[] {1L << 40});
            var doubles = each.array(0.5, 1.5);
            var points = each.array(new Point[] {new Point(1, 1), null});

            pool.map(
                    n -> {
                        ints.add(n % 3, 2);
                        longs.update(0, v -> v + 1);
                        points.update(0, p -> new Point(p.x() + 1, p.y()));
                        return doubles.add(0, 0.25);
                    },
                    range(9),
                    1);

            assertThat(ints.toArray()).containsExactly(6, 6, 6);
            assertThat(ints.compareAndSet(1, 6, 0)).isTrue();
            ints.setAll(1, 4, 5);
            assertThat(ints.toArray(1, 3)).containsExactly(4, 5);
            assertThat(longs.get(0)).isEqualTo((1L << 40) + 9);
            assertThat(doubles.toArray()).containsExactly(2.75, 1.5);
            assertThat(points.toList()).containsExactly(new Point(10, 1), null);
            assertThatThrownBy(() -> ints.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> ints.setAll(2, 1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // the holder is a process that dies
    void aLockThatADeadProcessHeld_isFree_andSaysSo() throws Exception {
        for (var lock : List.of(SharedLock.create(), manager.rlock())) {
            var held = SharedQueue.<Boolean>create();
            var process = WorkerProcess.start("holder", () -> {
                lock.lock();
                held.put(true);
                Thread.sleep(60_000);
            });
            held.take();
            assertThat(lock.abandonedBy()).isEmpty();

            process.kill();

            assertThat(lock.tryLock(20, TimeUnit.SECONDS)).isTrue();
            assertThat(lock.abandonedBy()).contains("holder (pid %d)".formatted(process.pid()));
            lock.unlock();
            assertThat(lock.abandonedBy()).isEmpty();
        }
    }

    @Test
    void permitsOfADeadProcess_comeBack_butSignalsDoNot() throws Exception {
        for (var each : managers()) {
            var semaphore = each.semaphore(2);
            var signals = each.semaphore(0);
            signals.release(3);
            var held = SharedQueue.<Boolean>create();
            var process = WorkerProcess.start(() -> {
                semaphore.acquire(2);
                signals.acquire();
                held.put(true);
                Thread.sleep(60_000);
            });
            held.take();
            assertThat(semaphore.tryAcquire()).isFalse();

            process.kill();

            assertThat(semaphore.tryAcquire(SOON)).isTrue();
            assertThat(semaphore.availablePermits()).isEqualTo(1);
            assertThat(signals.availablePermits()).isEqualTo(2);
        }
    }

    @Test
    void aBoundedSemaphore_refusesMoreReleasesThanAcquires() throws Exception {
        for (var each : managers()) {
            var bounded = each.boundedSemaphore(1);
            bounded.acquire();
            bounded.release();

            assertThatThrownBy(bounded::release)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("1 of at most 1");
            assertThatThrownBy(() -> bounded.acquire(2)).isInstanceOf(IllegalArgumentException.class);
            each.semaphore(1).release();
        }
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // taken twice before it
    void aCondition_letsJvmsWaitForEachOther() throws Exception {
        for (var each : managers()) {
            var condition = each.condition();
            var lock = condition.lock();
            var turn = each.value(0);
            var players = pool.mapAsync(
                    me -> {
                        for (int round = me; round < 20; round += 2) {
                            int now = round;
                            lock.lock();
                            lock.lock(); // held twice: await frees both
                            try {
                                condition.waitFor(() -> turn.get() == now);
                                turn.set(now + 1);
                                condition.signalAll();
                            } finally {
                                lock.unlock();
                                lock.unlock();
                            }
                        }
                        return me;
                    },
                    range(2),
                    1);

            assertThat(players.get(40, TimeUnit.SECONDS)).containsExactly(0, 1);
            assertThat(turn.get()).isEqualTo(20);
            assertThat(lock.isLocked()).isFalse();
        }
    }

    @Test
    @SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // single steps are tested
    void aWaitForACondition_endsWithItsTime_orAnInterrupt_andHoldsTheLockAgain() throws Exception {
        for (var each : managers()) {
            var condition = each.condition();
            var lock = condition.lock();
            assertThatThrownBy(condition::signal).isInstanceOf(IllegalMonitorStateException.class);
            assertThatThrownBy(condition::await).isInstanceOf(IllegalMonitorStateException.class);
            lock.lock();
            assertThat(condition.await(10, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(condition.awaitNanos(1000)).isLessThanOrEqualTo(0);
            assertThat(condition.waitFor(() -> false, Duration.ofMillis(10))).isFalse();
            assertThat(lock.isHeldByCurrentThread()).isTrue();
            lock.unlock();

            for (int round = 0; round < 30; round++) {
                var ready = new CountDownLatch(1);
                var heldAfter = new CompletableFuture<Boolean>();
                var thread = Thread.startVirtualThread(() -> {
                    lock.lock();
                    lock.lock();
                    try {
                        ready.countDown();
                        condition.await();
                    } catch (InterruptedException stop) {
                        // the lock is held all the same
                    } finally {
                        heldAfter.complete(lock.isHeldByCurrentThread());
                        lock.unlock();
                        lock.unlock();
                    }
                });
                ready.await();
                if (round % 2 == 0) {
                    lock.lock(); // free once the thread waits
                    condition.signal();
                    lock.unlock();
                }
                thread.interrupt();
                assertThat(heldAfter.get(20, TimeUnit.SECONDS)).isTrue();
                thread.join();
            }
            assertThat(lock.tryLock(20, TimeUnit.SECONDS)).isTrue();
            lock.unlock();
        }
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // single steps are tested
    void aSignalForAProcessThatDied_goesToTheNext() throws Exception {
        for (var each : managers()) {
            var condition = each.condition();
            var lock = condition.lock();
            var ready = SharedQueue.<Boolean>create();
            var process = WorkerProcess.start(() -> {
                lock.lock();
                ready.put(true);
                condition.await();
            });
            ready.take();
            var woken = new CompletableFuture<Boolean>();
            Thread.startVirtualThread(() -> {
                lock.lock(); // free once the process waits
                try {
                    ready.add(true);
                    woken.complete(condition.await(20, TimeUnit.SECONDS));
                } catch (InterruptedException stop) {
                    woken.complete(false);
                } finally {
                    lock.unlock();
                }
            });
            ready.take();

            lock.lock(); // free once both wait
            process.kill();
            condition.signal();
            lock.unlock();

            assertThat(woken.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void anInterruptWhileALockIsTaken_leavesNothingHeld_howeverItFalls() throws Exception {
        var lock = manager.lock();
        for (int round = 0; round < 100; round++) {
            var broken = new AtomicReference<Throwable>();
            var thread = Thread.startVirtualThread(() -> {
                try {
                    lock.lockInterruptibly();
                    lock.unlock();
                } catch (InterruptedException stop) {
                    try {
                        if (lock.tryLock(20, TimeUnit.SECONDS)) lock.unlock();
                        else broken.set(new AssertionError("the lock is lost"));
                    } catch (InterruptedException | RuntimeException failure) {
                        broken.set(failure);
                    }
                }
            });
            thread.interrupt();
            thread.join();
            assertThat(broken.get()).isNull();
        }
        await().atMost(SOON).until(() -> !lock.isLocked());
    }

    /// An own type, as a notebook declares one.
    static class Tally {
        private long sum;
        private int calls;

        Tally add(Point point) {
            sum += point.x();
            calls++;
            return this;
        }

        long sum() {
            return sum;
        }

        boolean isBusy(int from, double factor, char c, long[] rest) {
            return calls >= from && factor > 0.5 && c == 'x' && rest.length == 2;
        }

        synchronized void awaitCalls(int wanted) throws InterruptedException {
            while (calls < wanted) wait();
        }

        synchronized void finish() {
            calls = 1000;
            notifyAll();
        }

        void fail() {
            throw new Refused("not so");
        }

        @Override
        public String toString() {
            return "Tally(" + sum + ")";
        }
    }

    static final class Refused extends RuntimeException {
        Refused(String message) {
            super(message);
        }
    }

    /// An own type behind an interface.
    interface Registry<T> {
        T swap(T value);

        default T twice(T value) {
            swap(value);
            return swap(value);
        }
    }

    static final class OneCell<T> implements Registry<T> {
        private T held;

        OneCell(T first) {
            held = first;
        }

        @Override
        public T swap(T value) {
            var before = held;
            held = value;
            return before;
        }
    }

    @Test
    void anOwnClass_livesInTheManager_andItsProxyAnywhere() throws Exception {
        for (var each : managers()) {
            each.register(Tally.class, Tally::new);
            var tally = each.create(Tally.class);
            var other = each.create(Tally.class);

            pool.map(
                    n -> {
                        tally.add(new Point(n, 0));
                        return 0;
                    },
                    range(100),
                    1);

            assertThat(tally.sum()).isEqualTo(4950);
            assertThat(other.sum()).isZero();
            assertThat(tally.isBusy(100, 1.0, 'x', new long[2])).isTrue();
            assertThat(tally).hasToString("Tally(4950)").isNotEqualTo(other);
            assertThat(pool.<Tally>apply(() -> tally)).isEqualTo(tally);
            assertThatThrownBy(tally::fail).isInstanceOf(Refused.class).hasMessage("not so");

            var done = pool.applyAsync(() -> {
                tally.awaitCalls(1000);
                return true;
            });
            tally.finish();
            assertThat(done.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    /// A class whose methods throw what its caller could take for the connection's.
    public static class Reader {
        private int calls;

        public int read() throws IOException {
            calls++;
            throw new FileNotFoundException("missing.txt");
        }

        public void await() throws InterruptedException {
            calls++;
            throw new InterruptedException("of its own accord");
        }

        public int calls() {
            return calls;
        }
    }

    @Test
    void whatAnOwnMethodThrows_arrives_alsoIfAConnectionThrowsSuch() throws Exception {
        for (var each : managers()) {
            each.register(Reader.class, Reader::new);
            var reader = each.create(Reader.class);

            assertThatThrownBy(reader::read)
                    .isInstanceOf(FileNotFoundException.class)
                    .hasMessage("missing.txt");
            assertThatThrownBy(() -> pool.apply(reader::read)).hasRootCauseInstanceOf(FileNotFoundException.class);
            assertThatThrownBy(reader::await)
                    .isInstanceOf(InterruptedException.class)
                    .hasMessage("of its own accord");
            assertThat(reader.calls()).isEqualTo(3);
        }
    }

    @Test
    void anOwnInterface_isServedByAnObjectInTheManager() throws Exception {
        for (var each : managers()) {
            each.register(Registry.class, () -> new OneCell<>(new Point(0, 0)));
            @SuppressWarnings("unchecked")
            Registry<Point> registry = each.create(Registry.class);

            assertThat(pool.<Point>apply(() -> registry.swap(new Point(1, 1)))).isEqualTo(new Point(0, 0));
            assertThat(registry.twice(new Point(2, 2))).isEqualTo(new Point(2, 2));
        }
    }

    @Test
    void aTypeThatCannotBeShared_isRefused_andSaysWhy() {
        assertThatThrownBy(() -> manager.register(Point.class, () -> new Point(1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it is a record");
        assertThatThrownBy(() -> manager.register(OneCell.class, () -> new OneCell<>(1)))
                .hasMessageContaining("final");
        assertThatThrownBy(() -> manager.register(String.class, () -> "")).hasMessageContaining("final");
        assertThatThrownBy(() -> manager.create(Runnable.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("register(Runnable.class");
    }

    @Test
    void anInterruptedCallOfAnOwnType_endsTheMethodInTheManager() throws Exception {
        manager.register(Tally.class, Tally::new);
        var tally = manager.create(Tally.class);
        var stopped = new AtomicBoolean();
        var thread = Thread.startVirtualThread(() -> {
            try {
                tally.awaitCalls(5);
            } catch (InterruptedException stop) {
                stopped.set(true);
            }
        });
        thread.interrupt();
        thread.join();

        assertThat(stopped).isTrue();
        assertThat(tally.sum()).isZero();
    }

    /// Interrupts a call once it has begun, and waits for its failure.
    private static Throwable failureOfInterrupted(Callable<?> begun, Runnable call) throws Exception {
        var failure = new CompletableFuture<Throwable>();
        var thread = Thread.ofPlatform().start(() -> {
            try {
                call.run();
                failure.completeExceptionally(new AssertionError("the call ended by itself"));
            } catch (Throwable ended) {
                failure.complete(ended);
            }
        });
        begun.call();
        thread.interrupt();
        return failure.get(30, TimeUnit.SECONDS);
    }

    @Test
    void anInterruptedUpdate_endsTheFunctionInTheManager_andLaterCallsGoThrough() throws Exception {
        // given
        var value = manager.value(1);
        var begun = manager.event();
        UnaryOperator<Integer> waits = (UnaryOperator<Integer> & Serializable) n -> {
            begun.set();
            try {
                Thread.sleep(600_000);
                return n + 1;
            } catch (InterruptedException stop) {
                return n + 10;
            }
        };
        // when
        var failure = failureOfInterrupted(() -> begun.waitFor(SOON), () -> value.update(waits));
        // then
        assertThat(failure).isInstanceOf(CancellationException.class);
        assertThat(value.get()).isEqualTo(11);
    }

    @Test
    void aCallBehindAFunctionThatNeverEnds_endsWithAnInterrupt_andSaysWhatToDo() throws Exception {
        // given
        try (var stuck = Manager.start()) {
            var dict = stuck.<String, Integer>dict();
            dict.put("a", 1);
            var begun = stuck.event();
            BiFunction<String, @Nullable Integer, Integer> endless =
                    (BiFunction<String, @Nullable Integer, Integer> & Serializable) (k, v) -> {
                        begun.set();
                        while (true) LockSupport.park();
                    };
            failureOfInterrupted(() -> begun.waitFor(SOON), () -> dict.compute("a", endless));
            // when
            var asked = new CountDownLatch(1);
            var failure = failureOfInterrupted(() -> asked.await(20, TimeUnit.SECONDS), () -> {
                asked.countDown();
                dict.get("a");
            });
            // then
            assertThat(failure)
                    .isInstanceOf(CancellationException.class)
                    .hasMessageContaining("has not answered")
                    .hasMessageContaining("compute");
            assertThat(stuck.counter().increment()).isEqualTo(1);
        }
    }
}
