package io.weft.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Front ends without a browser: Jupyter's console in a terminal, and papermill.
@Isolated("two notebooks at a time take all of a small machine")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class FrontEndsTest {
    private static final Duration SESSION = Duration.ofMinutes(6);

    /// With few cells, with workers, with charts, with many threads.
    private static final List<String> BY_PAPERMILL = List.of("01-lock", "12-pools", "13-futures", "18-races");

    private static final String PARAMETERS = """
            {"nbformat": 4, "nbformat_minor": 5,
             "metadata": {"kernelspec": {"name": "weft", "display_name": "Java (Weft)", "language": "java"}},
             "cells": [
               {"cell_type": "code", "id": "a", "metadata": {"tags": ["parameters"]}, "execution_count": null,
                "outputs": [], "source": "var workers = 1;"},
               {"cell_type": "code", "id": "b", "metadata": {}, "execution_count": null,
                "outputs": [], "source": "workers + \\" workers\\""}]}""";

    @Test
    void aConsole_showsResults_takesALine_andItsCtrlCEndsTheCellOnly() {
        // when
        JsonNode seen = printed(Installation.get()
                .pythonWithTools(Project.source("python", "console.py").toString()));
        // then
        assertThat(seen.path("banner").asString()).contains("Weft");
        assertThat(seen.path("result").asString()).isEqualTo("42");
        assertThat(seen.path("method").asString()).isEqualTo("1042");
        assertThat(seen.path("line").asString()).isEqualTo("WEFT");
        assertThat(seen.path("interrupted").asString()).isEqualTo("Interrupted");
        assertThat(seen.path("after").asString()).isEqualTo("8");
        assertThat(seen.path("exit").asString()).isEqualTo("0");
    }

    /// The reports are written with nbclient: both run a notebook of each kind to the same results.
    @Test
    void papermill_givesWhatNbclientGives_andPutsAParameterIn(@TempDir Path folder) throws IOException {
        // given notebooks with workers, charts and threads, and one with a parameter; papermill takes an error that a
        // notebook shows on purpose for its failure
        Path notebooks = Installation.get().home().resolve("notebooks");
        Path withParameter = Files.writeString(folder.resolve("parameters.ipynb"), PARAMETERS);
        Stream<Path> all = Stream.concat(
                Stream.of(withParameter), BY_PAPERMILL.stream().map(name -> notebooks.resolve(name + ".ipynb")));
        // when
        Installation.get()
                .pythonWithTools(Stream.concat(Stream.of(Project.source("python", "execute.py"), folder), all)
                        .map(Path::toString)
                        .toArray(String[]::new))
                .run(SESSION)
                .successful();
        // then
        var softly = new SoftAssertions();
        for (String name : BY_PAPERMILL) {
            Notebook byPapermill = Notebook.at(folder.resolve(Path.of(name).getFileName() + "-executed.ipynb"));
            Notebook byNbclient = Reports.get().executed(name);
            softly.assertThat(byPapermill.shapes()).as(name).isEqualTo(byNbclient.shapes());
        }
        softly.assertAll();
        assertThat(results(Notebook.at(folder.resolve("01-lock-executed.ipynb"))))
                .contains("200000")
                .containsExactlyElementsOf(results(Reports.get().executed("01-lock")));
        assertThat(Notebook.at(folder.resolve("parameters-executed.ipynb")).results())
                .containsExactly("3 workers");
    }

    /// What the cells gave. A race gives other numbers each time, which its verdict tells.
    private static List<String> results(Notebook notebook) {
        return notebook.results().stream()
                .map(result -> result.startsWith("Not yet") ? result.replaceAll("\\d+", "#") : result)
                .toList();
    }

    private static JsonNode printed(Program program) {
        String output = program.run(SESSION).successful();
        return new JsonMapper()
                .readTree(output.lines()
                        .filter(line -> line.startsWith("{"))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(output)));
    }
}
