package io.weft.kernel.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class SessionSettingsTest {
    private final List<String> notices = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({"500, PT0.5S", "'30 SECONDS', PT30S", "2minutes, PT2M", "-1, ", "0, ", "'', "})
    void aTimeout_isANumberWithAUnit(String value, String expected) {
        var limit = new SessionSettings(Map.of("IJAVA_TIMEOUT", value)).statementLimit(notices::add);
        assertThat(limit.map(Duration::toString).orElse(null)).isEqualTo(expected);
        assertThat(notices).isEmpty();
    }

    @Test
    void theKernelsOwnName_comesFirst_thenTheLaterOne() {
        var all = Map.of("WEFT_TIMEOUT", "1", "JJAVA_TIMEOUT", "2", "IJAVA_TIMEOUT", "3");
        assertThat(new SessionSettings(all).statementLimit(notices::add)).contains(Duration.ofMillis(1));
        assertThat(new SessionSettings(Map.of("JJAVA_TIMEOUT", "2", "IJAVA_TIMEOUT", "3")).statementLimit(notices::add))
                .contains(Duration.ofMillis(2));
    }

    @Test
    void whatCannotBeUnderstood_changesNothing_andIsTold() {
        var settings = new SessionSettings(Map.of("IJAVA_TIMEOUT", "soon", "WEFT_COMPILER_OPTS", "-nonsense -g"));
        assertThat(settings.statementLimit(notices::add)).isEmpty();
        assertThat(settings.compilerOptions(notices::add)).isEmpty();
        assertThat(notices)
                .anySatisfy(notice -> assertThat(notice).contains("IJAVA_TIMEOUT", "'soon'", "30 SECONDS"))
                .anySatisfy(notice -> assertThat(notice).contains("WEFT_COMPILER_OPTS", "-nonsense"));
    }

    @Test
    void aStatementThatRunsTooLong_endsItsCell_andTheNextOneWorks() throws Exception {
        try (var evaluator = new JShellEvaluator(List.of(), Map.of("WEFT_TIMEOUT", "300"))) {
            Outcome outcome = run(evaluator, "int kept = 7; while (true) {}");
            assertThat(outcome).isInstanceOfSatisfying(Outcome.Failure.class, failure -> {
                assertThat(failure.name()).isEqualTo("TimedOut");
                assertThat(failure.message()).contains("0.3s", "WEFT_TIMEOUT");
            });
            assertThat(run(evaluator, "kept")).isInstanceOf(Outcome.Value.class);
        }
    }

    @Test
    void wrongOptions_doNotKeepCellsFromRunning() throws Exception {
        try (var evaluator = new JShellEvaluator(List.of(), Map.of("IJAVA_COMPILER_OPTS", "--nonsense"))) {
            var output = new RecordedOutput();
            assertThat(run(evaluator, "1 + 1", output)).isInstanceOf(Outcome.Value.class);
            assertThat(output.err()).contains("IJAVA_COMPILER_OPTS has no effect");
        }
    }

    private static Outcome run(JShellEvaluator evaluator, String code) {
        return run(evaluator, code, new RecordedOutput());
    }

    private static Outcome run(JShellEvaluator evaluator, String code, RecordedOutput output) {
        return evaluator.evaluate(new Execution(code, 1, output, (_, _) -> {
            throw new IOException("nobody to ask");
        }));
    }
}
