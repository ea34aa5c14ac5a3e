package io.weft.kernel.unkillable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.kernel.client.TestClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An interrupt ends everything that a cell can do. One kernel for all tests, as in a long session.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class InterruptTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private static Path folder;

    private LiveKernel kernel;
    private int threadsBefore;

    @BeforeAll
    void start() throws Exception {
        kernel = LiveKernel.start(folder, "-Xmx700m", "");
        // what the JVM starts once and keeps is there before the count
        kernel.runs(
                "java.util.stream.IntStream.range(0, 1000).parallel().sum();"
                        + "var warm = Executors.newVirtualThreadPerTaskExecutor(); warm.submit(() -> 1).get(); warm.close();"
                        + "CompletableFuture.supplyAsync(() -> 1).get(); CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS).execute(() -> {});");
        threadsBefore = kernel.threads();
    }

    @AfterAll
    void end() {
        kernel.close();
    }

    @AfterEach
    void theKernelIsWell_andNoThreadIsLeft() throws Exception {
        kernel.isWell();
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(
                                kernel.value(
                                        "Thread.getAllStackTraces().keySet().stream().filter(t -> t.getThreadGroup() != null && t.getThreadGroup().getName().equals(\"cells\") && !t.getName().startsWith(\"ForkJoinPool\")).map(Thread::getName).sorted().toList()"))
                        .isEqualTo("[cells]"));
        assertThat(kernel.threads()).isLessThan(threadsBefore + 8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "while (true) {}",
                "while (true) { Thread.onSpinWait(); }",
                "for (long n = 0; n < Long.MAX_VALUE; n++) { keep = 42; }",
                "long f(long n) { return n < 2 ? n : f(n - 1) + f(n - 2); } f(90);",
                "while (true) try { Thread.sleep(1); } catch (Exception e) {}",
                "for (int n = 0; n < 3; ) try { while (true) {} } catch (Throwable e) { n++; }",
                "int i = 0; while (true) { try { while (true) i++; } catch (Throwable e) { } }",
                "while (true) try { try { while (true) {} } catch (Throwable e) { while (true) {} } } catch (Throwable e) { }",
                "try { while (true) {} } finally { for (int n = 0; n < 1000; n++) keep = 42; }",
                "var t = new Thread(() -> { while (true) {} }); t.start(); t.join();",
                "var g = new ThreadGroup(\"group\"); var t = new Thread(g, () -> { while (true) {} }); t.start(); t.join();",
                "var t = Thread.startVirtualThread(() -> { while (true) {} }); t.join();",
                "var q = new LinkedBlockingQueue<String>(); var t = Thread.startVirtualThread(() -> { try { q.take(); } catch (InterruptedException e) { System.out.println(\"bye\"); } }); t.join();",
                "try (var e = Executors.newFixedThreadPool(3)) { for (int n = 0; n < 9; n++) e.submit(() -> { while (true) {} }); }",
                "try (var e = Executors.newVirtualThreadPerTaskExecutor()) { for (int n = 0; n < 9; n++) e.submit(() -> { while (true) {} }); }",
                "try (var e = Executors.newVirtualThreadPerTaskExecutor()) { for (int n = 0; n < 9; n++) e.submit(() -> { Thread.sleep(100_000); return 1; }); }",
                "try (var e = Executors.newScheduledThreadPool(2)) { e.scheduleAtFixedRate(() -> { while (true) {} }, 0, 1, TimeUnit.MILLISECONDS).get(); }",
                "CompletableFuture.supplyAsync(() -> { while (true) {} }).get();",
                "CompletableFuture.supplyAsync(() -> { while (true) {} }).join();",
                "new CompletableFuture<String>().get();",
                "new CompletableFuture<String>().join();",
                "java.util.stream.IntStream.range(0, 1_000_000).parallel().map(n -> { while (true) {} }).sum();",
                "new ForkJoinPool(2).invoke(new RecursiveTask<Integer>() { protected Integer compute() { while (true) {} } });",
                "Thread.sleep(100_000);",
                "new LinkedBlockingQueue<String>().take();",
                "new CountDownLatch(1).await();",
                "var o = new Object(); synchronized (o) { o.wait(); }",
                "var l = new ReentrantLock(); new Thread(() -> { l.lock(); try { Thread.sleep(100_000); } catch (InterruptedException e) {} }).start(); while (!l.isLocked()) {} l.lock();",
                "var l = new ReentrantReadWriteLock(); l.readLock().lock(); l.writeLock().lock();",
                "var s = new Semaphore(0); s.acquireUninterruptibly();",
                "var l = new ReentrantLock(); l.lock(); l.newCondition().awaitUninterruptibly();",
                "new Phaser(2).arriveAndAwaitAdvance();",
                "LockSupport.park(); while (true) LockSupport.park();",
                "new java.util.Timer(true).schedule(new TimerTask() { public void run() { while (true) {} } }, 1); Thread.sleep(100_000);",
                "new Exchanger<String>().exchange(\"a\");",
            })
    void anInterrupt_endsTheCellAndItsThreads(String code) throws Exception {
        // given
        String cell = kernel.begin("System.out.println(\"on\"); { " + code.replaceAll("^long f.*?\\} ", "") + " }\n"
                + (code.startsWith("long f") ? code.replaceAll("^(long f.*?\\}) .*", "$1") : ""));
        // when
        kernel.interrupt();
        // then
        kernel.awaitInterrupted(cell, SOON);
    }

    @EnabledOnOs(OS.LINUX)
    @ParameterizedTest
    @ValueSource(
            strings = {
                "try (var s = new ServerSocket(0)) { s.accept(); }",
                "try (var s = new ServerSocket(0); var c = new Socket(\"127.0.0.1\", s.getLocalPort())) { c.getInputStream().read(); }",
                "try (var s = new ServerSocket(0)) { URI.create(\"http://127.0.0.1:\" + s.getLocalPort()).toURL().openStream(); }",
                "try (var s = new DatagramSocket(0)) { s.receive(new DatagramPacket(new byte[9], 9)); }",
                "try (var s = new ServerSocket(0)) { Thread.ofPlatform().start(() -> { try { s.accept(); } catch (IOException e) {} }).join(); }",
                "try (var s = new ServerSocket(0); var e = Executors.newFixedThreadPool(2)) { e.submit(() -> s.accept()).get(); }",
                "try (var s = new ServerSocket(0); var c = new Socket(\"127.0.0.1\", s.getLocalPort())) { while (true) c.getOutputStream().write(new byte[1 << 16]); }",
                "try (var s = java.nio.channels.ServerSocketChannel.open().bind(null)) { s.accept(); }",
                "new ProcessBuilder(\"sleep\", \"1000\").start().getInputStream().readAllBytes();",
                "new ProcessBuilder(\"sleep\", \"1000\").start().waitFor();",
            })
    void anInterrupt_endsTheWaitForASocketOrAProcess(String code) throws Exception {
        // given
        String cell = kernel.begin("System.out.println(\"on\"); { " + code + " }");
        // when
        kernel.interrupt();
        // then
        kernel.awaitInterrupted(cell, SOON);
    }

    @EnabledOnOs(OS.LINUX)
    @Test
    void aSocketIsAsBefore_afterAnInterruptedWait() throws Exception {
        // given
        kernel.runs("var server1 = new ServerSocket(0);");
        String cell = kernel.begin("System.out.println(\"on\"); server1.accept();");
        kernel.interrupt();
        kernel.awaitInterrupted(cell, SOON);
        // when
        String greeting = kernel.value("""
                Thread.startVirtualThread(() -> { try (var c = new Socket("127.0.0.1", server1.getLocalPort())) { c.getOutputStream().write("hi\\n".getBytes()); } catch (IOException e) {} });
                String line1; try (var peer = server1.accept()) { line1 = new BufferedReader(new InputStreamReader(peer.getInputStream())).readLine(); } server1.close();
                line1""");
        // then
        assertThat(greeting).isEqualTo("hi");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.util.regex.Pattern.matches(\"(x+x+)+(x+x+)+y\", \"x\".repeat(80));",
                "java.math.BigInteger.valueOf(7).pow(1 << 30).bitLength();",
                "var list = new ArrayList<>(java.util.stream.IntStream.range(0, 6_000_000).boxed().toList()); for (int n = 0; n < 1; ) { Collections.shuffle(list, new Random(1)); list.sort(Comparator.comparing(String::valueOf)); }",
                "} BigInteger.TWO.pow(200_000_000) //",
                "} List.of(BigInteger.TWO.pow(200_000_000)) //",
                "display(BigInteger.TWO.pow(200_000_000));",
                "Arrays.asList(new Integer[] {1, 2}).stream().flatMap(n -> java.util.stream.Stream.iterate(n, m -> m)).filter(Objects::isNull).findAny();",
                "try (var e = Executors.newFixedThreadPool(2)) { e.submit(() -> java.util.regex.Pattern.matches(\"(x+x+)+(x+x+)+y\", \"x\".repeat(80))).get(); }",
            })
    void aSecondInterrupt_endsAComputationOfTheJdk(String code) throws Exception {
        // given
        String cell = kernel.begin("System.out.println(\"on\"); { " + code + " }");
        // when
        kernel.interrupt();
        boolean ended = !kernel.client.drain("shell", Duration.ofMillis(1500)).isEmpty();
        // then
        if (!ended) {
            kernel.interrupt();
            kernel.awaitInterrupted(cell, SOON);
        } else {
            kernel.client.awaitIdle(cell);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "System.out.println(large);",
                "System.out.printf(\"%s%n\", large);",
                "System.out.format(Locale.ROOT, \"%,d\", large);",
                "new PrintWriter(System.out).printf(\"%s%n\", large);",
                "String.format(\"%x\", large);",
                "IO.println(List.of(large));",
            })
    void aSecondInterrupt_endsTheMakingOfAText(String code) throws Exception {
        // given a number whose digits are being made
        String cell = kernel.begin("""
                var large = BigInteger.ONE.shiftLeft(300_000_000).subtract(BigInteger.ONE);
                var own = Thread.currentThread();
                Thread.startVirtualThread(() -> {
                    while (Stream.of(own.getStackTrace()).noneMatch(at -> at.toString().contains("BigInteger.toString"))) Thread.onSpinWait();
                    System.err.println("on");
                });
                """ + code);
        // when
        kernel.interrupt();
        assertThat(kernel.client.drain("shell", Duration.ofMillis(1100))).isEmpty();
        kernel.interrupt();
        // then
        kernel.awaitInterrupted(cell, SOON);
    }

    @Test
    void aSecondInterrupt_endsAProductOfLargeNumbers_whichIsMadeOfTasks() throws Exception {
        // given
        String cell = kernel.begin("""
                var large = BigInteger.ONE.shiftLeft(600_000_000).subtract(BigInteger.ONE);
                var own = Thread.currentThread();
                Thread.startVirtualThread(() -> {
                    while (Stream.of(own.getStackTrace()).noneMatch(at -> at.getClassName().endsWith("ForkJoinTask"))) Thread.onSpinWait();
                    System.out.println("on");
                });
                large.multiply(large.shiftRight(1));""");
        // when
        kernel.interrupt();
        assertThat(kernel.client.drain("shell", Duration.ofMillis(1500))).isEmpty();
        kernel.interrupt();
        // then
        kernel.awaitInterrupted(cell, SOON);
    }

    @Test
    void aLongCompilation_isEnded_andTheCellDoesNotRun() throws Exception {
        // given a class that is long
        kernel.runs("int ran = 0;");
        String method = "int f%d(int a) { " + "a += a * 31 + keep; ".repeat(1_500) + "return a; }\n";
        var code = new StringBuilder("class Long1 {\n");
        for (int at = 0; at < 150; at++) code.append(method.formatted(at));
        code.append("}\nran = 1;");
        // when
        String cell = kernel.client.send("shell", "execute_request", Map.of("code", code.toString()));
        kernel.client.awaitBroadcast(cell, "execute_input");
        boolean busy = kernel.client.drain("shell", Duration.ofMillis(1500)).isEmpty();
        kernel.interrupt();
        // then
        assertThat(busy).as("it takes long").isTrue();
        Answer answer = kernel.awaitInterrupted(cell, SOON);
        assertThat(answer.stream("stderr")).isEmpty();
        assertThat(kernel.value("ran")).isEqualTo("0");
        assertThat(kernel.client.execute("new Long1()").status()).isEqualTo("error");
        assertThat(kernel.value("class Long1 { int f() { return 5; } } new Long1().f()"))
                .isEqualTo("5");
    }

    @Test
    void manyInterrupts_endOneCell_andHarmNoOther() throws Exception {
        for (int round = 0; round < 5; round++) {
            // given
            String cell = kernel.begin("System.out.println(\"on\"); while (true) {}");
            // when
            for (int at = 0; at < 50; at++) kernel.interrupt();
            kernel.awaitInterrupted(cell, SOON);
            // then
            assertThat(kernel.value("int sum" + round + " = 0; for (int n = 0; n < 1000; n++) { sum" + round
                            + " += n; } Thread.sleep(5); sum" + round))
                    .isEqualTo("499500");
        }
    }

    @Test
    void anInterruptWhileNothingRuns_isForgotten() throws Exception {
        for (int at = 0; at < 20; at++) {
            kernel.interrupt();
            assertThat(kernel.value("Thread.sleep(2); " + at)).isEqualTo(String.valueOf(at));
        }
    }

    @Test
    void threadsOfAnEarlierCell_andThoseThatTheyStart_goOn() throws Exception {
        // given threads that start further ones while a later cell runs
        String first = kernel.client.send("shell", "execute_request", Map.of("code", """
                var stop2 = new CountDownLatch(1);
                var hits2 = new java.util.concurrent.atomic.AtomicInteger();
                var born2 = new java.util.concurrent.atomic.AtomicInteger();
                Runnable wait2 = () -> { born2.incrementAndGet(); try { stop2.await(); } catch (Throwable e) { hits2.incrementAndGet(); } };
                var parent2 = Thread.ofPlatform().start(() -> {
                    try { while (!stop2.await(20, TimeUnit.MILLISECONDS)) if (born2.get() < 40) { new Thread(wait2).start(); Thread.startVirtualThread(wait2); System.out.println("alive"); } }
                    catch (Throwable e) { hits2.incrementAndGet(); } });"""));
        kernel.client.await("shell", first);
        String cell =
                kernel.begin("System.out.println(\"on\"); while (born2.get() < 40) Thread.sleep(1); while (true) {}");
        // when
        kernel.interrupt();
        kernel.awaitInterrupted(cell, SOON);
        // then
        assertThat(kernel.value("int born3 = born2.get(); parent2.isAlive() && hits2.get() == 0"))
                .isEqualTo("true");
        assertThat(kernel.client.awaitBroadcast(first, "stream").content()).containsEntry("text", "alive\n");
        kernel.runs("stop2.countDown(); parent2.join();");
        assertThat(kernel.value("hits2.get()")).isEqualTo("0");
    }
}
