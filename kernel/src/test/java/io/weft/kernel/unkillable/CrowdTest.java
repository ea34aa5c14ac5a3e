package io.weft.kernel.unkillable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A cell that starts a hundred thousand threads ends with one interrupt, and so do they.
@Timeout(180)
class CrowdTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration LATER = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Thread.startVirtualThread(one);",
                "if (executor == null) executor = Executors.newVirtualThreadPerTaskExecutor(); executor.submit(one);",
            })
    void aHundredThousandVirtualThreads_endWithOneInterrupt(String start) throws Exception {
        try (var kernel = LiveKernel.start(folder, "-Xmx600m", "")) {
            // given
            String cell = kernel.begin("""
                    var begun = new AtomicInteger();
                    var interrupted = new AtomicInteger();
                    ExecutorService executor = null;
                    Runnable one = () -> {
                        begun.incrementAndGet();
                        try { Thread.sleep(1_000_000); } catch (InterruptedException e) { interrupted.incrementAndGet(); }
                    };
                    for (int n = 0; n < 100_000; n++) { %s }
                    while (begun.get() < 100_000) Thread.sleep(1);
                    System.out.println("on");
                    while (true) {}""".formatted(start));
            // when
            kernel.interrupt();
            // then
            kernel.awaitInterrupted(cell, SOON);
            kernel.runs("while (interrupted.get() < 100_000) Thread.sleep(1);");
            kernel.isWell();
        }
    }

    @Test
    void virtualThreadsThatNeverWait_endWithOneInterrupt() throws Exception {
        try (var kernel = LiveKernel.start(folder, "-Xmx600m", "")) {
            // given many more than there are processors for
            String cell = kernel.begin("""
                    var threads = new ArrayList<Thread>();
                    for (int n = 0; n < 20_000; n++) threads.add(Thread.startVirtualThread(() -> { while (true) {} }));
                    System.out.println("on");
                    Thread.sleep(1_000_000);""");
            // when
            kernel.interrupt();
            // then
            kernel.awaitInterrupted(cell, SOON);
            kernel.runs("for (var thread : threads) thread.join();");
            kernel.isWell();
        }
    }

    @Test
    void aHundredThousandVirtualThreads_inAHeapThatIsTooSmall_endTheCell_notTheKernel() throws Exception {
        try (var kernel = LiveKernel.start(folder, "-Xmx100m", "")) {
            // when
            String cell = kernel.client.send("shell", "execute_request", Map.of("code", """
                    for (int n = 0; n < 100_000; n++)
                        Thread.startVirtualThread(() -> { try { Thread.sleep(1_000_000); } catch (InterruptedException e) {} });"""));
            var reply = kernel.client.receive(
                    "shell", LATER, message -> message.parent().id().equals(cell));
            // then
            assertThat(reply.content()).containsEntry("status", "error");
            assertThat(reply.content().toString()).contains("OutOfMemoryError");
            // and its threads end, so that there is room again
            await().atMost(LATER).untilAsserted(() -> {
                kernel.isWell();
                assertThat(kernel.value("new byte[20 << 20].length")).isEqualTo(String.valueOf(20 << 20));
            });
        }
    }
}
