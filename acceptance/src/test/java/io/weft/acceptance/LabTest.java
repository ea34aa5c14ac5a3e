package io.weft.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A person's first hour: `install.sh --lab` serves a JupyterLab, and a browser does in it what a person does. One Lab
/// serves all of it, and Notebook 7 besides.
@Isolated("two notebooks at a time take all of a small machine")
@Timeout(value = 25, unit = TimeUnit.MINUTES)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LabTest {
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration IN_THE_BROWSER = Duration.ofMinutes(6);
    private static final Duration ALL_NOTEBOOKS = Duration.ofMinutes(18);

    /// Pages at a time: what is shown takes a core, and so does what is computed.
    private static final int AT_A_TIME = 2;

    /// Notebooks with a table, an error and cards of a pool; with charts.
    private static final List<String> IN_NOTEBOOK_7 = List.of("02-pool", "09-no-gil");

    private static final Path SCREENSHOTS = Project.target("screenshots");

    @TempDir
    static Path runtime;

    private static JupyterServer lab;

    @BeforeAll
    static void openLab() throws IOException {
        lab = JupyterServer.started(lab(Installation.getWithTools(), JupyterServer.freePort()), runtime);
    }

    @AfterAll
    static void closeLab() {
        if (lab != null) lab.close();
    }

    @Test
    void everyNotebook_runsInLab_andShowsWhatItShowsInAReport() {
        // when each is opened and run from the menus, drawn to its end, and saved
        List<String> names = Project.notebooks().stream().map(LabTest::name).toList();
        JsonNode seen = run("lab/tree/NOTEBOOK", names, ALL_NOTEBOOKS);
        // then
        assertWhole(seen, names, "lab");
        assertThat(texts(seen.path("02-pool").path("results"))).contains("[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]");
    }

    @Test
    void notebook7_runsThemJustAsWell() {
        // when
        JsonNode seen = run("notebooks/NOTEBOOK", IN_NOTEBOOK_7, IN_THE_BROWSER);
        // then
        assertWhole(seen, IN_NOTEBOOK_7, "notebook7");
    }

    /// Asserts that each notebook ran from top to bottom in a page that had nothing to complain of, and that what it
    /// saved has in each cell outputs of the kinds that the report's run has there.
    private static void assertWhole(JsonNode seen, List<String> names, String frontEnd) {
        var softly = new SoftAssertions();
        for (String name : names) {
            JsonNode page = seen.path(name);
            softly.assertThat(page.path("failure").asString("")).as(name).isEmpty();
            softly.assertThat(page.path("kernel").asString()).as(name).contains("Java (Weft)");
            softly.assertThat(texts(page.path("faults")))
                    .as("what is not drawn in %s", name)
                    .isEmpty();
            softly.assertThat(texts(page.path("problems")))
                    .as("what the console says of %s", name)
                    .isEmpty();
            Notebook saved = Notebook.at(Installation.get().home().resolve("notebooks/" + name + ".ipynb"));
            softly.assertThat(saved.code()).as(name).allSatisfy(cell -> {
                assertThat(cell.count()).as(cell.address()).isPositive();
                assertThat(cell.failed())
                        .as("%s%n%s", cell.address(), cell.texts())
                        .isEqualTo(cell.mayFail());
            });
            softly.assertThat(saved.shapes())
                    .as("the kinds of outputs of %s, cell by cell", name)
                    .isEqualTo(Reports.get().executed(name).shapes());
            softly.assertThat(SCREENSHOTS).isDirectoryContaining("glob:**/%s-%s.png".formatted(frontEnd, name));
        }
        softly.assertAll();
    }

    private static JsonNode run(String page, List<String> names, Duration deadline) {
        Stream<String> options = Stream.of(lab.address(page), SCREENSHOTS.toString(), String.valueOf(AT_A_TIME));
        return new JsonMapper()
                .readTree(Browser.get()
                        .run(
                                "lab.mjs",
                                deadline,
                                Stream.concat(options, names.stream()).toArray(String[]::new)));
    }

    @Test
    void aCardMovesWhileAPoolRuns_standsStillAfterAReload_andRestartAndRunAllLeavesNoWorker() {
        // when
        JsonNode seen = new JsonMapper()
                .readTree(Browser.get()
                        .run("live.mjs", IN_THE_BROWSER, lab.address("lab/tree/NOTEBOOK"), SCREENSHOTS.toString()));
        // then
        assertThat(texts(seen.path("moving")))
                .as("what the card said while the cell ran")
                .hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(line -> assertThat(line).startsWith("demo.map: ").contains(" of 12 tasks"));
        String last = seen.path("last").asString();
        assertThat(last).startsWith("demo.map: 12 of 12 tasks").doesNotContain(" left");
        assertThat(seen.path("reloaded").asString()).isEqualTo(last);
        // and each worker of the kernel that was restarted is gone, the new one has its own; there may be a spare one
        assertThat(texts(seen.path("workers")))
                .hasSizeBetween(2, 3)
                .doesNotContainAnyElementsOf(texts(seen.path("anew")));
        assertThat(texts(seen.path("anew"))).hasSizeBetween(2, 3);
        assertThat(seen.path("gone").asString()).isEqualTo("all gone");
    }

    @Test
    void aPersonsWork_showsInThePage() {
        // when
        JsonNode seen = new JsonMapper()
                .readTree(Browser.get()
                        .run(
                                "front-end.mjs",
                                IN_THE_BROWSER,
                                lab.address("lab/tree/NOTEBOOK"),
                                SCREENSHOTS.toString()));
        // then
        assertThat(seen.path("sum").asString()).isEqualTo("2");
        assertThat(seen.path("table").asInt())
                .as("tables for a list of records")
                .isEqualTo(1);
        assertThat(seen.path("declared").asString()).contains("minute", "Weft <Street>");
        assertThat(seen.path("interrupted").asString()).startsWith("Interrupted");
        assertThat(seen.path("after").asString()).isEqualTo("42");
        assertThat(seen.path("completed").asString()).contains("stops.getFirst()");
        assertThat(seen.path("members").asString()).contains("size", "stream").doesNotContain("finalize");
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
            assertThat(SCREENSHOTS).isDirectoryContaining("glob:**/front-end-" + station + ".png");
        }
    }

    @Test
    void aPortInUse_isNamed(@TempDir Path folder) throws IOException {
        // given
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // when an installation of its own, which needs no start-up cache, is opened
            var run = lab(new Installation(Installation.get().home(), folder), taken.getLocalPort(), "--no-cache")
                    .with("JUPYTER_RUNTIME_DIR", folder.toString())
                    .run(START);
            // then
            assertThat(run.exitCode()).isNotZero();
            assertThat(run.output()).contains("port " + taken.getLocalPort() + " is already in use");
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void withTheServer_itsKernelsEnd() throws Exception {
        // given a kernel
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(lab.address("api/kernels")))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"name\": \"weft\"}"))
                    .timeout(START)
                    .build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(201);
        }
        ProcessHandle server = lab.running().process().toHandle();
        List<ProcessHandle> all = server.descendants().toList();
        // one only: notebooks that were closed left none
        assertThat(all)
                .as(
                        "programs of the server: %s",
                        all.stream().map(ProcessHandle::info).toList())
                .hasSize(1);
        // when
        server.destroy();
        // then
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !server.isAlive() && all.stream().noneMatch(ProcessHandle::isAlive));
    }

    private static Program lab(Installation installation, int port, String... options) {
        Stream<String> ofLab = Stream.of(
                "--lab",
                "--no-browser",
                "--",
                "--port=" + port,
                "--ServerApp.port_retries=0",
                "--ServerApp.ip=127.0.0.1");
        return installation.install(Stream.concat(Stream.of(options), ofLab).toArray(String[]::new));
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }

    private static String name(Path notebook) {
        return notebook.getFileName().toString().replace(".ipynb", "");
    }
}
