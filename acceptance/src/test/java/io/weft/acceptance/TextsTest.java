package io.weft.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/// The words that the project ships: of every notebook, and of every page in Markdown.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class TextsTest {
    private static final Duration A_FEW_WORDS = Duration.ofMinutes(3);

    /// By path from the project's folder on.
    private static final Map<Path, Prose> TEXTS = new LinkedHashMap<>();

    @BeforeAll
    static void readAllTexts() throws IOException {
        for (Path file : Stream.concat(Project.notebooks().stream(), Project.solutions().stream())
                .toList()) {
            TEXTS.put(Project.ROOT.relativize(file), Prose.of(Notebook.at(file).markdown()));
        }
        for (Path folder : List.of(Project.ROOT, Project.ROOT.resolve("docs"), Project.ROOT.resolve("docs/library"))) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(file -> file.toString().endsWith(".md"))
                        .sorted()
                        .toList()) {
                    TEXTS.put(Project.ROOT.relativize(file), Prose.of(List.of(Files.readString(file))));
                }
            }
        }
    }

    private static Prose prose(Path file) {
        return Objects.requireNonNull(TEXTS.get(file), () -> "no text was read from " + file);
    }

    @TestFactory
    Stream<DynamicTest> everyLink_leadsSomewhere() {
        return TEXTS.keySet().stream()
                .map(file -> dynamicTest(file.toString(), () -> {
                    for (String link : prose(file).links()) {
                        if (link.matches("(https?|mailto):.*")) continue;
                        String[] parts = link.split("#", 2);
                        Path target = parts[0].isEmpty()
                                ? file
                                : Path.of("")
                                        .resolve(file)
                                        .resolveSibling(parts[0])
                                        .normalize();
                        assertThat(Project.ROOT.resolve(target))
                                .as("where [%s] in %s leads", link, file)
                                .exists();
                        if (parts.length == 2) {
                            assertThat(TEXTS)
                                    .as("texts in which [%s] of %s could lead to a heading", link, file)
                                    .containsKey(target);
                            assertThat(prose(target).headings())
                                    .as("headings of %s, to one of which [%s] in %s leads", target, link, file)
                                    .anyMatch(heading -> heading.isAt(parts[1]));
                        }
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> headings_areInOrder_belowOneTitle() {
        return TEXTS.keySet().stream()
                .map(file -> dynamicTest(file.toString(), () -> {
                    List<Prose.Title> headings = prose(file).headings();
                    assertThat(headings).as("headings of %s", file).isNotEmpty();
                    assertThat(headings.getFirst().level())
                            .as("the first heading, “%s”", headings.getFirst().text())
                            .isEqualTo(1);
                    for (int i = 1; i < headings.size(); i++) {
                        assertThat(headings.get(i).level())
                                .as(
                                        "the level of “%s” below “%s”",
                                        headings.get(i).text(),
                                        headings.get(i - 1).text())
                                .isBetween(2, headings.get(i - 1).level() + 1);
                    }
                }));
    }

    /// Words that are right and unknown to the dictionaries are added to `src/test/node/words.txt`.
    @Test
    void spelling_isThatOfBritishEnglish() throws IOException {
        // given
        Path folder = Project.target("texts");
        Project.delete(folder);
        var files = new ArrayList<String>();
        for (var text : TEXTS.entrySet()) {
            Path file = folder.resolve(text.getKey() + ".txt");
            Files.createDirectories(file.getParent());
            Files.writeString(file, text.getValue().words());
            files.add(folder.relativize(file).toString());
        }
        // when
        Path tools = NodeTools.folder();
        var command = new ArrayList<>(List.of(
                "node",
                tools.resolve("node_modules/cspell/bin.mjs").toString(),
                "--config=" + tools.resolve("cspell.json"),
                "--root=" + folder,
                "--no-progress",
                "--no-summary",
                "--show-suggestions"));
        command.addAll(files);
        var checked = Program.in(folder, command.toArray(String[]::new)).run(A_FEW_WORDS);
        // then
        assertThat(checked.output().lines().filter(line -> !line.isBlank()).toList())
                .as(
                        "words that no dictionary knows; those that are right belong into acceptance/src/test/node/words.txt")
                .isEmpty();
        assertThat(checked.exitCode()).isZero();
    }
}
