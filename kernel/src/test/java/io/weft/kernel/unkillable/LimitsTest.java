package io.weft.kernel.unkillable;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.client.TestClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Where the system gives no more threads, files or disk, the cell that asks for them fails; the kernel goes on.
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class LimitsTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @Test
    void asManyThreadsAsTheSystemAllows_endTheCell_notTheKernel() throws Exception {
        // given a system that has room for the stacks of a few hundred
        try (var kernel = LiveKernel.start(
                folder,
                "-Xmx200m -Xss64m -XX:ReservedCodeCacheSize=64m -XX:CompressedClassSpaceSize=64m",
                "ulimit -v 24000000")) {
            String begin = "System.out.println(\"on\"); var threads = new ArrayList<Thread>();\n";
            String start =
                    "for (int n = 0; n < 5_000; n++) threads.add(Thread.ofPlatform().start(() -> { try { Thread.sleep(1_000_000); } catch (InterruptedException e) {} }));";

            // when the cell does nothing about it
            Answer failed = kernel.client.execute(begin + start);
            // then its threads end, so that there is room again
            assertThat(failed.reply().content()).containsEntry("ename", "java.lang.OutOfMemoryError");
            assertThat(String.valueOf(failed.reply().content().get("evalue")))
                    .contains("native thread", "variables are kept", "Virtual threads");
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
    void aDiskThatIsFull_failsTheCell_notTheKernel() throws Exception {
        // given a system that takes 8 KB of each file, with room for what the JVM itself says
        try (var kernel =
                LiveKernel.start(folder, "-Xmx200m -XX:-UsePerfData -Djava.io.tmpdir=" + folder, "ulimit -f 8")) {
            // when
            Answer answer = kernel.client.execute(
                    "var file = java.nio.file.Files.createTempFile(\"a\", \"b\"); Files.write(file, new byte[100_000]);");
            // then
            assertThat(answer.status()).isEqualTo("error");
            assertThat(String.valueOf(answer.reply().content().get("ename"))).contains("IOException");
            assertThat(kernel.runs("System.err.println(\"err\"); System.out.println(\"out\");").stream("stdout"))
                    .isEqualTo("out\n");
            kernel.runs("record Point(int x) {} var point = new Point(3);");
            assertThat(kernel.value("point")).isEqualTo("Point[x=3]");
            kernel.isWell();
        }
    }

    @Test
    void asManyFilesAsTheSystemAllows_failTheCell_notTheKernel() throws Exception {
        // given a kernel that has told of an error: here its classes are files, not in a jar that is open
        try (var kernel = LiveKernel.start(
                folder,
                "-Xmx200m",
                "ulimit -n 500; export JPY_PARENT_PID="
                        + ProcessHandle.current().pid())) {
            kernel.client.execute("new FileInputStream(\"there is no such file\")");
            kernel.isWell();
            // when
            kernel.runs(
                    "var files = new ArrayList<InputStream>(); var empty = java.nio.file.Files.createTempFile(\"a\", \"b\");");
            Answer answer = kernel.client.execute("while (true) files.add(new FileInputStream(empty.toFile()));");
            // then
            assertThat(answer.status()).isEqualTo("error");
            assertThat(String.valueOf(answer.reply().content().get("evalue"))).contains("Too many open files");
            assertThat(kernel.value("files.size() > 50")).isEqualTo("true");
            kernel.isWell();
            kernel.runs("for (var file : files) file.close(); Files.delete(empty);");
            kernel.interrupt();
            assertThat(kernel.value("new FileInputStream(\"/dev/null\").read()"))
                    .isEqualTo("-1");
        }
    }
}
