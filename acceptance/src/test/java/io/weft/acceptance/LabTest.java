package io.weft.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A person's first minutes: `install.sh --lab` serves a JupyterLab, and a browser runs a notebook in it.
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class LabTest {
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration IN_THE_BROWSER = Duration.ofMinutes(6);

    @Test
    void runAll_showsTheListInThePage(@TempDir Path folder) throws IOException {
        Path screenshots = Project.target("screenshots");
        // given
        try (var lab = lab(folder, freePort()).start()) {
            String address = address(lab, folder);
            // when
            String printed = Browser.get()
                    .run(
                            "lab.mjs",
                            IN_THE_BROWSER,
                            address,
                            "02-pool.ipynb",
                            "[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]",
                            screenshots.toString());
            // then
            JsonNode seen = new JsonMapper().readTree(printed);
            assertThat(seen.path("kernel").asString()).contains("Java (Weft)");
            assertThat(seen.path("results").valueStream().map(JsonNode::asString))
                    .contains("[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]");
            // the last cell has run, though one before it fails on purpose
            assertThat(seen.path("lastRun").asString()).matches("\\[\\d+]:");
            assertThat(screenshots).isDirectoryContaining("glob:**/lab-02-pool.png");
            // and with the server, the kernel ends
            List<ProcessHandle> all = lab.process().descendants().toList();
            assertThat(all).as("the kernel").isNotEmpty();
            lab.process().destroy();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !lab.process().isAlive() && all.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    void aPersonsWork_showsInThePage(@TempDir Path folder) throws IOException {
        Path screenshots = Project.target("screenshots");
        // given
        try (var lab = lab(folder, freePort()).start()) {
            // when
            String printed =
                    Browser.get().run("front-end.mjs", IN_THE_BROWSER, address(lab, folder), screenshots.toString());
            // then
            JsonNode seen = new JsonMapper().readTree(printed);
            assertThat(seen.path("sum").asString()).isEqualTo("2");
            assertThat(seen.path("table").asInt())
                    .as("tables for a list of records")
                    .isEqualTo(1);
            assertThat(seen.path("declared").asString()).contains("minute", "Weft <Street>");
            assertThat(seen.path("interrupted").asString()).startsWith("Interrupted");
            assertThat(seen.path("after").asString()).isEqualTo("42");
            assertThat(seen.path("completed").asString()).contains("stops.getFirst()");
            assertThat(seen.path("members").asString())
                    .contains("size", "stream")
                    .doesNotContain("finalize");
            assertThat(seen.path("inspected").asString())
                    .contains("CharSequence delimiter", "copies of the", "CharSequence elements")
                    .doesNotContain("{@code");
            assertThat(seen.path("wrong").asString()).contains("int number = \"text\";", "^^^^^^");
            assertThat(seen.path("thrown").asString())
                    .contains("RuntimeException: cannot halve", "IllegalStateException: odd: 7", "line 2");
            assertThat(seen.path("answered").asString()).contains("name?").contains("WEFT");
            // the console answered while the notebook's cell still ran
            assertThat(seen.path("subshell").asString()).isEqualTo("42");
            assertThat(seen.path("mainPrompt").asString()).isEqualTo("[*]:");
            assertThat(seen.path("forgotten").asString()).contains("cannot find symbol", "stops");
            assertThat(seen.path("again").asString()).contains("[2]:", "2");
            for (String station : List.of("completing", "inspecting", "failing", "subshell", "dark")) {
                assertThat(screenshots).isDirectoryContaining("glob:**/front-end-" + station + ".png");
            }
        }
    }

    @Test
    void aPortInUse_isNamed(@TempDir Path folder) throws IOException {
        // given
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // when
            var run = lab(folder, taken.getLocalPort()).run(START);
            // then
            assertThat(run.exitCode()).isNotZero();
            assertThat(run.output()).contains("port " + taken.getLocalPort() + " is already in use");
        }
    }

    private static Program lab(Path runtime, int port) {
        return Installation.get()
                .install(
                        "--lab",
                        "--no-browser",
                        "--",
                        "--port=" + port,
                        "--ServerApp.port_retries=0",
                        "--ServerApp.ip=127.0.0.1")
                .with("JUPYTER_RUNTIME_DIR", runtime.toString())
                .with("JUPYTERLAB_WORKSPACES_DIR", runtime.toString()); // opens nothing of an earlier test
    }

    /// The server's address with its token, from the file that it writes when it is ready.
    private static String address(Program.Running lab, Path runtime) {
        await("JupyterLab is up").atMost(START).until(() -> {
            assertThat(lab.process().isAlive()).as(lab.output()).isTrue();
            return !serverFiles(runtime).isEmpty();
        });
        JsonNode server = new JsonMapper().readTree(serverFiles(runtime).getFirst());
        return "%slab/tree/NOTEBOOK?token=%s"
                .formatted(server.path("url").asString(), server.path("token").asString());
    }

    private static List<Path> serverFiles(Path runtime) {
        return Project.contents(runtime).stream()
                .filter(file -> file.getFileName().toString().matches("jpserver-\\d+\\.json"))
                .toList();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
