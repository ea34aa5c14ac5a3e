package io.weft.kernel.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.assist.Completeness;
import io.weft.kernel.assist.Completion;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.Magic;
import io.weft.kernel.magic.MagicProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class MagicsInCellsTest {
    private static final CountDownLatch WAITS = new CountDownLatch(1);

    /// `%numbers NAME COUNT [--step N]`: leaves a list in a variable.
    @Command(description = "Make a list of numbers.")
    static final class NumbersMagic implements Callable<List<Integer>> {
        private final Cell cell;

        @Parameters(index = "0", paramLabel = "NAME", description = "The variable.")
        String name = "";

        @Parameters(index = "1", paramLabel = "COUNT", description = "How many.")
        int size;

        @Option(names = "--step", defaultValue = "1", description = "From one to the next.")
        int step = 1;

        NumbersMagic(Cell cell) {
            this.cell = cell;
        }

        @Override
        public List<Integer> call() {
            var numbers = java.util.stream.IntStream.range(0, size)
                    .mapToObj(i -> i * step)
                    .toList();
            cell.declare(name, "java.util.List<Integer>", numbers);
            cell.show(MimeBundle.text(name + " declared"));
            return numbers;
        }
    }

    /// `%waits`: waits for ever.
    @Command(description = "Wait for ever.")
    static final class WaitsMagic implements Callable<Object> {
        private final Cell cell;

        WaitsMagic(Cell cell) {
            this.cell = cell;
        }

        @Override
        public Object call() throws Exception {
            cell.output().stream(io.weft.kernel.display.CellOutput.Stream.STDOUT, "waits");
            WAITS.await();
            return "";
        }
    }

    /// `%%twice`: runs its body two times.
    @Command(description = "Run the body twice.")
    static final class TwiceMagic implements Callable<Object> {
        private final Cell cell;
        private final String body;

        TwiceMagic(Cell cell, String body) {
            this.cell = cell;
            this.body = body;
        }

        @Override
        public Object call() throws Exception {
            if (cell.evaluate("(Runnable) () -> {\n" + body + "\n}") instanceof Runnable twice) {
                twice.run();
                twice.run();
            }
            return "";
        }
    }

    private Magic registered = Magic.line("none", "", WaitsMagic::new);
    private final List<Path> grown = new ArrayList<>();
    private final AtomicInteger begun = new AtomicInteger();
    private final JShellEvaluator evaluator = new JShellEvaluator(List.of(new MagicProvider() {
        @Override
        public List<Magic> magics() {
            return List.of(
                    Magic.line("numbers", "java.util.List<Integer>", NumbersMagic::new),
                    Magic.line("waits", "", WaitsMagic::new),
                    Magic.line(
                            "register",
                            "",
                            cell -> new Doing(cell, at -> {
                                at.notebook().register(registered);
                                return "";
                            })),
                    Magic.cell("twice", TwiceMagic::new));
        }

        @Override
        public List<String> imports() {
            return List.of("import java.nio.charset.*;");
        }

        @Override
        public void begin(Cell cell) {
            begun.incrementAndGet();
        }

        @Override
        public void classPathGrew(Cell cell, List<Path> added) {
            grown.addAll(added);
        }
    }));
    private final RecordedOutput output = new RecordedOutput();
    private int count;

    @BeforeAll
    void warm() {
        run("1");
    }

    @AfterAll
    void end() {
        evaluator.close();
    }

    private Outcome run(String code) {
        return evaluator.evaluate(new Execution(code, ++count, output, (_, _) -> {
            throw new IOException("nobody to ask");
        }));
    }

    private String value(String code) {
        assertThat(run(code)).as(code).isInstanceOf(Outcome.Value.class);
        count--;
        return ((Outcome.Value) run(code)).bundle().plainText();
    }

    private String failure(String code) {
        Outcome outcome = run(code);
        assertThat(outcome).as(code).isInstanceOf(Outcome.Failure.class);
        return ((Outcome.Failure) outcome).message();
    }

    @Test
    void aLineMagic_leavesAVariable_thatTheJavaBelowItUses() {
        assertThat(value("%numbers n 3\nint sum = n.stream().mapToInt(i -> i).sum();\nsum"))
                .isEqualTo("3");
        assertThat(output.shown()).extracting(MimeBundle::plainText).contains("n declared");
    }

    @Test
    void aMagicIsAnExpression_ofItsOwnType_andLeavesItsVariableToo() {
        assertThat(value("var m = %numbers k 3 --step 2\nm.get(2) + k.get(1)")).isEqualTo("6");
        assertThat(value("List<Integer> found = List.of();\nif (true) {\n  found = %numbers j 2\n}\nfound"))
                .isEqualTo("[0, 1]");
    }

    @Test
    void aMagicInTheFirstColumn_mayFollowAStatementWithoutSemicolon() {
        assertThat(value("int base = 4\n%numbers q 2\nq.size() + base")).isEqualTo("6");
    }

    @Test
    void aWrongArgument_isNamed_withTheUsage() {
        assertThat(failure("%numbers n 3 --stepp 2")).contains("%numbers", "--stepp", "Usage: %numbers", "--step");
        assertThat(failure("%numbers n many")).contains("many", "COUNT", "Usage: %numbers");
        assertThat(failure("%numbers")).contains("Missing", "NAME");
        assertThat(failure("%numbers 3bad 3")).contains("'3bad' cannot be the name of a variable");
    }

    @Test
    void everyMagicHasHelp_andAppearsInTheList() {
        var help = new RecordedOutput();
        evaluator.evaluate(new Execution("%numbers --help\n%lsmagic", ++count, help, (_, _) -> ""));
        assertThat(help.out()).contains("Usage: %numbers", "Make a list of numbers.", "%%twice", "Run the body twice.");
    }

    @Test
    void aCellMagic_takesTheRestOfTheCell_andItsErrorsPointThere() {
        var printed = new RecordedOutput();
        evaluator.evaluate(new Execution("%%twice\nSystem.out.println(\"once\");", ++count, printed, (_, _) -> ""));
        assertThat(printed.out()).isEqualTo("once\nonce\n");
        assertThat(failure("%%twice\nint a = 1;\nint b = missing;")).contains("line 3", "cannot find symbol");
        Outcome thrown = run("%%twice\nint a = 0;\nint b = 1 / a;");
        assertThat(String.join("\n", ((Outcome.Failure) thrown).traceback()))
                .contains("ArithmeticException", "cell " + count + ", line 3");
    }

    /// A magic that does something with the running cell.
    @Command(description = "Do something.")
    static final class Doing implements Callable<Object> {
        private final Cell cell;
        private final ThrowingFunction body;

        Doing(Cell cell, ThrowingFunction body) {
            this.cell = cell;
            this.body = body;
        }

        @Override
        public @Nullable Object call() throws Exception {
            return body.apply(cell);
        }
    }

    interface ThrowingFunction {
        @Nullable
        Object apply(Cell cell) throws Exception;
    }

    private void register(String name, ThrowingFunction body) {
        register(Magic.line(name, "", cell -> new Doing(cell, body)));
    }

    private void register(Magic magic) {
        registered = magic;
        assertThat(run("%register")).isInstanceOf(Outcome.Nothing.class);
    }

    @Test
    void aMagicCanBeRegistered_whileTheSessionRuns_andShowItsValue() {
        register("answer", _ -> 42);
        assertThat(run("%answer")).isInstanceOf(Outcome.Nothing.class);
        register(Magic.line("answer", "Integer", cell -> new Doing(cell, _ -> 43))
                .showing());
        assertThat(value("%answer")).isEqualTo("43");
        assertThat(value("int a43 = %answer\na43 + 1")).isEqualTo("44");
    }

    @Test
    void aMagicRunsSource_withItsMagics_underItsOwnName_andWhatItDeclaresStays() throws Exception {
        register("script", cell -> cell.run("int fromScript = 5;\n%numbers ns 2\nns.size() + fromScript", "s.jsh"));
        register(registered.showing());
        assertThat(value("%script")).isEqualTo("7");
        assertThat(value("fromScript")).isEqualTo("5");
        register("fails", cell -> cell.run("\nint no = 1 / (fromScript - 5);", "f.jsh"));
        assertThat(((Outcome.Failure) run("%fails")).traceback()).anyMatch(line -> line.contains("f.jsh, line 2"));
        register("wrong", cell -> cell.run("int x = ;", "w.jsh"));
        assertThat(failure("%wrong")).contains("w.jsh does not compile", "line 1", "int x = ;");
        var runs = new AtomicInteger();
        var meter = new io.weft.kernel.magic.Meter() {
            @Override
            public void begin() {
                runs.incrementAndGet();
            }

            @Override
            public void end() {
                runs.addAndGet(100);
            }
        };
        register("metered", cell -> cell.run("int m1 = 1;\nint m2 = m1 + 1;", "m.jsh", meter));
        run("%metered");
        assertThat(runs.get() % 100).isEqualTo(runs.get() / 100).isPositive();
    }

    @Test
    void theCompilerIsNotInterrupted_whileAMagicRunsSource_andTheCellEnds() throws Exception {
        register("endless", cell -> cell.run("System.out.print(\"goes\"); while (true) {}", "e.jsh"));
        var output = new RecordedOutput();
        var outcome = CompletableFuture.supplyAsync(
                () -> evaluator.evaluate(new Execution("%endless", ++count, output, (_, _) -> "")));
        output.await("goes");
        evaluator.interrupt();
        assertThat(outcome.get(20, TimeUnit.SECONDS)).isEqualTo(Outcome.interrupted());
        assertThat(value("1 + 2")).isEqualTo("3");
    }

    @Test
    void theClassPathGrows_forCompilerAndLoader_andProvidersAreTold(@TempDir Path folder) throws Exception {
        Path source = Files.writeString(
                folder.resolve("Far.java"), "package far; public class Far { public static int away() { return 9; } }");
        assertThat(javax.tools.ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-d", folder.toString(), source.toString()))
                .isZero();
        register("grow", cell -> cell.notebook().addToClassPath(List.of(folder)));
        run("%grow");
        assertThat(value("far.Far.away()")).isEqualTo("9");
        assertThat(grown).containsExactly(folder);
        register(
                "again", cell -> cell.notebook().addToClassPath(List.of(folder)).size());
        register(registered.showing());
        assertThat(value("%again")).isEqualTo("0");
        register("none", cell -> cell.notebook().addToClassPath(List.of(folder.resolve("none.jar"))));
        assertThat(failure("%none")).contains("none.jar does not exist", "nothing was added");
    }

    @Test
    void providersBegin_beforeTheFirstCell_once() {
        run("1");
        assertThat(begun).hasValue(1);
    }

    @Test
    void whatIsForgotten_isGone_andWhatUsesItWaits() {
        run("int forgotten = 1; int usesIt() { return forgotten; }");
        register("forget", cell -> cell.notebook().forget(List.of("forgotten", "never")));
        register(registered.showing());
        assertThat(run("%forget"))
                .isInstanceOfSatisfying(
                        Outcome.Value.class,
                        names -> assertThat(names.bundle().plainText()).isEqualTo("[forgotten]"));
        assertThat(failure("usesIt()")).contains("usesIt", "forgotten");
        assertThat(value("int forgotten = 2;\nusesIt()")).isEqualTo("2");
    }

    @Test
    void anOpenQuote_isNoCompleteCell() {
        assertThat(evaluator.completeness("%numbers \"n 3").status()).isEqualTo(Completeness.Status.INVALID);
        assertThat(failure("%numbers \"n 3")).contains("%numbers in line 1", "never closed");
    }

    @Test
    void anInterruptEndsAMagicThatWaits() throws Exception {
        var waits = new RecordedOutput();
        var outcome = CompletableFuture.supplyAsync(
                () -> evaluator.evaluate(new Execution("%waits", ++count, waits, (_, _) -> "")));
        waits.await("waits");
        evaluator.interrupt();
        assertThat(outcome.get(10, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(failure.name()).isEqualTo("Interrupted"));
    }

    @Test
    void completionKnowsTheOptionsOfAMagic() {
        assertThat(evaluator.complete("%numbers --s", 12).matches())
                .extracting(Completion.Match::text)
                .containsExactly("--step");
        assertThat(evaluator.inspect("%numbers n 3", 5, 0).orElseThrow().plainText())
                .contains("Usage: %numbers");
    }
}
