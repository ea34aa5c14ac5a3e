package io.weft.magics;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.ijava.CompatibilityMagics;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.eval.Execution;
import io.weft.kernel.eval.JShellEvaluator;
import io.weft.kernel.eval.Outcome;
import io.weft.magics.notebook.NotebookMagics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Runs every example of `docs/compatibility.md`: the tables say what a cell gives, and it does.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class CompatibilityTest {
    private static final Path PAGE = Path.of("..", "..", "docs", "compatibility.md");
    private static final Pattern BETWEEN_COLUMNS = Pattern.compile("(?<!\\\\) \\| ");

    private NotebookFixture fixture;
    private String home = "";

    /// A row of a table; `variable` has a value where the table is that of the environment.
    private record Row(String name, String variable, String value, String cell, String gives) {}

    @BeforeAll
    void prepare(@TempDir Path dir) throws IOException {
        fixture = NotebookFixture.in(dir);
        // neither the settings nor the local repository of whoever runs the tests
        home = System.setProperty("user.home", dir.resolve("home").toString());
    }

    @AfterAll
    void restore() {
        System.setProperty("user.home", home);
    }

    @TestFactory
    java.util.stream.Stream<DynamicContainer> everyExampleGivesWhatThePageSays() throws IOException {
        var sections = new ArrayList<DynamicContainer>();
        String title = "";
        var rows = new ArrayList<Row>();
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("## ")) {
                if (!rows.isEmpty()) sections.add(section(title, List.copyOf(rows)));
                rows.clear();
                title = line.substring(3);
            } else if (line.startsWith("| ") && !line.startsWith("| Name |") && !line.startsWith("| Variable |")) {
                rows.add(row(line));
            }
        }
        if (!rows.isEmpty()) sections.add(section(title, List.copyOf(rows)));
        return sections.stream();
    }

    @Test
    void thePageHasAnExampleOfEverything() throws IOException {
        long rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| ") && !line.contains(" Example |"))
                .peek(line -> assertThat(BETWEEN_COLUMNS.split(line.substring(2)))
                        .as(line)
                        .hasSizeBetween(5, 6))
                .count();
        assertThat(rows).isGreaterThan(120);
    }

    private static Row row(String line) {
        String[] columns = BETWEEN_COLUMNS.split(line.substring(2).replaceFirst(" \\|$", ""), 0);
        boolean environment = columns[0].matches("`(WEFT|JJAVA|IJAVA)_.*");
        int at = environment ? 3 : 2;
        return new Row(
                columns[0],
                environment ? code(columns[0].replaceFirst("` .*", "`")) : "",
                environment ? code(columns[2]) : "",
                code(columns[at]),
                code(columns[at + 1]));
    }

    private static String code(String column) {
        String text = column.strip();
        return text.startsWith("`") ? text.substring(1, text.length() - 1).replaceAll(" ?⏎ ?", "\n") : text;
    }

    private DynamicContainer section(String title, List<Row> rows) {
        var session = new Session(Map.of());
        var tests = new ArrayList<DynamicTest>();
        for (Row row : rows)
            tests.add(DynamicTest.dynamicTest(
                    row.name() + ": " + row.cell().lines().findFirst().orElse(""), () -> {
                        if (row.variable().isEmpty()) session.check(row);
                        else
                            try (var own = new Session(Map.of(row.variable(), fixture.placed(row.value())))) {
                                own.check(row);
                            }
                    }));
        tests.add(DynamicTest.dynamicTest("the session ends", session::close));
        return DynamicContainer.dynamicContainer(title, tests);
    }

    /// A notebook with all magics.
    private final class Session implements AutoCloseable {
        private final Map<String, String> environment;
        private @Nullable JShellEvaluator evaluator;
        private int count;

        Session(Map<String, String> environment) {
            this.environment = environment;
        }

        private JShellEvaluator evaluator() {
            JShellEvaluator ready = evaluator;
            if (ready == null) {
                ready = new JShellEvaluator(
                        List.of(new ConcurrencyMagics(), new NotebookMagics(), new CompatibilityMagics(environment)),
                        environment);
                evaluator = ready;
            }
            return ready;
        }

        void check(Row row) throws Exception {
            JShellEvaluator evaluator = evaluator();
            var shown = new Shown();
            var execution = new Execution(fixture.placed(row.cell()), ++count, shown, (_, _) -> "");
            Outcome outcome;
            try {
                outcome = CompletableFuture.supplyAsync(() -> evaluator.evaluate(execution))
                        .get(90, TimeUnit.SECONDS);
            } catch (java.util.concurrent.TimeoutException late) {
                evaluator.interrupt();
                throw new AssertionError("no end: " + row.cell(), late);
            }
            compare(row, outcome, shown);
        }

        private static void compare(Row row, Outcome outcome, Shown shown) {
            var bundles = new ArrayList<>(shown.bundles());
            String all = row + "\n" + outcome + "\n" + shown.text() + bundles;
            String gives = row.gives();
            int colon = gives.indexOf(": ");
            String kind = colon < 0 ? "" : gives.substring(0, colon);
            String expected = gives.substring(kind.isEmpty() ? 0 : colon + 2);
            if (kind.equals("error")) {
                assertThat(outcome)
                        .as(all)
                        .isInstanceOfSatisfying(
                                Outcome.Failure.class,
                                failure -> assertThat(failure.name()).isEqualTo(expected));
                return;
            }
            assertThat(outcome).as(all).isNotInstanceOf(Outcome.Failure.class);
            if (outcome instanceof Outcome.Value(MimeBundle bundle)) bundles.add(bundle);
            if (kind.equals("out")) assertThat(shown.out()).as(all).contains(expected);
            else if (kind.contains("/"))
                assertThat(bundles)
                        .as(all)
                        .anySatisfy(bundle -> assertThat(
                                        String.valueOf(bundle.data().get(kind)))
                                .contains(expected));
            else if (gives.equals("nothing")) assertThat(outcome).as(all).isInstanceOf(Outcome.Nothing.class);
            else
                assertThat(bundles.isEmpty() ? "nothing" : bundles.getLast().plainText())
                        .as(all)
                        .isEqualTo(gives);
        }

        @Override
        public void close() {
            JShellEvaluator made = evaluator;
            if (made != null) made.close();
        }
    }
}
