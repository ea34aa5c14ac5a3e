package io.weft.concurrent;

import static io.weft.concurrent.Range.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.InvalidObjectException;
import java.io.ObjectStreamException;
import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A thread that waits for a short call reads its result itself, and an idle worker its task: whatever ends or disturbs
/// them there, nobody else notices.
@Timeout(60)
class ShortCallTest {
    private static final long LONGEST_PAUSE_NANOS = 300_000;

    private final Pool pool = Pool.of(1);

    @BeforeEach
    void manyShortCallsWereMade() throws Exception {
        for (int i = 0; i < 100; i++) pool.apply(n -> n, i);
    }

    @AfterEach
    void closePool() {
        pool.terminate();
    }

    private long pid() {
        return pool.workers().getFirst().pid();
    }

    @Test
    void anInterrupt_atWhateverMoment_endsThisCallOnly() throws Exception {
        var ends = new CopyOnWriteArrayList<OptionalInt>();
        pool.addListener(event -> {
            if (event instanceof PoolEvent.WorkerEnded end) ends.add(end.exitCode());
        });
        var caller = Thread.currentThread();
        var enough = new AtomicBoolean();
        var disturber = Thread.ofPlatform().start(() -> {
            while (!enough.get()) {
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE_NANOS));
                caller.interrupt();
            }
        });
        int interrupted = 0;
        int done = 0;
        try {
            while (interrupted < 200 || done < 200) {
                try {
                    assertThat(pool.<Integer, Integer>apply(n -> n + 1, done)).isEqualTo(done + 1);
                    done++;
                } catch (InterruptedException expected) {
                    interrupted++;
                }
            }
        } finally {
            enough.set(true);
            while (disturber.isAlive()) Thread.onSpinWait(); // a join could be interrupted
            Thread.interrupted();
        }

        assertThat(pool.<Integer, Integer>apply(n -> n + 1, 1)).isEqualTo(2);
        // no connection was lost; who got no processor for as long as it has to obey was killed, as it should be
        assertThat(ends).allMatch(code -> code.equals(OptionalInt.of(137)));
    }

    /// A value that takes its time to arrive.
    private record Late(int value) implements Serializable {
        static final CountDownLatch ARRIVING = new CountDownLatch(1);
        static final CountDownLatch MAY_ARRIVE = new CountDownLatch(1);

        @Serial
        private Object readResolve() throws ObjectStreamException {
            ARRIVING.countDown();
            try {
                MAY_ARRIVE.await();
            } catch (InterruptedException stop) {
                throw new InvalidObjectException("interrupted");
            }
            return this;
        }
    }

    @Test
    void aWorkerThatHasEndedACancelledTask_lives_thoughItsAnswerIsLate() throws Exception {
        long worker = pid();
        var over = new CountDownLatch(1);
        var call = pool.applyAsync(() -> new Late(1));
        Late.ARRIVING.await();

        call.cancel(true);
        var _ = Deadlines.after(JvmCrew.TO_OBEY, over::countDown); // one after the other: the worker is looked at first
        over.await();
        Late.MAY_ARRIVE.countDown();

        assertThat(pool.<Long>apply(() -> ProcessHandle.current().pid())).isEqualTo(worker);
    }

    @Test
    void anInterruptOfAnIdleWorkersThread_isForgotten() throws Exception {
        long worker = pid();
        pool.apply(() -> {
            var runner = Thread.currentThread();
            Thread.ofPlatform().daemon().start(() -> {
                for (int i = 0; i < 2000; i++) {
                    LockSupport.parkNanos(50_000);
                    runner.interrupt();
                }
            });
        });

        for (int i = 0; i < 1000; i++)
            assertThat(pool.<Integer, Integer>apply(n -> n * 2, i)).isEqualTo(2 * i);
        assertThat(pid()).isEqualTo(worker);
    }

    @RepeatedTest(3)
    void theDeathOfAWorker_isToldToWhoReadsForItself() throws Exception {
        long worker = pid();

        assertThatThrownBy(() -> pool.apply(() -> Runtime.getRuntime().halt(9)))
                .isInstanceOf(WorkerDiedException.class)
                .hasMessageContaining("exit code 9");

        assertThat(pool.<Integer, Integer>apply(n -> n + 1, 1)).isEqualTo(2);
        assertThat(pid()).isNotEqualTo(worker);
    }

    @Test
    void aWorkerThatIsStopped_holdsNobodyWhoIsInterrupted() throws Exception {
        var caller = Thread.currentThread();
        signal("STOP");
        var _ = CompletableFuture.runAsync(
                caller::interrupt, CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS));

        assertThatThrownBy(() -> pool.apply(n -> n, 1)).isInstanceOf(InterruptedException.class);
        signal("CONT");

        assertThat(pool.<Integer, Integer>apply(n -> n + 1, 1)).isEqualTo(2);
    }

    private void signal(String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void longResults_andWhatIsPrinted_comeInTheirOrder() throws Exception {
        var sizes = List.of(10, 65_500, 65_515, 65_540, 200_000);
        var expected = new ArrayList<String>();
        for (int i = 0; i < 50; i++) {
            int size = sizes.get(i % sizes.size());
            var text = "making " + size + " for " + i;
            expected.add(text);
            assertThat(pool.<Integer, byte[]>apply(
                            n -> {
                                System.out.println(text);
                                return new byte[n];
                            },
                            size))
                    .hasSize(size);
        }

        await().untilAsserted(() -> assertThat(RecordingRouter.LINES)
                .extracting(OutputLine::text)
                .filteredOn(line -> line.startsWith("making "))
                .isEqualTo(expected));
    }

    @RepeatedTest(3)
    void callsOfManyThreads_beLongOrShort_areAllAnswered() throws Exception {
        var calls = Collections.synchronizedList(new ArrayList<CompletableFuture<Integer>>());
        try (var threads = Executors.newFixedThreadPool(4)) {
            List<Callable<Integer>> callers = Collections.nCopies(4, () -> {
                int sum = 0;
                for (int i = 0; i < 200; i++) {
                    if (i % 20 == 7) calls.add(pool.applyAsync(n -> n, i));
                    if (i % 50 == 9) {
                        pool.apply(() -> Thread.sleep(4));
                    }
                    sum += pool.<Integer, Integer>apply(n -> n, i);
                    sum += pool.<Integer, Integer>map(n -> n, range(3)).get(2);
                }
                return sum;
            });

            for (var sum : threads.invokeAll(callers, 40, TimeUnit.SECONDS))
                assertThat(sum.get()).isEqualTo(199 * 100 + 400);
        }
        for (var call : calls) assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo(7 + 20 * ((call.join() - 7) / 20));
    }
}
