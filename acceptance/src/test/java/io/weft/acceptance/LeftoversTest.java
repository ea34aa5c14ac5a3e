package io.weft.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whatever way a kernel ends, its worker JVMs and its temporary files end with it, in seconds.
class LeftoversTest {
    @ParameterizedTest
    @ValueSource(strings = {"shutdown", "restart", "kill", "orphan"})
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void noWorkerAndNoFile_outlivesItsKernel(String way) {
        // when
        String printed = Installation.get()
                .python(Project.source("python", "leftovers.py").toString(), way)
                .run(Duration.ofMinutes(4))
                .successful();
        // then
        JsonNode seen = new JsonMapper()
                .readTree(printed.lines()
                        .filter(line -> line.startsWith("{"))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(printed)));
        // three workers of the pool, and each of them really was a process below the kernel
        assertThat(seen.path("workers").valueStream()).hasSizeBetween(1, 3);
        assertThat(seen.path("had").valueStream().map(JsonNode::asInt))
                .hasSizeGreaterThanOrEqualTo(3)
                .containsAll(
                        seen.path("workers").valueStream().map(JsonNode::asInt).toList());
        assertThat(seen.path("left").valueStream()).as("processes left").isEmpty();
        assertThat(seen.path("leftFiles").valueStream()).as("files left").isEmpty();
    }
}
