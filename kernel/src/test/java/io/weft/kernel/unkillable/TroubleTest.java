package io.weft.kernel.unkillable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// A session full of trouble leaves the kernel no thread, file or process.
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class TroubleTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    /// Cells that never end by themselves.
    private static final List<String> ENDLESS = List.of(
            "try (var server = new ServerSocket(0)) { server.accept(); }",
            "try (var server = new ServerSocket(0); var peer = new Socket(\"127.0.0.1\", server.getLocalPort())) { peer.getInputStream().read(); }",
            "new ProcessBuilder(\"sleep\", \"1000\").start().getInputStream().readAllBytes();",
            "try (var pool = Executors.newFixedThreadPool(3)) { pool.submit(() -> { while (true) {} }).get(); }",
            "try (var lines = Files.lines(Path.of(\"/dev/zero\"))) { lines.count(); }",
            "for (int n = 0; n < 100; n++) Thread.startVirtualThread(LockSupport::park); while (true) {}");
    /// Cells that fail.
    private static final List<String> FAILING = List.of(
            "new long[Integer.MAX_VALUE]",
            "int deep(int n) { return deep(n + 1) + 1; }\ndeep(0)",
            "System.exit(3);",
            "this does not compile",
            "new FileInputStream(\"there is no such file\")",
            "new ProcessBuilder(\"there is no such program\").start();",
            "new Socket(\"127.0.0.1\", 1);");

    @TempDir
    private Path folder;

    @Test
    void aSessionOfTrouble_leavesNoThreadNoFileAndNoProcess() throws Exception {
        try (var kernel = LiveKernel.start(folder, "-Xmx300m", "")) {
            // given what the JVM and the kernel open once and keep
            trouble(kernel);
            trouble(kernel);
            long pid = kernel.program.process().pid();
            Map<String, Integer> filesBefore = openFiles(pid);
            String threadsBefore = threads(kernel);

            // when
            for (int round = 0; round < 5; round++) trouble(kernel);

            // then
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(ProcessHandle.of(pid).orElseThrow().descendants()).isEmpty();
                assertThat(threads(kernel)).isEqualTo(threadsBefore);
                assertThat(openFiles(pid)).isEqualTo(filesBefore);
            });
            kernel.isWell();
        }
    }

    private static void trouble(LiveKernel kernel) throws Exception {
        for (String endless : ENDLESS) {
            String cell = kernel.begin("System.out.println(\"on\"); { " + endless + " }");
            kernel.interrupt();
            kernel.awaitInterrupted(cell, SOON);
        }
        for (String failing : FAILING) {
            assertThat(kernel.client.execute(failing).status()).as(failing).isEqualTo("error");
        }
    }

    /// The names of all threads in the kernel, but for those that the JDK starts for all processes and virtual threads.
    private static String threads(LiveKernel kernel) throws Exception {
        return kernel.value(
                "Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(n -> !n.matches(\"(process reaper|VirtualThread-|ForkJoinPool-1-worker).*\")).sorted().collect(Collectors.joining(\", \"))");
    }

    /// How many files of each kind a process has open: sockets, pipes and such together, any other by its path, but for
    /// the jars, which the class loader opens when it first needs one.
    private static Map<String, Integer> openFiles(long pid) throws IOException {
        var counted = new TreeMap<String, Integer>();
        try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
            for (Path file : open.toList()) {
                String target = target(file);
                if (!target.isEmpty() && !target.endsWith(".jar"))
                    counted.merge(target.replaceFirst(":.*", ""), 1, Integer::sum);
            }
        }
        return counted;
    }

    private static String target(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException _) {
            return ""; // closed meanwhile
        }
    }
}
