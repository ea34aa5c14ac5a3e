package io.weft.kernel.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.eval.Cells.Example;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What readers are told when a cell fails: each example of `errors.txt`, and lines that must be among those shown.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class ErrorsTest {
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
        try (var table = ErrorsTest.class.getResourceAsStream("errors.txt")) {
            return Cells.examples(new String(Objects.requireNonNull(table).readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anErrorTellsTheReaderWhatWhereAndWhatNow(Example example) {
        String told = cells.told(example.cells());
        assertThat(told).contains(example.told().lines().toList());
        assertThat(told)
                .doesNotContain("REPL", "$JShell$", "do_it$", "io.weft.kernel", "jdk.jshell", "location: class\n");
    }

    @Test
    void coloursAreThoseThatThemesMap_andAreNotBlackWhiteOrYellow() {
        for (String code : List.of("int x = y;", "throw new Exception(\"x\");", "%nothing", "System.exit(1)"))
            assertThat(String.join("\n", cells.failure(code).traceback()).replaceAll("\u001b\\[[01]m", ""))
                    .doesNotContain("\u001b");
    }

    @Test
    void manyErrors_areCounted_andTheFirstAreShown() {
        String code = IntStream.range(0, 12)
                .mapToObj(n -> "  undeclared%d += 1;".formatted(n))
                .collect(Collectors.joining("\n", "Runnable many = () -> {\n", "\n};"));
        assertThat(cells.traceback(code))
                .contains("undeclared0", "undeclared4", "… and 7 more errors")
                .doesNotContain("undeclared5");
    }

    @Test
    void aLongChainOfCauses_andManySuppressedExceptions_areCutShort() {
        assertThat(cells.failure(
                                "Exception chain = new Exception(); for (int i = 1; i < 1000; i++) chain = new Exception(\"\" + i, chain); throw chain;")
                        .traceback())
                .hasSizeLessThan(100);
        assertThat(
                        cells.traceback(
                                "Exception all = new Exception(); for (int i = 1; i < 1000; i++) all.addSuppressed(new Exception(\"s\" + i)); throw all;"))
                .contains("Suppressed: java.lang.Exception: s1\n", "979 more suppressed exceptions");
    }

    @Test
    void aCellThatRanAgain_isNamedByItsLastNumber_withItsLine() {
        cells.run("int again(int n) { return 1 / n; }");
        cells.run("int again(int n) {\n  return 2 / n;\n}");
        int last = cells.count();
        assertThat(cells.traceback("again(0)"))
                .contains("at again (cell %d, line 2)\n      → return 2 / n;".formatted(last));
    }

    @Test
    void aMethodThatUsesAClassWithoutItsImport_isToldOfTheImportAtOnce() {
        cells.run("int usesClient() { return HttpClient.newHttpClient().hashCode(); }");
        assertThat(cells.err()).contains("usesClient uses variable HttpClient", "import java.net.http.HttpClient;");
        cells.run("int usesClient() { return 1; }");
    }

    @Test
    void printStackTrace_showsTheReadersFrames_andNoneOfTheKernel() {
        cells.run("class Own extends Exception { Own(Throwable cause) { super(\"own\", cause); } }");
        cells.run("""
                try {
                    throw new Own(new IOException("inner"));
                } catch (Own e) {
                    e.printStackTrace();
                    e.getCause().printStackTrace(System.out);
                    var text = new StringWriter();
                    e.printStackTrace(new PrintWriter(text));
                }""");
        assertThat(cells.err())
                .contains(
                        "Own: own\n    at cell %d, line 2".formatted(cells.count()),
                        "Caused by: java.io.IOException: inner")
                .doesNotContain("io.weft.kernel", "REPL", "\u001b");
        assertThat(cells.out())
                .contains("java.io.IOException: inner\n    at cell")
                .doesNotContain("io.weft.kernel");
    }

    @Test
    void dumpStack_showsTheReadersFrames_andLogging_noClassOfACell() {
        cells.run("Thread.dumpStack();");
        assertThat(cells.err())
                .isEqualTo("java.lang.Exception: Stack trace\n    at cell %d, line 1\n      → Thread.dumpStack();\n"
                        .formatted(cells.count()));
        cells.run("java.util.logging.Logger.getLogger(\"shop\").warning(\"sold out\");");
        assertThat(cells.err()).contains(" shop\n", ": sold out\n").doesNotContain("REPL", "do_it");
    }

    @Test
    void whatEmptiedAVariable_isToldBelowTheCellThatFailsOverIt_andOnce() {
        // given
        cells.run("String w44 = \"s\"; var l44 = (java.util.function.Supplier<String>) () -> w44 + \"!\";");
        // when
        cells.failure("int w44 = 5; l44.get()");
        // then
        assertThat(cells.err()).contains("w44 declared anew: what held the old one is null now (l44)");
        cells.run("double w44 = 5;");
        assertThat(cells.err()).isEmpty();
    }

    @Test
    void whoOverridesPrintStackTrace_isAsked() {
        cells.run(
                "class Loud extends RuntimeException { public void printStackTrace() { System.out.println(\"loud\"); } }");
        cells.run("class Printer { void printStackTrace() { System.out.println(\"no exception\"); } }");
        cells.run(
                "new Loud().printStackTrace(); RuntimeException r = new Loud(); r.printStackTrace(); new Printer().printStackTrace();");
        assertThat(cells.out()).isEqualTo("loud\nloud\nno exception\n");
    }

    @Test
    void whoCatchesEverything_seesNoNameOfTheKernel() {
        cells.run("try { System.exit(1); } catch (Throwable t) { System.out.println(t); t.printStackTrace(); }");
        assertThat(cells.out()).startsWith("ExitRefused: the cell called exit(1).");
        assertThat(cells.out() + cells.err()).doesNotContain("io.weft.kernel", "REPL");
    }

    @Test
    void codeThatBreaksTheCompiler_isReported_andTheSessionGoesOn() {
        cells.run("int kept = 5;");
        var failure = cells.failure("int sum = " + "1+".repeat(20_000) + "1;");
        assertThat(failure.name()).isEqualTo("CompilerCrash");
        assertThat(failure.message()).contains("StackOverflowError", "cut the expression", "all variables, are kept");
        assertThat(cells.value("kept + 1")).isEqualTo("6");
        assertThat(cells.value("int again1() { return kept; } again1()")).isEqualTo("5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"String large = \"%s\";", "class Large { String text = \"\"\"\n%s\"\"\"; }"})
    void aConstantThatIsTooLong_doesNotSpoilTheNextCells(String code) {
        assertThat(cells.traceback(code.formatted("é".repeat(40_000)))).contains("constant string too long", "65,535");
        assertThat(cells.value("1 + 1")).isEqualTo("2");
    }

    @Test
    void codeThatIsTooLarge_isAnError_andTheNameStaysFree() {
        String elements = IntStream.range(0, 20_000).mapToObj(String::valueOf).collect(Collectors.joining(","));
        assertThat(cells.traceback("class Huge { int[] all = {" + elements + "}; }"))
                .contains("code too large");
        assertThat(cells.value("class Huge { int all = 3; } new Huge().all")).isEqualTo("3");
    }
}
