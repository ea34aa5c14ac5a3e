package io.weft.kernel.unkillable;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.client.KernelProcess;
import io.weft.kernel.client.TestClient;
import io.weft.kernel.client.TestClient.Answer;
import io.weft.kernel.wire.ConnectionInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// A kernel in a process of its own with a client, and what a test asks of both again and again.
final class LiveKernel implements AutoCloseable {
    /// What the kernelspec gives the JVM, as far as it matters here.
    private static final String OPTIONS = "-XX:+UseSerialGC -XX:+UseCountedLoopSafepoints -XX:LoopStripMiningIter=1000";

    final KernelProcess program;
    final ConnectionInfo connection;
    final TestClient client;

    private LiveKernel(KernelProcess program, ConnectionInfo connection) throws Exception {
        this.program = program;
        this.connection = connection;
        client = new TestClient(connection);
    }

    /// Starts a kernel that has evaluated a cell: `keep` is 42 from now on.
    ///
    /// @param limits what a shell does before it becomes the kernel, such as `ulimit -f 0`; may be empty
    static LiveKernel start(Path folder, String moreOptions, String limits) throws Exception {
        ConnectionInfo connection = KernelProcess.freeConnection();
        Path file = KernelProcess.write(connection, folder);
        var environment = Map.of("JDK_JAVA_OPTIONS", OPTIONS + " " + moreOptions);
        KernelProcess program = limits.isEmpty()
                ? KernelProcess.start(folder, environment, file.toString())
                : KernelProcess.startLimited(folder, environment, limits, file.toString());
        try {
            var kernel = new LiveKernel(program, connection);
            kernel.runs("int keep = 42;");
            return kernel;
        } catch (Exception | AssertionError failed) {
            program.close();
            throw new IllegalStateException("the kernel wrote: " + program.written(), failed);
        }
    }

    /// Runs a cell that must succeed.
    Answer runs(String code) throws Exception {
        Answer answer = client.execute(code);
        assertThat(answer.status())
                .as("%s → %s", code, answer.reply().content())
                .isEqualTo("ok");
        return answer;
    }

    /// The value of an expression.
    String value(String code) throws Exception {
        return runs(code).result();
    }

    /// Sends a cell and waits until it has printed something.
    String begin(String code) throws Exception {
        String id = client.send("shell", "execute_request", Map.of("code", code));
        var first = client.receive(
                "iopub",
                message -> message.parent().id().equals(id)
                        && (message.header().type().equals("stream")
                                || message.header().type().equals("error")));
        assertThat(first.header().type()).as(code + " → " + first.content()).isEqualTo("stream");
        return id;
    }

    void interrupt() throws Exception {
        client.request("control", "interrupt_request", Map.of());
    }

    /// Waits for the end of a cell, which must be that it was interrupted.
    Answer awaitInterrupted(String id, Duration atMost) throws Exception {
        var reply =
                client.receive("shell", atMost, message -> message.parent().id().equals(id));
        var answer = new Answer(reply, client.awaitIdle(id));
        assertThat(reply.content()).containsEntry("ename", "Interrupted");
        return answer;
    }

    /// The kernel answers, and the variables of the session are there.
    void isWell() throws Exception {
        assertThat(value("keep")).isEqualTo("42");
    }

    /// How many threads the process has that are not the JVM's own.
    int threads() throws Exception {
        return Integer.parseInt(value("Thread.getAllStackTraces().size()"));
    }

    /// How many files the process has open.
    long files() throws Exception {
        try (var open =
                Files.list(Path.of("/proc", String.valueOf(program.process().pid()), "fd"))) {
            return open.count();
        }
    }

    @Override
    public void close() {
        client.close();
        program.close();
    }
}
