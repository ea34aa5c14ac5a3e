package io.weft.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server of Jupyter that a test started, with the address and the token that it wrote down when it was ready.
record JupyterServer(Program.Running running, String url, String token) implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(3);

    /// Starts a program that becomes such a server, and waits until it answers.
    ///
    /// @param runtime a folder of its own, for what it writes while it runs
    static JupyterServer started(Program program, Path runtime) {
        Program.Running running = program.with("JUPYTER_RUNTIME_DIR", runtime.toString())
                .with("JUPYTERLAB_WORKSPACES_DIR", runtime.toString()) // opens nothing of an earlier test
                .start();
        try {
            await("Jupyter is up").atMost(START).until(() -> {
                assertThat(running.process().isAlive()).as(running.output()).isTrue();
                return !serverFiles(runtime).isEmpty();
            });
            JsonNode server = new JsonMapper().readTree(serverFiles(runtime).getFirst());
            return new JupyterServer(
                    running, server.path("url").asString(), server.path("token").asString());
        } catch (Throwable notUp) {
            running.close();
            throw notUp;
        }
    }

    /// The address of a page of the server, such as `lab/tree/01-lock.ipynb`, for whoever has no password.
    String address(String path) {
        return "%s%s?token=%s".formatted(url, path, token);
    }

    @Override
    public void close() {
        running.close();
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static List<Path> serverFiles(Path runtime) {
        return Project.contents(runtime).stream()
                .filter(file -> file.getFileName().toString().matches("jpserver-\\d+\\.json"))
                .toList();
    }
}
