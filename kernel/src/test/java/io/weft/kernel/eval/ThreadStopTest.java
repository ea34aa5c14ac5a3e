package io.weft.kernel.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
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

    private static final BlockingQueue<Runnable> TASKS = new LinkedBlockingQueue<>();

    /// A JVM lets one suspend threads, and no second.
    private static @Nullable ThreadStop stopper;

    private interface UseOfStopper {
        void use(ThreadStop stopper) throws Exception;
    }

    @BeforeAll
    static void makeStopper() {
        var mailbox = new ThreadStop.Mailbox(
                () -> {
                    try {
                        while (true) TASKS.take().run();
                    } catch (InterruptedException ended) {
                        // with the JVM
                    }
                },
                "mailbox");
        TASKS.add(() -> stopper = ThreadStop.of(mailbox));
        mailbox.start();
    }

    @Test
    void aThreadInTheJdk_isStopped_andTheJvmIsAsBefore() throws Exception {
        withStopper(stopping -> {
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
                while (!end.isDone() && !stopping.stop(thread, new CellStopped(), ThreadStopTest::isHarmless)) {
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
        });
    }

    @Test
    void aClassThatTheJvmIsAboutToInitialize_canBeUsedAfterwards() throws Exception {
        withStopper(stopping -> {
            var broken = new TreeSet<String>();
            for (int round = 0; round < 15; round++) {
                var classes = new FreshClasses();
                var walk = classes.walk();
                var started = new CountDownLatch(1);
                var end = new CompletableFuture<Throwable>();
                Thread thread = Thread.ofPlatform().daemon().start(() -> {
                    started.countDown();
                    try {
                        walk.run();
                        end.complete(new IllegalStateException("came to its end"));
                    } catch (Throwable thrown) {
                        end.complete(thrown);
                    }
                });
                started.await();
                while (!end.isDone() && !stopping.stop(thread, new CellStopped(), ThreadStopTest::isHarmless))
                    Thread.onSpinWait();
                thread.join();
                for (int number = 0; number < FreshClasses.COUNT; number++) {
                    try {
                        Class.forName("Fresh" + number, true, classes);
                    } catch (LinkageError unusable) {
                        broken.add(unusable + ", because of " + unusable.getCause());
                    }
                }
            }
            assertThat(broken).as("classes that cannot be used any more").isEmpty();
        });
    }

    /// Classes that nobody has used, each with an initializer of its own.
    private static final class FreshClasses extends ClassLoader {
        static final int COUNT = 2_000;

        private static final ClassDesc WALK = ClassDesc.of("Walk");

        private FreshClasses() {
            super(ThreadStopTest.class.getClassLoader());
        }

        /// What uses one after the other.
        Runnable walk() throws ReflectiveOperationException {
            for (int number = 0; number < COUNT; number++) {
                var type = ClassDesc.of("Fresh" + number);
                define(ClassFile.of()
                        .build(
                                type,
                                builder -> builder.withField(
                                                "number",
                                                ConstantDescs.CD_int,
                                                ClassFile.ACC_STATIC | ClassFile.ACC_PUBLIC)
                                        .withMethodBody(
                                                ConstantDescs.CLASS_INIT_NAME,
                                                ConstantDescs.MTD_void,
                                                ClassFile.ACC_STATIC,
                                                code -> code.loadConstant(1)
                                                        .putstatic(type, "number", ConstantDescs.CD_int)
                                                        .return_())));
            }
            var walk = define(ClassFile.of()
                    .build(
                            WALK,
                            builder -> builder.withInterfaceSymbols(ClassDesc.of("java.lang.Runnable"))
                                    .withFlags(ClassFile.ACC_PUBLIC)
                                    .withMethodBody(
                                            ConstantDescs.INIT_NAME,
                                            ConstantDescs.MTD_void,
                                            ClassFile.ACC_PUBLIC,
                                            code -> code.aload(0)
                                                    .invokespecial(
                                                            ConstantDescs.CD_Object,
                                                            ConstantDescs.INIT_NAME,
                                                            ConstantDescs.MTD_void)
                                                    .return_())
                                    .withMethodBody("run", ConstantDescs.MTD_void, ClassFile.ACC_PUBLIC, code -> {
                                        for (int number = 0; number < COUNT; number++)
                                            code.getstatic(
                                                            ClassDesc.of("Fresh" + number),
                                                            "number",
                                                            ConstantDescs.CD_int)
                                                    .pop();
                                        code.return_();
                                    })));
            return (Runnable) walk.getConstructor().newInstance();
        }

        private Class<?> define(byte[] bytes) {
            return defineClass(null, bytes, 0, bytes.length);
        }
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

    /// Runs it with the stopper, in the only thread that may use that.
    private static void withStopper(UseOfStopper use) throws Exception {
        var task = new FutureTask<@Nullable Void>(() -> {
            use.use(Objects.requireNonNull(stopper));
            return null;
        });
        TASKS.add(task);
        task.get();
    }
}
