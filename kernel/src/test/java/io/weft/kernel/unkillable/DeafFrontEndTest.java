package io.weft.kernel.unkillable;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.client.RawPeer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// A front end that subscribes to the broadcasts and never reads them costs the kernel and the others little.
@DisabledOnOs(OS.WINDOWS)
@Timeout(120)
class DeafFrontEndTest {
    private static final byte[] EVERYTHING = {1};

    @TempDir
    private Path folder;

    @Test
    void twoHundredMegabytes_reachTheFrontEndThatReads_throughAHeapThatIsSmaller() throws Exception {
        try (var kernel = LiveKernel.start(folder, "-Xmx160m", "export WEFT_OUTPUT_LIMIT=none");
                var deaf = new RawPeer(kernel.connection.iopubPort())) {
            // given
            deaf.greet("SUB");
            deaf.send(RawPeer.frame(0, 1, EVERYTHING));
            deaf.awaitText("iopub_welcome");
            // when
            String cell = kernel.client.send("shell", "execute_request", Map.of("code", """
                    String line = "x".repeat(990);
                    for (int n = 0; n < 200_000; n++) System.out.println(1_000_000 + n + " " + line);"""));
            // then
            var lines = new AtomicLong();
            var inOrder = new AtomicLong();
            var rest = new StringBuilder();
            kernel.client.awaitIdle(cell, text -> {
                rest.append(text);
                int start = 0;
                for (int end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n", start)) {
                    boolean next = rest.substring(start, start + 7).equals(String.valueOf(1_000_000 + lines.get()));
                    if (next && end - start == 998) inOrder.incrementAndGet();
                    lines.incrementAndGet();
                    start = end + 1;
                }
                rest.delete(0, start);
            });
            assertThat(lines).hasValue(200_000);
            assertThat(inOrder).hasValue(200_000);
            assertThat(rest).isEmpty();
            kernel.isWell();
            assertThat(kernel.value("new byte[20 << 20].length")).isEqualTo(String.valueOf(20 << 20));
            assertThat(kernel.program.written())
                    .contains("has read nothing from weft-iopub")
                    .doesNotContain("goes on");
        }
    }
}
