package io.weft.kernel.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.display.MimeBundle;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// What cells show by the functions that they call, and by their last expression.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class DisplayInCellsTest {
    private final JShellEvaluator evaluator = new JShellEvaluator(List.of(), Map.of());
    private RecordedOutput output = new RecordedOutput();
    private int count;

    @AfterAll
    void end() {
        evaluator.close();
    }

    private Outcome run(String code) {
        output = new RecordedOutput();
        return evaluator.evaluate(new Execution(code, ++count, output, (_, _) -> {
            throw new IOException("nobody to ask");
        }));
    }

    private MimeBundle value(String code) {
        Outcome outcome = run(code);
        assertThat(outcome).as(code).isInstanceOf(Outcome.Value.class);
        return ((Outcome.Value) outcome).bundle();
    }

    private List<String> shown() {
        return output.shown().stream().map(MimeBundle::plainText).toList();
    }

    @Test
    void display_showsNothingTwice_thoughItGivesAnId() {
        assertThat(run("display(\"a\")")).isEqualTo(new Outcome.Nothing());
        assertThat(shown()).containsExactly("a");
        assertThat(value("String id = display(\"b\"); id").plainText()).hasSize(36);
    }

    @Test
    void aHandle_replacesWhatItShows_fromAnyThread() {
        assertThat(run("""
                var handle = show(1);
                Thread.ofVirtual().start(() -> handle.update(List.of(2))).join();
                Thread.ofPlatform().start(() -> handle.update("<b>3</b>", "text/html")).join();
                handle.clear();
                handle
                """)).isEqualTo(new Outcome.Nothing());
        assertThat(shown()).containsExactly("1", "[2]", "<b>3</b>", "");
        assertThat(output.shown().get(2).data()).containsEntry("text/html", "<b>3</b>");
    }

    @Test
    void aTypeOfACell_isShownByAFunctionOfACell() {
        run("record Circle(int r) {} renderer().register(Circle.class, c -> svg(\"<svg>\" + c.r() + \"</svg>\"));");
        assertThat(value("new Circle(3)").data()).containsEntry("image/svg+xml", "<svg>3</svg>");
        run("record Circle(int r) { int d() { return 2 * r; } }");
        assertThat(value("new Circle(3)").plainText()).isEqualTo("Circle[r=3]");
    }

    @Test
    void namesOfCellsClasses_areThoseOfTheReader() {
        assertThat(value("class Plain {} List.of(new Plain())").plainText()).matches("\\[Plain@[0-9a-f]+]");
        assertThat(value("Plain.class").plainText()).isEqualTo("class Plain");
        assertThat(value("class Odd { public String toString() { throw new IllegalStateException(); } } new Odd()")
                        .plainText())
                .matches("Odd@[0-9a-f]+ \\(its toString\\(\\) threw java.lang.IllegalStateException\\)");
    }

    @Test
    void functions_makeRichValues() throws Exception {
        assertThat(value("html(\"<b>x</b>\")").data())
                .containsEntry("text/html", "<b>x</b>")
                .containsEntry("text/plain", "x");
        assertThat(value("markdown(\"*x*\")").data()).containsEntry("text/markdown", "*x*");
        assertThat(value("latex(\"$x$\")").data()).containsEntry("text/latex", "$x$");
        assertThat(value("math(\"x\")").data()).containsEntry("text/latex", "$$x$$");
        assertThat(value("json(Map.of(\"a\", new int[] {1}))").data())
                .containsEntry("application/json", Map.of("a", List.of(1)));
        assertThat(value("javascript(\"1\")").data()).containsEntry("application/javascript", "1");
        assertThat((String) value("table(List.of(1))").data().get("text/html")).contains("1 row × 1 column");
        assertThat(value("new java.awt.image.BufferedImage(2, 3, 1)").metadata())
                .containsEntry("image/png", Map.of("width", 2, "height", 3));
    }

    @Test
    void aToStringThatNeverEnds_endsWithAnInterrupt() throws Exception {
        run("""
                var inside = new CountDownLatch(1);
                class Endless { public String toString() { inside.countDown(); while (true) {} } }
                """);
        var outcome = CompletableFuture.supplyAsync(() -> run("List.of(new Endless())"));
        var inside = (CountDownLatch) variable("inside");
        assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
        evaluator.interrupt();
        assertThat(outcome.get(20, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(failure.name()).isEqualTo("Interrupted"));
        assertThat(value("1 + 1").plainText()).isEqualTo("2");
    }

    private static Object variable(String name) {
        var cell = java.util.Objects.requireNonNull(io.weft.kernel.magic.CellScope.current());
        return cell.variables().stream()
                .filter(variable -> variable.name().equals(name))
                .flatMap(variable -> java.util.stream.Stream.ofNullable(variable.value()))
                .findFirst()
                .orElseThrow();
    }
}
