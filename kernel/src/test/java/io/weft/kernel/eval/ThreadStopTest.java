package io.weft.kernel.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
@SuppressWarnings("ReturnValueIgnored") // work for its own sake
class ThreadStopTest {
    /// Set `-Dweft.stops=5000` for a long run.
    private static final int STOPS = Integer.getInteger("weft.stops", 200);

    private static final StackTraceElement CELL = new StackTraceElement("REPL.$JShell$1", "do_it$", "cell 1", 1);

    private static final List<Runnable> NEVER_ENDING = List.of(
            () -> Pattern.matches("(a+)+b", "a".repeat(60)),
            () -> BigInteger.valueOf(7).pow(1 << 20),
            () -> {
                var numbers =
                        new ArrayList<>(IntStream.range(0, 1_000_000).boxed().toList());
                Collections.shuffle(numbers, new Random(1));
                numbers.sort(Collections.reverseOrder());
            },
            () -> Arrays.sort(new Random(2).longs(2_000_000).toArray()),
            () -> new Random(3)
                    .ints(500_000)
                    .boxed()
                    .map(String::valueOf)
                    .sorted()
                    .reduce("", (a, b) -> b),
            () -> {
                var map = new HashMap<String, Integer>();
                IntStream.range(0, 5_000_000).forEach(n -> map.merge(String.valueOf(n % 10_000), 1, Integer::sum));
            },
            () -> String.join(",", Collections.nCopies(1 << 20, "x")).replace("x", "yy"));

    @Test
    void aThreadInTheJdk_isStopped_andTheJvmIsAsBefore() throws Exception {
        onMailbox(stopper -> {
            int stopped = 0;
            int refused = 0;
            var others = new TreeSet<String>();
            long worst = 0;
            var random = new Random(42);
            for (int at = 0; at < STOPS; at++) {
                Runnable work = NEVER_ENDING.get(at % NEVER_ENDING.size());
                var started = new CountDownLatch(1);
                var end = new CompletableFuture<Throwable>();
                Thread thread = Thread.ofPlatform().daemon().start(() -> {
                    try {
                        started.countDown();
                        while (true) work.run();
                    } catch (Throwable thrown) {
                        end.complete(thrown);
                    }
                });
                started.await();
                Thread.sleep(random.nextInt(12));
                long begun = System.nanoTime();
                while (!end.isDone() && !stopper.stop(thread, new CellStopped(), ThreadStopTest::isHarmless)) {
                    refused++;
                    Thread.sleep(1);
                }
                Throwable thrown = end.get();
                worst = Math.max(worst, System.nanoTime() - begun);
                if (thrown instanceof CellStopped) stopped++;
                else
                    others.add("task %d: %s, because of %s"
                            .formatted(at % NEVER_ENDING.size(), thrown, thrown.getCause()));
                thread.join();
            }
            System.err.printf("%d of %d stopped, %d refusals, worst %.1f ms%n", stopped, STOPS, refused, worst / 1e6);
            assertThat(others).as("what ended threads otherwise").isEmpty();
            assertThat(stopped).isEqualTo(STOPS);
            // the classes that were hit work
            assertThat(Pattern.matches("(a+)+b", "aab")).isTrue();
            assertThat(BigInteger.TWO.pow(10)).isEqualTo(1024);
            assertThat(IntStream.range(0, 9)
                            .boxed()
                            .sorted(Collections.reverseOrder())
                            .toList())
                    .startsWith(8, 7);
            return stopped;
        });
    }

    /// The tasks stand for the reader's code.
    private static boolean isHarmless(StackTraceElement[] stack) {
        for (int at = 1; at < stack.length; at++) {
            if (stack[at].getClassName().startsWith("io.weft.kernel.eval.ThreadStopTest")) {
                var readers = Arrays.copyOf(stack, at + 1);
                readers[at] = CELL;
                return Stops.computes(readers);
            }
        }
        return false;
    }

    private interface UseOfStopper<T> {
        T use(ThreadStop stopper) throws Exception;
    }

    private static <T> T onMailbox(UseOfStopper<T> use) throws Exception {
        var result = new CompletableFuture<T>();
        var own = new AtomicReference<ThreadStop.Mailbox>();
        Callable<T> body = () -> use.use(ThreadStop.of(own.get()));
        own.set(new ThreadStop.Mailbox(
                () -> {
                    try {
                        result.complete(body.call());
                    } catch (Throwable thrown) {
                        result.completeExceptionally(thrown);
                    }
                },
                "mailbox"));
        own.get().start();
        return result.get();
    }
}
