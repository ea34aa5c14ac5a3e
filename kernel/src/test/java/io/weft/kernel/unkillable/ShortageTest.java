package io.weft.kernel.unkillable;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.client.TestClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// A cell that uses up the memory, the threads, the stack or the disk ends; the kernel goes on.
@Timeout(90)
class ShortageTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @Test
    void aFullHeap_endsTheCell_namesTheHeap_andCanBeEmptiedAgain() throws Exception {
        try (var kernel = LiveKernel.start(folder, "-Xmx160m", "")) {
            // when one array is too large
            Answer array = kernel.client.execute("var array = new long[Integer.MAX_VALUE - 8];");
            // then
            assertThat(array.reply().content()).containsEntry("ename", "java.lang.OutOfMemoryError");
            assertThat(array.reply().content().get("evalue").toString())
                    .contains("heap", "MB", "JDK_JAVA_OPTIONS", "-Xmx", "variables are kept");
            kernel.isWell();

            for (String grow :
                    List.of("list.add(new byte[1 << 20])", "list.add(new byte[1000])", "list.add(new Object())")) {
                // when a variable of the notebook grows for ever
                kernel.runs("var list = new ArrayList<Object>();");
                Answer grown = kernel.client.execute("while (true) " + grow + ";");
                // then
                assertThat(grown.reply().content()).as(grow).containsEntry("ename", "java.lang.OutOfMemoryError");
                assertThat(kernel.value("list.size() > 100")).isEqualTo("true");
                kernel.runs("list.clear(); list = null;");
                assertThat(kernel.value("new byte[60 << 20].length")).isEqualTo(String.valueOf(60 << 20));
                kernel.isWell();
            }
        }
    }

    @Test
    void threadsThatFillTheHeap_leaveTheKernelsOwnAlone() throws Exception {
        try (var kernel = LiveKernel.start(folder, "-Xmx160m", "")) {
            // when
            Answer answer = kernel.client.execute("""
                    var threads = new ArrayList<Thread>();
                    for (int n = 0; n < 4; n++)
                        threads.add(Thread.ofPlatform().start(() -> { var list = new ArrayList<Object>(); while (true) list.add(new byte[100_000]); }));
                    for (var thread : threads) thread.join();""");
            // then
            assertThat(answer.status()).isEqualTo("ok");
            assertThat(answer.stream("stderr")).contains("OutOfMemoryError", "-Xmx");
            kernel.isWell();
            assertThat(kernel.client.beat(new byte[] {1})).containsExactly(1);
            kernel.interrupt();
            assertThat(kernel.client
                            .request("shell", "complete_request", java.util.Map.of("code", "kee", "cursor_pos", 3))
                            .status())
                    .isEqualTo("ok");
        }
    }

    @Test
    void aRunawayRecursion_isFolded() throws Exception {
        try (var kernel = LiveKernel.start(folder, "-Xmx200m", "")) {
            // when
            Answer answer = kernel.client.execute("int deep(int n) { return deep(n + 1) + 1; }\ndeep(0)");
            // then
            assertThat(answer.reply().content()).containsEntry("ename", "java.lang.StackOverflowError");
            assertThat((List<?>) answer.reply().content().get("traceback")).hasSizeLessThan(60);
            kernel.isWell();
        }
    }

    @EnabledOnOs(OS.LINUX)
    @Test
    void asManyThreadsAsTheSystemAllows_endTheCell_notTheKernel() throws Exception {
        // given a system that allows about a thousand
        try (var kernel = LiveKernel.start(
                folder,
                "-Xmx200m -Xss16m -XX:ReservedCodeCacheSize=64m -XX:CompressedClassSpaceSize=64m",
                "ulimit -v 24000000")) {
            String begin = "System.out.println(\"on\"); var threads = new ArrayList<Thread>();\n";
            String start =
                    "for (int n = 0; n < 100_000; n++) threads.add(Thread.ofPlatform().start(() -> { try { Thread.sleep(1_000_000); } catch (InterruptedException e) {} }));";

            // when the cell does nothing about it
            Answer failed = kernel.client.execute(begin + start);
            // then
            assertThat(failed.reply().content()).containsEntry("ename", "java.lang.OutOfMemoryError");
            assertThat(failed.reply().content().get("evalue").toString()).contains("native thread", "irtual threads");
            assertThat(kernel.value("threads.size() > 100")).isEqualTo("true");
            kernel.runs("for (var thread : threads) thread.join();");

            // when it catches the error and waits
            String cell = kernel.begin(
                    begin + "try { " + start
                            + " } catch (OutOfMemoryError e) { System.out.println(\"full\"); }\nfor (var thread : threads) thread.join();");
            kernel.client.awaitBroadcast(cell, "stream");
            kernel.interrupt();
            // then
            kernel.awaitInterrupted(cell, SOON);
            assertThat(kernel.value(
                            "for (var thread : threads) thread.join(); threads.stream().noneMatch(Thread::isAlive)"))
                    .isEqualTo("true");
            kernel.isWell();
        }
    }

    @Test
    void aHundredThousandVirtualThreads_endWithOneInterrupt() throws Exception {
        try (var kernel = LiveKernel.start(folder, "-Xmx500m", "")) {
            // given
            String cell = kernel.begin("""
                    var ended = new AtomicInteger();
                    for (int n = 0; n < 100_000; n++)
                        Thread.startVirtualThread(() -> { try { Thread.sleep(1_000_000); } catch (InterruptedException e) { ended.incrementAndGet(); } });
                    System.out.println("on");
                    while (true) {}""");
            // when
            kernel.interrupt();
            // then
            kernel.awaitInterrupted(cell, SOON);
            assertThat(kernel.value("while (ended.get() < 100_000) Thread.sleep(1); ended.get()"))
                    .isEqualTo("100000");
            kernel.isWell();
        }
    }

    @EnabledOnOs(OS.LINUX)
    @Test
    void aDiskThatTakesNothing_failsTheCell_notTheKernel() throws Exception {
        try (var kernel = LiveKernel.start(folder, "-Xmx200m -Djava.io.tmpdir=" + folder, "ulimit -f 0")) {
            // when
            Answer answer = kernel.client.execute(
                    "var file = java.nio.file.Files.createTempFile(\"a\", \"b\"); Files.writeString(file, \"text\");");
            // then
            assertThat(answer.status()).isEqualTo("error");
            assertThat(answer.reply().content().get("ename").toString()).contains("IOException");
            assertThat(kernel.runs("System.err.println(\"err\"); System.out.println(\"out\");").stream("stdout"))
                    .isEqualTo("out\n");
            kernel.runs("record Point(int x) {} var point = new Point(3);");
            assertThat(kernel.value("point")).isEqualTo("Point[x=3]");
            kernel.isWell();
        }
    }

    @Test
    void everyWayToExit_isRefused() throws Exception {
        try (var kernel = LiveKernel.start(folder, "-Xmx200m", "")) {
            for (String exit : List.of(
                    "System.exit(3);",
                    "Runtime.getRuntime().exit(3);",
                    "Runtime.getRuntime().halt(3);",
                    "java.util.function.IntConsumer exit = System::exit; exit.accept(3);",
                    "java.util.stream.IntStream.of(3).forEach(Runtime.getRuntime()::halt);",
                    "System.class.getMethod(\"exit\", int.class).invoke(null, 3);",
                    "Runtime.class.getMethod(\"halt\", int.class).invoke(Runtime.getRuntime(), 3);")) {
                Answer answer = kernel.client.execute(exit);
                assertThat(answer.reply().content()).as(exit).containsEntry("status", "error");
                assertThat(answer.reply().content().get("evalue").toString())
                        .as(exit)
                        .contains("The kernel goes on");
                kernel.isWell();
            }
        }
    }

    @Test
    void aSessionOfTrouble_leavesNoFileOpen() throws Exception {
        try (var kernel = LiveKernel.start(folder, "-Xmx300m", "")) {
            long before = 0;
            for (int round = 0; round < 6; round++) {
                String cell = kernel.begin(
                        "System.out.println(\"on\"); try (var server = new ServerSocket(0)) { server.accept(); }");
                kernel.interrupt();
                kernel.awaitInterrupted(cell, SOON);
                kernel.client.execute("new long[Integer.MAX_VALUE]");
                if (round == 2) before = kernel.files();
            }
            assertThat(kernel.files()).isLessThanOrEqualTo(before);
        }
    }
}
