package io.weft.kernel.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.client.KernelProcess;
import io.weft.kernel.client.TestClient;
import io.weft.kernel.eval.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class HistoryTest {
    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("state").resolve("history.jsonl");
    }

    private RunningKernel kernel() throws Exception {
        return new RunningKernel(Optional.of(file()));
    }

    private static List<?> history(TestClient client, Map<String, Object> content) throws Exception {
        return (List<?>) Objects.requireNonNull(client.request("shell", "history_request", content)
                .reply()
                .content()
                .get("history"));
    }

    private static List<@Nullable Object> entry(@Nullable Object... values) {
        return Arrays.asList(values);
    }

    @Test
    void aNewKernel_findsTheCellsOfTheOneBefore_byTailRangeAndPattern() throws Exception {
        // given
        try (var first = kernel()) {
            first.evaluator.on("int a = 1;", _ -> new Outcome.Nothing());
            for (String code : List.of("int a = 1;", "a + 1", "List.of(\"ü\",\n2)")) {
                first.client.execute(code);
            }
        }

        // when
        try (var second = kernel()) {
            second.client.execute("a + 1");
            second.client.execute("b");

            // then
            assertThat(history(second.client, Map.of("hist_access_type", "tail", "n", 3, "raw", true)))
                    .isEqualTo(List.of(entry(1, 3, "List.of(\"ü\",\n2)"), entry(2, 1, "a + 1"), entry(2, 2, "b")));
            assertThat(history(
                            second.client,
                            Map.of("hist_access_type", "range", "session", -1, "start", 1, "stop", 3, "output", true)))
                    .isEqualTo(List.of(entry(1, 1, entry("int a = 1;", null)), entry(1, 2, entry("a + 1", "a + 1"))));
            assertThat(history(second.client, Map.of("hist_access_type", "range", "session", 0, "start", -1)))
                    .isEqualTo(List.of(entry(2, 2, "b")));
            assertThat(history(second.client, Map.of("hist_access_type", "range", "session", 1, "stop", -2)))
                    .isEqualTo(List.of(entry(1, 1, "int a = 1;")));
            assertThat(history(
                            second.client, Map.of("hist_access_type", "search", "pattern", "*[ab]*1*", "unique", true)))
                    .isEqualTo(List.of(entry(1, 1, "int a = 1;"), entry(2, 1, "a + 1")));
            assertThat(history(second.client, Map.of("hist_access_type", "search", "pattern", "a ? 1", "n", 1)))
                    .isEqualTo(List.of(entry(2, 1, "a + 1")));
            assertThat(history(second.client, Map.of("hist_access_type", "search", "pattern", "[^a]")))
                    .isEqualTo(List.of(entry(2, 2, "b")));
        }
    }

    @ParameterizedTest
    @CsvSource({"*😀*, true", "?😀?, true", "a[😀]b, true", "*[x😀]*, true", "*😁*, false"})
    void aPattern_mayHaveCharactersBeyondTheBasicOnes(String pattern, boolean found) throws Exception {
        try (var history = new History(Optional.empty(), System.getLogger("test"))) {
            history.add(1, "a😀b", "");

            assertThat(history.search(pattern, 0, false)).hasSize(found ? 1 : 0);
        }
    }

    @Test
    void onlyTheOwner_canReadTheFile() throws Exception {
        try (var kernel = kernel()) {
            kernel.client.execute("1");
        }

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("state"))))
                .isEqualTo("rwx------");
    }

    @Test
    void silentCells_andThoseNotToBeStored_areNotKept() throws Exception {
        try (var kernel = kernel()) {
            kernel.client.request("shell", "execute_request", Map.of("code", "1", "silent", true));
            kernel.client.request("shell", "execute_request", Map.of("code", "2", "store_history", false));
            kernel.client.execute("3");

            assertThat(history(kernel.client, Map.of("hist_access_type", "tail")))
                    .isEqualTo(List.of(entry(1, 1, "3")));
        }
        assertThat(Files.readString(file())).doesNotContain("\"code\":\"1\"", "\"code\":\"2\"");
    }

    @Test
    void aFileThatCannotBeWritten_isToldOnce_andCellsRun() throws Exception {
        // given a file where the folder should be
        Files.writeString(folder.resolve("state"), "in the way");

        try (var kernel = kernel()) {
            // when
            for (int cell = 0; cell < 3; cell++) {
                assertThat(kernel.client.execute("1").status()).isEqualTo("ok");
            }

            // then
            assertThat(history(kernel.client, Map.of("hist_access_type", "tail", "n", 2)))
                    .isEqualTo(List.of(entry(1, 2, "1"), entry(1, 3, "1")));
            assertThat(kernel.logged().lines())
                    .singleElement()
                    .asString()
                    .contains("history", file().toString(), "WEFT_HISTORY");
        }
    }

    @Test
    void aFullDisk_isToldOnce_andCellsRun() throws Exception {
        Path full = Path.of("/dev/full");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(full));
        try (var kernel = new RunningKernel(Optional.of(Files.createSymbolicLink(folder.resolve("full"), full)))) {
            assertThat(kernel.client.execute("1").status()).isEqualTo("ok");
            assertThat(kernel.client.execute("2").status()).isEqualTo("ok");
            kernel.client.request("shell", "kernel_info_request", Map.of());

            org.awaitility.Awaitility.await().until(() -> !kernel.logged().isEmpty());
            assertThat(kernel.logged().lines()).hasSize(1);
        }
    }

    @Test
    void linesThatAreNoCells_arePassedOver_andHarmNoOther() throws Exception {
        // given
        try (var kernel = kernel()) {
            kernel.client.execute("first");
        }
        Files.writeString(file(), "{\"session\": 1, \"count\": 2, \"co", StandardOpenOption.APPEND);

        // when
        try (var kernel = kernel()) {
            kernel.client.execute("second");

            // then
            assertThat(history(kernel.client, Map.of("hist_access_type", "tail")))
                    .isEqualTo(List.of(entry(1, 1, "first"), entry(2, 1, "second")));
        }
    }

    @Test
    void manyKernelsAtOnce_haveTheirOwnNumbers_andLoseNoCell() throws Exception {
        // given
        int kernels = 6;
        int cells = 50;
        var files = new ArrayList<Callable<Integer>>();
        for (int number = 0; number < kernels; number++) {
            int kernel = number;
            files.add(() -> {
                var file = new HistoryFile(file(), System.getLogger("test"));
                int session = file.session();
                for (int count = 1; count <= cells; count++) {
                    file.append(new io.weft.kernel.wire.Reply.History.Cell(
                            session, count, "kernel " + kernel + " " + "x".repeat(5_000), ""));
                }
                return session;
            });
        }

        // when
        var sessions = new ArrayList<Integer>();
        try (var threads = Executors.newFixedThreadPool(kernels)) {
            for (var result : threads.invokeAll(files)) {
                sessions.add(result.get());
            }
        }

        // then
        assertThat(sessions).doesNotHaveDuplicates().hasSize(kernels);
        var kept = new HistoryFile(file(), System.getLogger("test")).cells();
        assertThat(kept).hasSize(kernels * cells);
        assertThat(kept)
                .filteredOn(cell -> cell.session() == sessions.getFirst())
                .hasSize(cells);
    }

    @Test
    void aLongFile_losesItsOlderHalf_whenASessionBegins() throws Exception {
        // given
        Files.createDirectories(file().getParent());
        String code = "x".repeat(100_000);
        var lines = new StringBuilder();
        for (int count = 1; count <= 100; count++) {
            lines.append("{\"session\":7,\"count\":%d,\"code\":\"%s\"}\n".formatted(count, code));
        }
        Files.writeString(file(), lines);

        // when
        var file = new HistoryFile(file(), System.getLogger("test"));

        // then
        assertThat(file.session()).isEqualTo(8);
        assertThat(file.cells())
                .hasSize(50)
                .last()
                .satisfies(cell -> assertThat(cell.count()).isEqualTo(100));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @ParameterizedTest
    @CsvSource(nullValues = "none", textBlock = """
                    Linux,      none,   none,       /home/ada/.local/state/weft/history.jsonl
                    Linux,      none,   /state,     /state/weft/history.jsonl
                    Linux,      none,   relative,   /home/ada/.local/state/weft/history.jsonl
                    Mac OS X,   none,   none,       /home/ada/Library/Application Support/weft/history.jsonl
                    Linux,      /x/h,   none,       /x/h
                    Linux,      off,    none,       none
                    Linux,      OFF,    none,       none
                    """)
    void theFile_isWhereThePlatformKeepsState_unlessTheUserSaysOtherwise(
            String system, @Nullable String chosen, @Nullable String state, @Nullable String expected) {
        var environment = new java.util.HashMap<String, String>();
        if (chosen != null) {
            environment.put("WEFT_HISTORY", chosen);
        }
        if (state != null) {
            environment.put("XDG_STATE_HOME", state);
        }

        assertThat(HistoryFile.location(environment, system, "/home/ada"))
                .isEqualTo(Optional.ofNullable(expected).map(Path::of));
    }

    @Test
    void theProgram_keepsTheHistoryWhereItIsTold() throws Exception {
        var connection = KernelProcess.freeConnection();
        try (var program = KernelProcess.start(
                        folder,
                        Map.of("WEFT_HISTORY", file().toString()),
                        KernelProcess.write(connection, folder).toString());
                var client = new TestClient(connection)) {
            client.execute("40 + 2");
            client.request("control", "shutdown_request", Map.of("restart", false));
            assertThat(program.awaitExit(Duration.ofSeconds(30))).isZero();
        }

        assertThat(new HistoryFile(file(), System.getLogger("test")).cells())
                .singleElement()
                .satisfies(cell -> {
                    assertThat(cell.code()).isEqualTo("40 + 2");
                    assertThat(cell.output()).isEqualTo("42");
                });
    }
}
