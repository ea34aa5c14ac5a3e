package io.weft.kernel.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.VarSnippet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class ImportFilterTest {
    private JShellEvaluator evaluator;
    private int count;

    @BeforeAll
    void start() {
        evaluator = new JShellEvaluator(List.of());
    }

    @AfterAll
    void end() {
        evaluator.close();
    }

    private Outcome run(String cell) {
        return evaluator.evaluate(new Execution(cell, ++count, new RecordedOutput(), (_, _) -> {
            throw new IOException("nobody to ask");
        }));
    }

    /// The value of the last of several cells.
    private String lastValue(String... cells) {
        Outcome last = new Outcome.Nothing();
        for (String cell : cells) last = run(cell);
        assertThat(last).isInstanceOf(Outcome.Value.class);
        return ((Outcome.Value) last).bundle().plainText();
    }

    @Test
    void jshellImportsOnlyWhatACellMentions_andWhatItMakesJShellCompileAgain() {
        try (var jshell = JShell.builder().executionEngine("local").build()) {
            // given
            var filter = new ImportFilter(jshell);
            for (String code :
                    List.of("import java.util.*;", "int a = 1;", "int b = 2;", "int c() { return later(b); }"))
                evaluate(filter, code);
            // then a cell has the imports and what it mentions
            assertThat(imports(jshell, evaluate(filter, "int d = a;")))
                    .contains("a")
                    .doesNotContain("b", "c");
            assertThat(jshell.sourceCodeAnalysis()
                            .wrapper(evaluate(filter, "int e = 0;"))
                            .wrapped())
                    .contains("import java.util.*;");
            // and one that completes an older method has what that method mentions
            assertThat(imports(jshell, evaluate(filter, "int later(int n) { return n; }")))
                    .contains("b", "c")
                    .doesNotContain("a", "d");
            // and the rest of JShell sees everything
            assertThat(imports(jshell, jshell.eval("int f = 0;").getFirst().snippet()))
                    .contains("a", "b", "c", "d", "e");
        }
    }

    @Test
    void aVariableHasItsOwnType_afterATypeWasDroppedOrRejected() {
        try (var jshell = JShell.builder().executionEngine("local").build()) {
            // given
            var filter = new ImportFilter(jshell);
            jshell.drop(evaluate(filter, "class Dropped {}"));
            evaluate(filter, "class Rejected { int x = true; }");
            // then
            assertThat(((VarSnippet) evaluate(filter, "var text = \"a\".strip();")).typeName())
                    .isEqualTo("String");
            // and a type that is there again is known
            evaluate(filter, "class Rejected { }");
            assertThat(((VarSnippet) evaluate(filter, "var object = new Rejected();")).typeName())
                    .isEqualTo("Rejected");
        }
    }

    private static Snippet evaluate(ImportFilter filter, String code) {
        return filter.evaluate(code).getFirst().snippet();
    }

    private static List<String> imports(JShell jshell, Snippet snippet) {
        String wrapped = jshell.sourceCodeAnalysis().wrapper(snippet).wrapped();
        return Pattern.compile("import [^;]*REPL[^;]*\\.(\\w+);")
                .matcher(wrapped)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void aMethodThatIsDeclaredAnewIsUsedByTheMethodsThatCallIt_andByTheirs() {
        assertThat(lastValue(
                        "int r1() { return 1; }",
                        "int r2() { return r1() + 10; }",
                        "int r3() { return r2() + 100; }",
                        "int unrelated = 3;",
                        "int r1() { return 2; }",
                        "r3()"))
                .isEqualTo("112");
    }

    @Test
    void aTypeOfAnotherSignatureReachesWhatUsesIt_overSeveralCells() {
        assertThat(lastValue(
                        "record Shape1(int side) {}",
                        "int area1(Shape1 shape) { return shape.side() * shape.side(); }",
                        "int twiceArea1(int side) { return 2 * area1(new Shape1(side)); }",
                        "record Shape1(int side) { Shape1 { side = side + 1; } }",
                        "twiceArea1(2)"))
                .isEqualTo("18");
    }

    @Test
    void referencesToWhatComesLaterAreResolved_alsoThroughTwoOthers() {
        assertThat(lastValue(
                        "int f1(int n) { return f2(n) + base1; }",
                        "int f2(int n) { return f3(new Later1(n)); }",
                        "int base1 = 1000;",
                        "int f3(Later1 l) { return l.n() * 2; }",
                        "record Later1(int n) {}",
                        "f1(4)"))
                .isEqualTo("1008");
    }

    @Test
    void overloadsCallEachOther_whicheverCellDeclaredThem() {
        assertThat(lastValue(
                        "int factor2 = 3;",
                        "int o1(int n) { return n * factor2; }",
                        "int o1(String s) { return o1(s.length()); }",
                        "int o1(String s, int n) { return o1(s) + o1(n); }",
                        "o1(\"four\", 1)"))
                .isEqualTo("15");
    }

    @Test
    void aNameOfTheNotebookHidesThatOfTheJdk() {
        assertThat(lastValue(
                        "class Random { int nextInt() { return 4; } }",
                        "int unrelated2 = 1;",
                        "new Random().nextInt()"))
                .isEqualTo("4");
    }

    @Test
    void aVariableKeepsATypeThatTheCellDoesNotName() {
        assertThat(lastValue(
                        "record Hidden1(int n) { Hidden1 next() { return new Hidden1(n + 1); } }",
                        "Hidden1 make1() { return new Hidden1(5); }",
                        "var hidden1 = make1().next();",
                        "var list1 = List.of(hidden1, make1());",
                        "var copy1 = list1;",
                        "copy1.getFirst().next().n()"))
                .isEqualTo("7");
    }

    @Test
    void anAnonymousClassMayTakeTypesThatTheCellDoesNotName() {
        assertThat(lastValue(
                        "record Part1(int n) {}",
                        "class Base1 { final Part1 part; Base1(Part1 part) { this.part = part; } int n() { return part.n(); } }",
                        "Part1 part1() { return new Part1(6); }",
                        "var anonymous1 = new Base1(part1()) { int m() { return n() + 1; } };",
                        "anonymous1.m()"))
                .isEqualTo("7");
    }

    @Test
    void whatAnInterfaceOffersIsFound_whereTheCellNamesAMethodOnly() {
        assertThat(lastValue(
                        "interface Named3 { default Label3 nick() { return new Label3(name() + \"y\"); } String name(); }",
                        "record Label3(String text) {}",
                        "abstract class Animal3 implements Named3 {}",
                        "class Dog3 extends Animal3 { public String name() { return \"Rex\"; } }",
                        "Dog3 dog3() { return new Dog3(); }",
                        "1 + 1",
                        "dog3().nick().text()"))
                .isEqualTo("Rexy");
    }

    @Test
    void librariesOfTheKernelAreUnknownToTheCompiler_asTheyAreToCells() {
        assertThat(run("org.zeromq.ZMQ.class"))
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(failure.name()).isEqualTo("CompilationError"));
    }

    @Test
    void importsOfTheNotebookReachAllCells() {
        assertThat(lastValue(
                        "import static java.lang.Math.max;", "import java.util.List;", "max(List.of(1).size(), 2)"))
                .isEqualTo("2");
    }

    @Test
    void severalVariablesInOneDeclarationAreAllKnown() {
        assertThat(lastValue("int m1() { return y1 + z1; }", "int x1 = 1, y1 = x1 + 1, z1 = y1 + 1;", "x1 + m1()"))
                .isEqualTo("6");
        assertThat(lastValue("Map<String, Integer> map1 = new HashMap<>(Map.of(\"a\", 1)), map2 = map1;", "map2"))
                .isEqualTo("{a=1}");
    }

    @Test
    void aNameWrittenWithUnicodeEscapesIsFound() {
        assertThat(lastValue("int escaped1 = 8;", "\\u0065scaped1 + 1")).isEqualTo("9");
    }

    @Test
    void anInitializerRunsOnce_alsoWhenTheRestOfItsDeclarationIsRejected() {
        run("int calls1 = 0; int call1() { return ++calls1; }");
        assertThat(run("int good1 = call1(), bad1 = \"text\";")).isInstanceOf(Outcome.Failure.class);
        assertThat(lastValue("calls1")).isIn("0", "1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int a = b, c = d;                          | a,c",
                "Map<String, List<Integer>> m = f(x)        | m",
                "int f(int n) { int local = n; return 2; }  | f",
                "<T extends Comparable<T>> T max(T a, T b) {} | max",
                "public static final int[] array[] = {1, 2} | array",
                "@Deprecated record P(int x) {}             | P",
                "sealed interface S permits A, B {}         | S",
                "enum E { A, B }                            | E",
                "/* int no = 1; */ var x = \"int no2 = 2;\"; // int no3 | x",
            })
    void theNamesThatCodeDeclaresAreFound(String code, String names) {
        assertThat(Names.declaredBy(code)).containsAll(List.of(names.split(",")));
    }

    @Test
    void statementsAndExpressionsDeclareNothing() {
        for (String code :
                List.of("f(a, b)", "x = y + 1", "1 + 1", "for (int i = 0; i < n; i++) { int k = i; }", "return"))
            assertThat(Names.declaredBy(code)).as(code).isEmpty();
    }

    @Test
    void namesInCodeAreWhatJavaCallsNames() {
        assertThat(Names.in("größe += $x1.y_2(3e5f)")).isEqualTo(Set.of("größe", "$x1", "y_2", "e5f"));
    }
}
