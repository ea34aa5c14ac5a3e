package io.weft.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The installed kernel over tcp and ipc, with and without encryption, and with the registration handshake, from
/// jupyter_client itself: `transports.py` says what each test does.
class TransportsTest {
    private static final Duration ALL = Duration.ofMinutes(10);

    @TestFactory
    @Timeout(value = 12, unit = TimeUnit.MINUTES)
    Stream<DynamicTest> everyWayToTheKernel_works() {
        var json = new JsonMapper();
        String printed = Installation.get()
                .python(Project.source("python", "transports.py").toString())
                .run(ALL)
                .successful();
        List<JsonNode> outcomes = printed.lines()
                .filter(line -> line.startsWith("{"))
                .map(json::readTree)
                .toList();
        assertThat(outcomes).as(printed).hasSize(14);
        return outcomes.stream()
                .map(outcome -> dynamicTest(
                        outcome.path("test").asString(),
                        () -> assertThat(outcome.path("outcome").asString())
                                .as(outcome.path("detail").asString())
                                .isEqualTo("passed")));
    }
}
