package io.weft.kernel.handler;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weft.kernel.channel.StderrLog;
import io.weft.kernel.client.KernelProcess;
import io.weft.kernel.client.ScriptedEvaluator;
import io.weft.kernel.client.TestClient;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/// A kernel in this JVM whose cells a test writes, and a front end that is connected to it.
final class RunningKernel implements AutoCloseable {
    final ScriptedEvaluator evaluator = new ScriptedEvaluator();
    final TestClient client;
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final Kernel kernel;

    RunningKernel() throws Exception {
        this(Optional.empty());
    }

    /// @param history the file in which cells are kept
    RunningKernel(Optional<Path> history) throws Exception {
        var connection = KernelProcess.freeConnection();
        var log = new StderrLog(new PrintStream(logged, true, UTF_8));
        kernel = Kernel.start(connection, () -> evaluator, "1", history, log);
        client = new TestClient(connection);
    }

    /// What the kernel has logged so far.
    String logged() {
        return logged.toString(UTF_8);
    }

    @Override
    public void close() {
        client.close();
        kernel.close();
    }
}
