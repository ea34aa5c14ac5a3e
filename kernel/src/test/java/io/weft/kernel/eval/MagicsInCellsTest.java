package io.weft.kernel.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.Magic;
import io.weft.kernel.magic.MagicProvider;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
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

    private final JShellEvaluator evaluator = new JShellEvaluator(List.of(new MagicProvider() {
        @Override
        public List<Magic> magics() {
            return List.of(
                    Magic.line("numbers", "java.util.List<Integer>", NumbersMagic::new),
                    Magic.line("waits", "", WaitsMagic::new),
                    Magic.cell("twice", TwiceMagic::new));
        }

        @Override
        public List<String> imports() {
            return List.of("import java.nio.charset.*;");
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
