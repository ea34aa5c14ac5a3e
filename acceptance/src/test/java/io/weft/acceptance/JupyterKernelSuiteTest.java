package io.weft.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Jupyter's own tests for kernels, `jupyter_kernel_test`, against the installed kernel.
@Isolated("all kernels share a history")
class JupyterKernelSuiteTest {
    private static final Duration SUITE = Duration.ofMinutes(5);

    /// What the kernel does not have, and its tests therefore skip, each with the reason that the suite gives.
    private static final Map<String, String> NOT_THERE = Map.of("test_pager", "No code page something");

    @TestFactory
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    Stream<DynamicTest> everyTestOfJupyters_passes() {
        var json = new JsonMapper();
        String printed = Installation.get()
                .pythonWithTools(
                        Project.source("python", "jupyter_kernel_suite.py").toString())
                .run(SUITE)
                .successful();
        List<JsonNode> outcomes = printed.lines()
                .filter(line -> line.startsWith("{"))
                .map(json::readTree)
                .toList();
        assertThat(outcomes).as(printed).hasSizeGreaterThanOrEqualTo(13);
        return outcomes.stream().map(outcome -> dynamicTest(outcome.path("test").asString(), () -> check(outcome)));
    }

    private static void check(JsonNode outcome) {
        String detail = outcome.path("detail").asString();
        String reason = NOT_THERE.get(outcome.path("test").asString());
        if (reason == null) {
            assertThat(outcome.path("outcome").asString()).as(detail).isEqualTo("passed");
        } else {
            assertThat(outcome.path("outcome").asString())
                    .as("this kernel lacks what the test needs; if it has it now, give the suite a sample of it")
                    .isEqualTo("skipped");
            assertThat(detail).contains(reason);
        }
    }
}
