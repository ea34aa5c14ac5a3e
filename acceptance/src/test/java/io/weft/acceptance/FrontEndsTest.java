package io.weft.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Front ends without a browser: Jupyter's console in a terminal, papermill and nbclient.
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class FrontEndsTest {
    private static final Duration SESSION = Duration.ofMinutes(4);

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

    @Test
    void papermillAndNbclient_giveTheResultsOfANotebook(@TempDir Path folder) {
        // given
        String notebook =
                Installation.get().home().resolve("notebooks/01-lock.ipynb").toString();
        // when
        JsonNode seen = printed(Installation.get()
                .pythonWithTools(Project.source("python", "execute.py").toString(), notebook, folder.toString()));
        // then
        List<String> byPapermill = results(seen, "papermill");
        assertThat(byPapermill).contains("200000").hasSizeGreaterThanOrEqualTo(3);
        assertThat(results(seen, "nbclient")).containsExactlyElementsOf(byPapermill);
    }

    /// What the cells gave. A race gives other numbers each time, which its verdict tells.
    private static List<String> results(JsonNode seen, String by) {
        return seen.path(by)
                .valueStream()
                .map(JsonNode::asString)
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
