package io.weft.kernel.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// Cells of several shells at the same time.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class ShellsTest {
    private JShellEvaluator evaluator;

    @BeforeAll
    void start() {
        evaluator = new JShellEvaluator(List.of());
    }

    @AfterAll
    void end() {
        evaluator.close();
    }

    private Outcome run(String shell, String code, RecordedOutput output) {
        return evaluator.evaluate(new Execution(shell, code, 1, output, (_, _) -> {
            throw new IOException("nobody to ask");
        }));
    }

    private CompletableFuture<Outcome> begin(String shell, String code, RecordedOutput output) throws Exception {
        var outcome = CompletableFuture.supplyAsync(
                () -> run(shell, code, output), task -> Thread.ofVirtual().start(task));
        output.await("on\n");
        return outcome;
    }

    private static String text(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Value.class);
        return ((Outcome.Value) outcome).bundle().plainText();
    }

    @RepeatedTest(5)
    void aSubshell_usesAndSetsTheNotebooksVariables_whileTheMainShellsCellRuns() throws Exception {
        // given
        run("", "volatile boolean goOn = true; int turns = 0; int seen = 0;", new RecordedOutput());
        var output = new RecordedOutput();
        var main =
                begin("", "System.out.println(\"on\"); while (goOn) { turns++; Thread.yield(); } turns + seen", output);

        // when
        Outcome sum = run("sub", "seen = 1_000_000_000; int helper(int n) { return n + 1; } helper(41)", output);
        var printed = new RecordedOutput();
        run("sub", "System.out.println(\"sub\"); new Thread(() -> System.out.println(\"thread\")).start()", printed);
        printed.await("thread\n");
        run("sub", "goOn = false;", output);

        // then
        assertThat(text(sum)).isEqualTo("42");
        assertThat(Integer.parseInt(text(main.get(20, TimeUnit.SECONDS)))).isGreaterThan(1_000_000_000);
        assertThat(output.out()).isEqualTo("on\n");
        assertThat(printed.out()).isEqualTo("sub\nthread\n");
    }

    @RepeatedTest(3)
    void manyShellsAtOnce_eachGetItsOwnValues_andFailures() throws Exception {
        var outcomes = new ArrayList<CompletableFuture<Outcome>>();
        for (int shell = 0; shell < 4; shell++) {
            String id = "shell" + shell;
            int number = shell;
            outcomes.add(CompletableFuture.supplyAsync(
                    () -> IntStream.range(0, 4)
                            .mapToObj(turn -> run(
                                    id,
                                    number % 2 == 0
                                            ? "Thread.sleep(1); " + number + " * 1000 + " + turn
                                            : "if (true) throw new IllegalStateException(\"" + number + "-" + turn
                                                    + "\");",
                                    new RecordedOutput()))
                            .reduce((first, last) -> last)
                            .orElseThrow(),
                    task -> Thread.ofVirtual().start(task)));
        }
        for (int shell = 0; shell < 4; shell++) {
            Outcome last = outcomes.get(shell).get(40, TimeUnit.SECONDS);
            if (shell % 2 == 0) assertThat(text(last)).isEqualTo(String.valueOf(shell * 1000 + 3));
            else assertThat(((Outcome.Failure) last).message()).contains(shell + "-3");
        }
    }

    @RepeatedTest(3)
    void anInterrupt_endsLoopsInAllShells_andTheNextCellsRun() throws Exception {
        // given
        String forever = "System.out.println(\"on\"); long spins = 0; while (true) spins++;";
        var main = begin("", forever, new RecordedOutput());
        var sub = begin("sub", forever.replace("spins", "turns"), new RecordedOutput());

        // when
        evaluator.interrupt();

        // then
        for (var cell : List.of(main, sub))
            assertThat(((Outcome.Failure) cell.get(20, TimeUnit.SECONDS)).name())
                    .isEqualTo("Interrupted");
        assertThat(text(run("", "1 + 1", new RecordedOutput()))).isEqualTo("2");
        assertThat(text(run("sub", "1 + 2", new RecordedOutput()))).isEqualTo("3");
    }

    @Test
    void closingAShell_endsItsCell_andNoOther() throws Exception {
        // given
        run("", "volatile boolean mayEnd = false;", new RecordedOutput());
        var main =
                begin("", "System.out.println(\"on\"); while (!mayEnd) Thread.onSpinWait(); 7", new RecordedOutput());
        var sub = begin("closing", "System.out.println(\"on\"); Thread.sleep(1_000_000);", new RecordedOutput());

        // when
        evaluator.closeShell("closing");

        // then
        assertThat(((Outcome.Failure) sub.get(20, TimeUnit.SECONDS)).name()).isEqualTo("Interrupted");
        run("other", "mayEnd = true;", new RecordedOutput());
        assertThat(text(main.get(20, TimeUnit.SECONDS))).isEqualTo("7");
    }
}
