package io.weft.kernel.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.eval.Cells.Example;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What cells may look like: each example of `cells.txt`, and what its last cell shows.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class LanguageTest {
    private Cells cells;

    @BeforeAll
    void start() {
        cells = new Cells();
    }

    @AfterAll
    void end() {
        cells.close();
    }

    static List<Example> examples() throws IOException {
        try (var table = LanguageTest.class.getResourceAsStream("cells.txt")) {
            return Cells.examples(new String(Objects.requireNonNull(table).readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void cellsAsPeopleWriteThem(Example example) {
        assertThat(cells.told(example.cells()).strip()).isEqualTo(example.told());
    }

    @Test
    void synchronizedMethodsOfDifferentCells_excludeEachOther() {
        // given two methods that are in the same critical section when they meet
        cells.run("int inside = 0, most = 0;");
        cells.run("synchronized void enter() { most = Math.max(most, ++inside); Thread.onSpinWait(); inside--; }");
        cells.run("synchronized void enterToo() { most = Math.max(most, ++inside); Thread.onSpinWait(); inside--; }");
        // when
        cells.run("""
                try (var threads = Executors.newFixedThreadPool(4)) {
                    for (int i = 0; i < 4; i++) {
                        boolean other = i % 2 == 0;
                        threads.submit(() -> { for (int n = 0; n < 20_000; n++) if (other) enter(); else enterToo(); });
                    }
                }""");
        // then
        assertThat(cells.value("most + \" \" + inside")).isEqualTo("1 0");
    }

    @Test
    void aSynchronizedMethodCanBeDeclaredAnew_andCalledFromItself() {
        cells.run("synchronized int down(int n) { return n == 0 ? 0 : down(n - 1); }");
        assertThat(cells.value("down(10)")).isEqualTo("0");
        cells.run("synchronized int down(int n) {\n  return n == 0 ? 7 : down(n - 1);\n}");
        assertThat(cells.value("down(10)")).isEqualTo("7");
    }

    @Test
    void anAssignmentToAFinalVariable_runsNothingOfItsStatement() {
        cells.run("final int fixed = 1; int effects = 0;");
        cells.failure("effects += fixed = 5;");
        assertThat(cells.value("fixed + \" \" + effects")).isEqualTo("1 0");
    }
}
