package io.weft.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every notebook, run from top to bottom by the real Jupyter stack and exported to HTML: `install.sh --reports`.
@Isolated("two notebooks at a time take all of a small machine")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class NotebooksTest {
    private static final Duration BROWSER = Duration.ofMinutes(10);
    private static final Duration TWO_NOTEBOOKS = Duration.ofMinutes(5);

    private static Reports reports;

    @BeforeAll
    static void runAllNotebooks() {
        reports = Reports.get();
    }

    @TestFactory
    Stream<DynamicTest> everyNotebook_isStoredWithoutOutputs() {
        return all().map(file -> dynamicTest(name(file), () -> {
            Notebook stored = Notebook.at(file);
            assertThat(stored.kernel()).isEqualTo("weft");
            assertThat(stored.code()).isNotEmpty().allSatisfy(cell -> {
                assertThat(cell.outputs()).isEmpty();
                assertThat(cell.count()).isZero();
            });
        }));
    }

    @TestFactory
    Stream<DynamicTest> everyNotebook_runsToItsEnd() {
        return all().map(file -> dynamicTest(name(file), () -> {
            Notebook executed = reports.executed(name(file));
            assertThat(executed.code()).as(() -> reports.run().output()).allSatisfy(cell -> {
                assertThat(cell.count()).as(cell.source()).isPositive();
                assertThat(cell.failed())
                        .as("%s%n%s", cell.source(), cell.texts())
                        .isEqualTo(cell.mayFail());
            });
        }));
    }

    @TestFactory
    Stream<DynamicTest> everyNotebook_showsWhatItsTextClaims() {
        return all().map(file -> dynamicTest(
                name(file),
                () -> assertThat(reports.executed(name(file)).brokenClaims())
                        .as("claims of %s (metadata weft.expect) that do not hold on this machine", name(file))
                        .isEmpty()));
    }

    /// A claim that any output fulfils says nothing.
    @TestFactory
    Stream<DynamicTest> everyNotebook_claimsSomething() {
        return all().map(file -> dynamicTest(name(file), () -> {
            List<String> claims = Notebook.at(file).code().stream()
                    .flatMap(cell -> cell.expected().stream())
                    .toList();
            assertThat(claims)
                    .as("what notebooks/%s.ipynb expects of its cells (metadata weft.expect)", name(file))
                    .noneMatch(claim -> Pattern.compile(claim).matcher("").find());
            if (!name(file).startsWith("00-")) assertThat(claims).isNotEmpty();
        }));
    }

    @TestFactory
    Stream<DynamicTest> noNotebook_writesToTheStandardError() {
        return all().map(file -> dynamicTest(
                name(file),
                () -> assertThat(reports.executed(name(file)).code())
                        .flatExtracting(Notebook.Cell::outputs)
                        .filteredOn(output -> output.kind().equals("stderr"))
                        .filteredOn(output -> !output.isOfWorkers())
                        .isEmpty()));
    }

    @Test
    void theCommand_succeeds_andListsEveryPage() throws IOException {
        assertThat(reports.run().successful()).contains("index.html");
        String index = Files.readString(reports.folder().resolve("index.html"));
        assertThat(Project.notebooks())
                .hasSizeGreaterThanOrEqualTo(8)
                .allSatisfy(file -> assertThat(index).contains("href=\"%s.html\"".formatted(name(file))));
    }

    @Test
    void pool_runsInOtherProcesses() {
        Notebook notebook = reports.executed("02-pool");
        String pids = notebook.texts().stream()
                .filter(text -> text.contains("this notebook: ") && text.contains("the tasks: "))
                .findFirst()
                .orElseThrow();
        String own = pids.lines().findFirst().orElseThrow().replaceAll("\\D", "");
        String workers = pids.lines().skip(1).findFirst().orElseThrow();
        assertThat(own).isNotEmpty();
        assertThat(workers).containsPattern("\\[\\d+(, \\d+){9}]").doesNotContain(own);
    }

    @Test
    void everyPage_isWholeAndInOrder_withoutScriptAndWithoutNetwork() {
        // when a browser that is cut off from every network opens the pages, wide and narrow, light and dark
        Path screenshots = Project.target("screenshots");
        String printed =
                Browser.get().run("pages.mjs", BROWSER, reports.folder().toString(), screenshots.toString());
        JsonNode pages = new JsonMapper().readTree(printed);
        // then
        assertThat(pages.propertyNames())
                .contains("index")
                .containsAll(all().map(NotebooksTest::name).toList());
        var softly = new SoftAssertions();
        for (var page : pages.properties()) {
            softly.assertThat(texts(page.getValue().path("requests")))
                    .as("what %s asked for", page.getKey())
                    .isEmpty();
            softly.assertThat(texts(page.getValue().path("problems")))
                    .as("what went wrong in %s", page.getKey())
                    .isEmpty();
            softly.assertThat(texts(page.getValue().path("faults")))
                    .as("what is wrong with %s as it is shown", page.getKey())
                    .isEmpty();
            softly.assertThat(page.getValue().path("scripts").asInt())
                    .as("scripts in %s", page.getKey())
                    .isZero();
            Path here = reports.folder().resolve(page.getKey() + ".html");
            softly.assertThat(here)
                    .as("pictures of %s that say nothing to whoever cannot see them", page.getKey())
                    .content()
                    .doesNotContain("No description has been provided");
            softly.assertThat(texts(page.getValue().path("links")))
                    .as("links of %s", page.getKey())
                    .filteredOn(link -> !link.matches("(https?:|#).*"))
                    .allSatisfy(link -> assertThat(here.resolveSibling(link.replaceFirst("#.*", ""))
                                    .normalize())
                            .exists());
        }
        softly.assertAll();
        assertThat(shown(pages, "01-lock")).contains("shared_resource value is safely incremented.");
        assertThat(shown(pages, "02-pool")).contains("[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]");
        // a solution is hidden until it is asked for
        assertThat(shown(pages, "00-start-here")).contains("Solution").doesNotContain("pool.map(word ->");
        // whoever reads knows on what it was run
        assertThat(shown(pages, "01-lock"))
                .containsPattern("JDK 2\\d[^·]* · Weft [^·]+ · [^·]+ · \\d+ cores? · \\d{4}-\\d\\d-\\d\\d");
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }

    @Test
    void aNotebookThatFails_isNamedWithItsCell_andTheOthersAreStillWritten(@TempDir Path folder) throws IOException {
        // given
        Path notebooks = Files.createDirectories(folder.resolve("two notebooks"));
        Files.writeString(
                notebooks.resolve("a-bad.ipynb"), notebook("int fine = 1;", "int zero = 0;\nfine / zero", "\"never\""));
        Files.writeString(
                notebooks.resolve("b-good.ipynb"),
                notebook("6 * 7", "for (int i = 0; i < 5000; i++) System.out.println(\"line \" + i);"));
        Files.createDirectories(notebooks.resolve("solutions"));
        Files.writeString(notebooks.resolve("solutions/b-good.ipynb"), notebook("6 * 7 * 1000"));
        Files.writeString(notebooks.resolve("c-broken.ipynb"), "{not json");
        Path out = folder.resolve("out");
        // when
        var run = reported(notebooks, out);
        // then
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output())
                .contains("a-bad.ipynb", "cell [2] “fine / zero” failed with", "b-good.ipynb", "ok")
                .contains("c-broken.ipynb has no page: it cannot be read: ", "not json")
                .doesNotContain("Traceback");
        assertThat(out.resolve("a-bad.html")).content().contains("did not run to its end", "ArithmeticException");
        assertThat(out.resolve("b-good.html")).content().contains("42");
        assertThat(out.resolve("solutions/b-good.html")).content().contains("42000", "../index.html");
        assertThat(out.resolve("index.html"))
                .content()
                .contains("a-bad.html", "b-good.html", "solutions/b-good.html", "ran to its end")
                .contains("c-broken", "it cannot be read")
                .doesNotContain("c-broken.html");
        // what is long is folded, and is there
        assertThat(out.resolve("b-good.html"))
                .content()
                .containsSubsequence(
                        "line 14", "<details><summary>… 4,985 more lines</summary>", "line 4999", "</details>");
    }

    @Test
    void whatACellShowsAfterItsEnd_standsWithThatCell(@TempDir Path folder) throws IOException {
        // given
        Path notebooks = Files.createDirectories(folder.resolve("notebooks"));
        Files.writeString(
                notebooks.resolve("late.ipynb"),
                notebook(
                        "%pool 1",
                        """
                        var gate = new CountDownLatch(1);
                        var later = new Thread(() -> {
                            try {
                                gate.await();
                                System.out.println("late");
                            } catch (InterruptedException ended) {
                                System.out.println("interrupted");
                            }
                        });
                        later.start();
                        System.out.println("early");
                        display("picture", "text/plain");
                        System.out.println("then");
                        """,
                        "gate.countDown(); later.join(); System.out.println(\"third\");",
                        "var slow = pool.mapAsync(n -> { Thread.sleep(n); return n; }, List.of(1000, 1001, 1002));",
                        "slow.get().size()"));
        Path out = folder.resolve("out");
        // when
        var run = reported(notebooks, out);
        // then
        assertThat(run.exitCode()).as(run::output).isZero();
        var cells = Notebook.at(out.resolve("late.ipynb")).code();
        assertThat(cells.get(1).texts()).containsExactly("early\n", "picture", "then\nlate\n");
        assertThat(cells.get(2).texts()).containsExactly("third\n");
        assertThat(cells.get(3).texts()).singleElement().asString().contains("3 of 3 tasks");
        assertThat(cells.get(4).texts()).containsExactly("3");
    }

    /// What `reports.py` does with these notebooks.
    private static Program.Finished reported(Path notebooks, Path out) {
        return Installation.get()
                .python(
                        Installation.get().home().resolve("jupyter/reports.py").toString(),
                        notebooks.toString(),
                        out.toString())
                .run(TWO_NOTEBOOKS);
    }

    private static String shown(JsonNode pages, String name) {
        return pages.path(name).path("text").asString();
    }

    /// The notebooks and the solutions of their exercises.
    private static Stream<Path> all() {
        return Stream.concat(Project.notebooks().stream(), Project.solutions().stream());
    }

    /// A notebook's path among the others, without its ending: `01-lock`, `solutions/01-lock`.
    private static String name(Path file) {
        return Project.ROOT.resolve("notebooks").relativize(file).toString().replace(".ipynb", "");
    }

    private static String notebook(String... cells) {
        var json = new JsonMapper();
        var code = List.of(cells).stream()
                .map(source -> """
                        {"cell_type": "code", "id": "c%d", "metadata": {}, "execution_count": null, "outputs": [], "source": %s}""".formatted(List.of(cells).indexOf(source), json.writeValueAsString(source)))
                .toList();
        return """
                {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "weft", "display_name": "Java (Weft)"}},
                 "cells": [%s]}""".formatted(String.join(", ", code));
    }
}
