package io.weft.kernel.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.kernel.client.TestClient.Answer;
import io.weft.kernel.eval.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Requests that ask about the kernel, while a cell runs.
@Timeout(60)
class SmallRequestsTest {
    private static final String SLEEPER = "void main() throws Exception { Thread.sleep(1_000_000); }";

    private final CountDownLatch mayEnd = new CountDownLatch(1);

    @TempDir
    private Path folder;

    private RunningKernel kernel;

    @BeforeEach
    void runACell() throws Exception {
        kernel = new RunningKernel();
        var runs = new CountDownLatch(1);
        kernel.evaluator.on("wait", _ -> {
            runs.countDown();
            mayEnd.await();
            return new Outcome.Nothing();
        });
        kernel.client.send("shell", "execute_request", Map.of("code", "wait"));
        runs.await();
    }

    @AfterEach
    void stop() {
        mayEnd.countDown();
        kernel.close();
    }

    @EnabledOnOs(OS.LINUX) // elsewhere the memory of another process is not told
    @Test
    void usage_countsTheKernelAndItsChildren() throws Exception {
        // given
        Map<String, @Nullable Object> alone = usage();
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:+AlwaysPreTouch",
                        "-Xms400m",
                        "-Xmx400m",
                        Files.writeString(folder.resolve("Sleeper.java"), SLEEPER)
                                .toString())
                .start();

        try {
            // when the child has taken its heap
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(number(usage(), "kernel_memory"))
                            .isGreaterThan(number(alone, "kernel_memory") + (250L << 20)));

            // then
            Map<String, @Nullable Object> both = usage();
            assertThat(both).containsEntry("status", "ok").containsKeys("hostname", "kernel_cpu", "cpu_count");
            assertThat(((Number) Objects.requireNonNull(both.get("pid"))).longValue())
                    .isEqualTo(ProcessHandle.current().pid());
            assertThat(number(alone, "kernel_memory")).isGreaterThan(10L << 20).isLessThan(64L << 30);
            assertThat((Map<?, ?>) both.get("host_virtual_memory"))
                    .extracting("total")
                    .satisfies(total -> assertThat(((Number) total).longValue()).isGreaterThan(1L << 28));
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void usage_tellsTheProcessorTimeSinceTheAnswerBefore() throws Exception {
        // given
        usage();

        // when a processor has worked for a while
        var threads = java.lang.management.ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        while (threads.getCurrentThreadCpuTime() - start < 200_000_000) {
            Thread.onSpinWait();
        }

        // then
        assertThat(((Number) Objects.requireNonNull(usage().get("kernel_cpu"))).doubleValue())
                .isPositive();
    }

    private Map<String, @Nullable Object> usage() throws Exception {
        return kernel.client
                .request("control", "usage_request", Map.of())
                .reply()
                .content();
    }

    private static long number(Map<String, @Nullable Object> usage, String name) {
        return ((Number) Objects.requireNonNull(usage.get(name))).longValue();
    }

    @Test
    void debugRequests_areAnsweredInTheDebuggersProtocol_withFailure() throws Exception {
        Answer answer = kernel.client.request(
                "control",
                "debug_request",
                Map.of("type", "request", "seq", 3, "command", "initialize", "arguments", Map.of()));

        assertThat(answer.reply().header().type()).isEqualTo("debug_reply");
        assertThat(answer.reply().content())
                .containsEntry("type", "response")
                .containsEntry("request_seq", 3)
                .containsEntry("command", "initialize")
                .containsEntry("success", false);
        assertThat(String.valueOf(answer.reply().content().get("message"))).contains("no debugger");
    }

    @Test
    void connectRequests_areAnsweredWithThePorts() throws Exception {
        assertThat(kernel.client
                        .request("shell", "connect_request", Map.of())
                        .reply()
                        .content())
                .containsKeys("shell_port", "iopub_port", "stdin_port", "hb_port", "control_port");
    }

    @Test
    void questionsAboutTheKernel_areAnsweredOnBothChannels() throws Exception {
        for (String channel : List.of("shell", "control")) {
            for (String type : List.of(
                    "kernel_info_request",
                    "comm_info_request",
                    "history_request",
                    "usage_request",
                    "connect_request",
                    "list_subshell_request")) {
                assertThat(kernel.client.request(channel, type, Map.of()).status())
                        .as(type)
                        .isEqualTo("ok");
            }
        }
    }
}
