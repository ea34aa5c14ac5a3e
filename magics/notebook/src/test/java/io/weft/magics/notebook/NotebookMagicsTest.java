package io.weft.magics.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.eval.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The magics of notebooks in cells of a real session.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class NotebookMagicsTest {
    private final Session session = new Session();

    @TempDir
    Path folder;

    @BeforeEach
    void startAnew() {
        session.ok("%reset -f");
        session.ok("%cd " + folder);
    }

    @AfterAll
    void end() {
        session.close();
    }

    @Test
    void aFolderOfJars_goesOnTheClassPath_andItsFilesComeBackAsAList() throws IOException {
        try (var jars = new Repository(folder)) {
            jars.jar("one", "1", "", "One", "first");
            jars.jar("two", "1", "", "Two", "second");
        }
        Path one = folder.resolve("demo/one/1/one-1.jar");
        assertThat(session.value("List<String> found = %jars demo/one/1\nfound + demo.One.version()"))
                .isEqualTo("[" + one + "]first");
        assertThat(session.value("%classpath demo/**/two-?.jar\ndemo.Two.version()"))
                .isEqualTo("second");
        assertThat(session.value("%classpath")).contains(one.toString(), "two-1.jar");
        session.ok("%jars nothing/*.jar");
        assertThat(session.shown().err()).contains("%jars: nothing matches 'nothing/*.jar'");
    }

    @Test
    void aName_withCharactersOfPatterns_isTakenLiterally_whereThereIsSuchAFile() throws IOException {
        Path odd = Files.createDirectories(folder.resolve("lib[1]"));
        try (var jars = new Repository(odd)) {
            jars.jar("three", "1", "", "Three", "third");
        }
        Path jar = odd.resolve("demo/three/1/three-1.jar");

        assertThat(session.value("%classpath lib[1]/demo/three/1/three-1.jar")).isEqualTo("[" + jar + "]");
        assertThat(session.value("%jars lib[1]/demo/three/1")).isEqualTo("[" + jar + "]");
    }

    @Test
    void aPatternThatIsNone_saysWhatIsWrongWithIt() {
        assertThat(session.failure("%jars [a*.jar"))
                .startsWith("%jars: '[a*.jar' is no pattern: ")
                .contains("Missing ']", "**");
    }

    @Test
    void aFileOfJava_isRunAsIfItStoodInTheCell_withItsOwnNameAndLinesInErrors() throws IOException {
        Files.writeString(
                folder.resolve("tools.jsh"), "int twice(int n) {\n    return n * 2;\n}\nint six = twice(3)\n/exit\n");
        session.ok("%load tools.jsh");
        assertThat(session.value("twice(six)")).isEqualTo("12");
        Files.writeString(folder.resolve("Shape.java"), "package shapes;\n\nrecord Shape(int sides) {}\n");
        assertThat(session.value("%load Shape\nnew Shape(3).sides()")).isEqualTo("3");
        Files.writeString(folder.resolve("bad.java"), "int a = 1;\nint b = \"two\";\n");
        assertThat(session.failure("%load bad.java"))
                .contains("bad.java does not compile", "line 2", "\"two\"", "^^^^^");
        Files.writeString(folder.resolve("throws.jsh"), "\nint zero = 0;\nint c = 1 / zero;\n");
        assertThat(((Outcome.Failure) session.run("%load throws.jsh")).traceback())
                .anyMatch(line -> line.contains("throws.jsh, line 3"));
        Files.writeString(
                folder.resolve("deep.java"),
                "class Deep {\n  static int f() {\n    throw new RuntimeException();\n  }\n}\n");
        session.ok("%load deep.java");
        assertThat(((Outcome.Failure) session.run("Deep.f()")).traceback())
                .containsSubsequence("    at Deep.f (deep.java, line 3)", "      → throw new RuntimeException();")
                .element(3, InstanceOfAssertFactories.STRING)
                .startsWith("    at cell ");
        assertThat(session.failure("%load nope"))
                .contains(folder.resolve("nope").toString(), ".ipynb");
    }

    @Test
    void aNotebook_isRunCellByCell_withItsMagics() throws IOException {
        Files.writeString(folder.resolve("lib.ipynb"), """
                {"cells": [
                  {"cell_type": "markdown", "metadata": {"a": [1]}, "source": ["int no = 1;"]},
                  {"cell_type": "code", "source": ["int base = 40;\\n", "%env LOADED=yes"], "outputs": [{"data": {}}]},
                  {"cell_type": "code", "source": "int answer = base + 2;"}
                ], "metadata": {"cells": 3}, "nbformat": 4}
                """);
        session.ok("%load lib");
        assertThat(session.value("answer")).isEqualTo("42");
        assertThat(session.value("%env LOADED")).isEqualTo("yes");
        Files.writeString(folder.resolve("broken.ipynb"), "{\"cells\": [");
        assertThat(session.failure("%load broken.ipynb")).contains("broken.ipynb is not a notebook");
    }

    @Test
    void timedJava_givesItsValue_andWhatItCost() {
        assertThat(session.value("%time \"a  b\".length() // two blanks")).isEqualTo("4");
        assertThat(session.shown().out()).matches("wall [\\d.]+ .?s, CPU \\d.*, allocated \\d.*B, GC .*\n");
        assertThat(session.value("%%time\nint kept = 7;\nkept * 2")).isEqualTo("14");
        assertThat(session.value("int t = %time kept + 1\nt + kept")).isEqualTo("15");
        // a failure is the cell's own, with its line, and is timed too
        assertThat(((Outcome.Failure) session.run("%%time\nint z = 0;\n1 / z")).traceback())
                .anyMatch(line -> line.contains("line 3"));
        assertThat(session.shown().out()).startsWith("wall");
        assertThat(session.failure("%time")).contains("%time f(30)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%%time\n!sleep 0.2", "%time %sh sleep 0.2", "%%time\nint c = %sh sleep 0.2\n%pwd"})
    void aMagicIsTimedToo(String code) {
        session.ok(code);
        assertThat(session.shown().out()).matches("(?s).*wall (?:2\\d\\d|[3-9]\\d\\d|\\d+\\.\\d+) m?s, CPU.*");
    }

    @Test
    void timedJavaThatDoesNotCompile_hasNoTime() {
        assertThat(session.failure("%time nope")).contains("cannot find symbol");
        assertThat(session.shown().out()).isEmpty();
        assertThat(session.failure("%%time\nint done = 1;\nnope")).contains("cannot find symbol");
        assertThat(session.shown().out()).startsWith("wall");
    }

    @Test
    void repeatedJava_isTimedByLoopsAndRuns() {
        session.ok("int[] calls = {0};");
        session.ok("%timeit -n 5 -r 3 calls[0]++");
        assertThat(session.shown().out()).contains("per loop", "3 runs, 5 loops each", "allocated per loop");
        session.ok("%%timeit -n 2 -r 2\nint local = 3;\ncalls[0] += local;");
        assertThat(session.shown().out()).contains("2 runs, 2 loops each");
        session.ok("%timeit -n1 -r1 { calls[0]++; }");
        session.ok("%timeit -r 2 Math.sqrt(calls[0])");
        assertThat(session.shown().out()).contains("(median and extremes of 2 runs");
        assertThat(session.failure("%timeit -n x 1")).contains("'--number'", "Usage: %timeit");
        assertThat(session.failure("%timeit -n x 1")).contains("no number stands behind '--number'");
        assertThat(session.failure("%timeit no such")).contains("does not compile");
    }

    @ParameterizedTest
    @CsvSource({
        "1 + 1, 0 B",
        "Math.sqrt(calls.size()), 0 B",
        "1L << calls.size(), 0 B",
        "calls.isEmpty(), 0 B",
        "Integer.valueOf(5), 0 B",
        "new byte[1000], 1.02 kB",
        "Thread.sleep(0), *",
        "Integer.parseInt(new java.io.StringReader(\"5\").readAllAsString()), *"
    })
    void repeatedJava_isRunInEachLoop_andNothingElseIsAllocated(String code, String allocated) {
        session.ok("var calls = new ArrayList<String>();");
        session.ok("%timeit -r 2 " + code);
        assertThat(session.shown().out())
                .matches("(?!0\\.00 ns)[\\d.]+ .?s per loop.* runs, [1-9][\\d,]{0,13} loops each.*\\R")
                .containsPattern(
                        allocated.equals("*") ? "allocated per loop" : "; " + allocated + " allocated per loop");
    }

    @ParameterizedTest
    @CsvSource({
        "%timeit throw new IllegalStateException(\"x\"), 1, throw new IllegalStateException(\"x\")",
        "%timeit 1 / (int) calls.size(), 1, 1 / (int) calls.size()",
        "'%%timeit\nint n = 1;\nn / calls.size();', 3, n / calls.size();",
        "'%%timeit\nint n = 1;\nn / calls.size()', 3, n / calls.size()"
    })
    void repeatedJavaThatFails_namesTheReadersLine(String code, int line, String source) {
        session.ok("var calls = new ArrayList<String>();");
        var failure = (Outcome.Failure) session.run(code);
        assertThat(String.join("\n", failure.traceback()))
                .contains("line " + line, source)
                .doesNotContain("null;", "() ->");
    }

    @ParameterizedTest
    @CsvSource({
        "%%html, text/html",
        "%%html --isolated, text/html",
        "%%markdown, text/markdown",
        "%%svg, image/svg+xml",
        "%%svg, text/html",
        "%%latex, text/latex",
        "%%javascript, application/javascript",
        "%%js, application/javascript"
    })
    void aCellIsShownAsWhatItIs_withAPlainTextTwin(String magic, String mimeType) {
        session.ok(magic + "\n<b>\"%d\"</b>\n%who");
        MimeBundle shown = session.shown().last();
        assertThat(shown.data()).containsEntry(mimeType, "<b>\"%d\"</b>\n%who");
        assertThat(shown.plainText()).isEqualTo("<b>\"%d\"</b>\n%who");
        if (magic.contains("isolated"))
            assertThat(shown.metadata()).containsEntry("text/html", Map.of("isolated", true));
    }

    @Test
    void aCellIsWrittenToAFile_orAppended() throws IOException {
        session.ok("%%writefile a.txt\nüber %d\n");
        session.ok("%%file -a a.txt\nmore");
        session.ok("%%file -a a.txt\nlast");
        assertThat(folder.resolve("a.txt")).content().isEqualTo("über %d\nmore\nlast\n");
        assertThat(session.shown().out()).isEqualTo("appended to " + folder.resolve("a.txt") + "\n");
        session.ok("%%writefile empty.txt");
        assertThat(folder.resolve("empty.txt")).isEmptyFile();
        session.ok("%%writefile a.txt\nnew");
        assertThat(session.shown().out()).startsWith("replaced ");
        assertThat(session.failure("%%writefile none/a.txt\nx")).contains("there is no folder", "none");
        assertThat(session.failure("%%writefile\nx")).contains("Missing required parameter: 'NAME'");
    }

    @Test
    void aCommandPrintsAsItRuns_tellsItsExitCode_andHasNoInput() {
        session.ok("!echo \"a  b\" | tr a-z A-Z; cat; exit 3");
        assertThat(session.shown().out()).isEqualTo("A  B\n");
        assertThat(session.shown().err()).isEqualTo("exit code 3\n");
        assertThat(session.value("int code = %sh exit 4\ncode")).isEqualTo("4");
        assertThat(session.value("var lines = !printf 'x\\ny\\n'; echo oops >&2\nlines"))
                .isEqualTo("[x, y]");
        assertThat(session.shown().err()).isEqualTo("oops\n");
    }

    @Test
    void aScriptThatFails_failsTheCell_andNamesItsLine() {
        assertThat(session.failure("%%bash\necho ${BASH_VERSION:+bash}\nnosuchcommand\nexit 7"))
                .contains("%%bash", "exit code 7");
        assertThat(session.shown().out()).isEqualTo("bash\n");
        assertThat(session.shown().err()).contains("line 2: nosuchcommand");
        session.ok("%%sh --no-raise-error\nexit 7");
        assertThat(session.shown().err()).isEqualTo("exit code 7\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"!echo started $$; sleep 600", "%%bash\necho started $$\nsleep 600 & sleep 600"})
    void anInterrupt_endsACommandAndAllThatItStarted(String code) throws Exception {
        CompletableFuture<Outcome> cell = session.start(code);
        await().atMost(60, TimeUnit.SECONDS).until(() -> session.shown().out().contains("started"));
        session.shown().await("\n");
        long pid = Long.parseLong(session.shown().out().replaceAll("\\D", ""));
        var children = ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .toList();
        // when
        session.interrupt();
        // then
        assertThat(cell.get(30, TimeUnit.SECONDS)).isEqualTo(Outcome.interrupted());
        await().until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        await().until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void javaThatStartsWithAnExclamationMark_staysJava() {
        assertThat(session.value("boolean done = false;\n!done")).isEqualTo("true");
        assertThat(session.value("!done")).isEqualTo("true");
        assertThat(session.value("var not = !done;\nnot")).isEqualTo("true");
        assertThat(session.value("!List.of().isEmpty()")).isEqualTo("false");
        session.ok("!true");
    }

    @Test
    void variablesOfTheEnvironment_areSeenByCommands() {
        session.ok("%env GREETING=good day // said often");
        session.ok("!echo $GREETING");
        assertThat(session.shown().out()).isEqualTo("good day\n");
        assertThat(session.value("String g = %env GREETING\ng")).isEqualTo("good day");
        session.ok("%env GREETING bye");
        session.ok("%env MY_TOKEN=secret");
        session.ok("%env");
        assertThat(session.shown().out()).contains("GREETING=bye\n", "PATH=").doesNotContain("=secret");
        session.ok("%env --unset GREETING");
        assertThat(session.failure("%env GREETING")).contains("no variable GREETING");
        assertThat(session.completions("%env MY_TO")).containsExactly("MY_TOKEN");
    }

    @ParameterizedTest
    @CsvSource({
        "GREETING = good day, good day",
        "GREETING =good day, good day",
        "GREETING= good day, good day",
        "GREETING good = day, good = day",
        "GREETING==, =",
        "GREETING=a b:$NAME:${NAME}s:$NONE, a b:Ada:Adas:$NONE",
        "GREETING=, ''"
    })
    void aVariableOfTheEnvironment_isSetWithBlanksAroundTheSign_andFromOthers(String words, String value) {
        session.ok("%env NAME=Ada");
        assertThat(session.value("%env " + words)).isEqualTo(value);
    }

    @Test
    void theFolderOfCommands_canBeChanged() throws IOException {
        Files.createDirectory(folder.resolve("inner"));
        session.ok("%cd inner");
        assertThat(session.value("%pwd")).isEqualTo(folder.resolve("inner").toString());
        assertThat(session.value("var here = !pwd\nPath.of(here.get(0)).getFileName().toString()"))
                .isEqualTo("inner");
        assertThat(session.failure("%cd nowhere")).contains("there is no folder", "nowhere");
        session.ok("%cd -");
        assertThat(session.value("%pwd")).isEqualTo(folder.toString());
        session.ok("%cd -");
        assertThat(session.value("%pwd")).isEqualTo(folder.resolve("inner").toString());
    }

    @Test
    void whatCellsDeclared_isListed_asHtmlAndText_andForgotten() {
        session.ok("int size = 3; String text = \"<b>\\nx</b>\"; int half(int n, List<String> of) { return n / 2; }");
        session.ok("record Point(int x) {} import java.awt.Color;");
        session.ok(
                "class Odd { public String toString() { throw new IllegalStateException(); } } var odd = new Odd();");
        session.ok("%who");
        assertThat(session.shown().last().plainText())
                .isEqualTo("variables: odd, size, text\nmethods: half\ntypes: Odd, Point");
        session.ok("%whos");
        MimeBundle table = session.shown().last();
        assertThat(table.plainText().lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "size variable int 3",
                        "text variable String <b> x</b>",
                        "half method int half(int, List<String>)",
                        "Point type record Point",
                        "java.awt.Color import import java.awt.Color");
        assertThat(String.valueOf(table.data().get(MimeBundle.HTML)))
                .contains("&lt;b&gt; x")
                .doesNotContain("<b>");
        // when one is forgotten
        session.ok("%reset size");
        assertThat(session.failure("size")).contains("size");
        assertThat(session.failure("%reset nope text")).contains("nope").doesNotContain("text,");
        // when all are
        session.ok("%reset --force");
        session.ok("%who");
        assertThat(session.shown().last().plainText()).isEqualTo("no cell has declared anything");
        assertThat(session.value("Color.RED.getRed()")).isEqualTo("255");
    }

    @Test
    void whatIsForgotten_canBeCollected() {
        session.ok("class Big { byte[] bytes = new byte[1000]; } var big = new Big();");
        session.ok(
                "var seen = new java.lang.ref.WeakReference<Object>(big); System.getProperties().put(\"seen\", seen);");
        session.ok("%reset -f");
        var seen = (java.lang.ref.WeakReference<?>)
                java.util.Objects.requireNonNull(System.getProperties().remove("seen"));
        await().atMost(60, TimeUnit.SECONDS).until(() -> {
            System.gc();
            return seen.get() == null;
        });
    }

    @Test
    void resetAsksFirst_whereSomebodyCanAnswer() {
        session.ok("int stays = 1;");
        session.answer("n");
        session.ok("%reset");
        assertThat(session.shown().out()).contains("Forget the one variable, and", "nothing was forgotten");
        session.answer("y");
        session.ok("%reset");
        assertThat(session.failure("stays")).contains("stays");
        session.answer("");
        assertThat(session.failure("%reset")).contains("%reset -f");
    }

    @Test
    void theJvmIsShown_withTheWayToChangeItsOptions() {
        session.ok("%jvm");
        assertThat(session.shown().displays().getFirst().plainText())
                .contains(
                        System.getProperty("java.version"),
                        "pid " + ProcessHandle.current().pid(),
                        "preview features");
        assertThat(session.shown().last().plainText()).contains("JDK_JAVA_OPTIONS", "restart");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?timeit", "%timeit?", "%timeit --help", "%help timeit", "?%timeit"})
    void helpIsOneQuestionMarkAway(String code) {
        session.ok(code);
        assertThat(session.shown().out()).contains("Usage: %timeit", "--repeat");
    }

    @Test
    void aQuestionAboutWhatACellDeclared_isAnsweredInBrief() {
        session.ok("record Person(String name) {} var person = new Person(\"Ada\"); int age(Person p) { return 36; }");
        session.ok("?person");
        assertThat(session.shown().out()).startsWith("variable Person person\n").contains("Shift+Tab");
        session.ok("age?");
        assertThat(session.shown().out()).startsWith("int age(Person)\n");
        session.ok("?Person");
        assertThat(session.shown().out()).startsWith("record Person\n");
        assertThat(session.failure("?String")).contains("no magic 'String'", "Shift+Tab");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '¦', textBlock = """
            if (true) { %env BLOCK=one }⏎%env BLOCK          ¦ one
            String p = %env BLOCK; p                          ¦ one
            for (int i = 0; i < 1; i++) {⏎  !test -d .⏎}⏎7 ¦ 7
            var l = !echo a \\⏎  b⏎l                        ¦ [a b]
            """)
    void magicsStandWhereAStatementCouldStart(String code, String value) {
        session.ok("%env BLOCK=one");
        assertThat(session.value(code.replace('⏎', '\n'))).isEqualTo(value);
    }

    @Test
    void magicsAreListedByKind_withTheirOtherNames() {
        session.ok("%lsmagic");
        assertThat(session.shown().out())
                .containsSubsequence("Magics of a line", "%maven", "Magics of a cell", "%%file, %%writefile");
        assertThat(session.failure("%mavn x")).contains("Did you mean %maven?");
        assertThat(session.failure("%help nope")).contains("no magic 'nope'");
    }

    @Test
    void optionsAndNamesAreCompleted() {
        assertThat(session.completions("%mav")).containsExactly("%maven", "%mavenRepo");
        assertThat(session.completions("%maven --o")).containsExactly("--offline");
        assertThat(session.completions("%%writefile a --a")).containsExactly("--append");
        assertThat(session.completions("%help %%loadF")).containsExactly("%%loadFromPOM");
        assertThat(session.completions("?timei")).containsExactly("timeit");
        assertThat(session.completions("int x = 1;\n?%%loadF")).containsExactly("%%loadFromPOM");
        assertThat(session.completions("int x = f()\n?timei")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%time ", "%timeit -r 2 ", "int x = 1;\n%timeit ", "int t = %time "})
    void javaBehindAMagicIsCompletedAsJava(String before) {
        session.ok("var alphabet = List.of(\"a\");");
        assertThat(session.completions(before + "alphab")).containsExactly("alphabet");
        assertThat(session.completions(before + "alphabet.isEmp")).containsExactly("isEmpty()");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"!ls ", "!", "var l = !cat < ", "%sh wc -l ", "List<String> l = %sx ls ", "%%bash\nls ", "!a=\""
            })
    void filesAreCompletedInCommands(String before) throws IOException {
        Files.writeString(folder.resolve("number.txt"), "1");
        assertThat(session.completions(before + folder + "/numb")).containsExactly("number.txt");
    }

    @Test
    void declaredNamesAreCompletedWhereAMagicTakesThem() {
        session.ok("int alpha = 1; void almost() {} int beta = 2;");
        assertThat(session.completions("%reset al")).containsExactlyInAnyOrder("alpha", "almost");
        assertThat(session.completions("%reset alpha al")).containsExactly("almost");
        assertThat(session.completions("!alph")).containsExactly("alpha");
    }

    @Test
    void aMagicInsideABlock_leavesNoVariableForTheBlock_andAnOpenQuoteIsNamed() {
        assertThat(session.value("String home = \"\";\nif (true) {\n    home = %env PATH\n}\nhome.isEmpty()"))
                .isEqualTo("false");
        assertThat(session.failure("%load \"a b"))
                .contains("%load in line 1", "the quote \" is opened but never closed");
    }
}
