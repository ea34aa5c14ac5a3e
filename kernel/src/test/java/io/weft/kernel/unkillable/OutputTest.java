package io.weft.kernel.unkillable;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.client.TestClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// More output than a front end can bear is folded, and no line is torn or lost.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class OutputTest {
    private static final int MOST_SHOWN = 2_600_000;

    @TempDir
    private static Path folder;

    private LiveKernel kernel;

    @BeforeAll
    void start() throws Exception {
        kernel = LiveKernel.start(folder, "-Xmx700m", "");
    }

    @AfterAll
    void end() {
        kernel.close();
    }

    @AfterEach
    void laterCellsAreAsEver() throws Exception {
        assertThat(kernel.runs("System.out.println(\"after\")").stream("stdout"))
                .isEqualTo("after\n");
        kernel.isWell();
    }

    @Test
    void aHundredThousandLines_areWhole() throws Exception {
        Answer answer = kernel.runs("for (int n = 0; n < 100_000; n++) System.out.println(\"this is line \" + n);");
        String text = answer.stream("stdout");
        assertThat(text.lines().count()).isEqualTo(100_000);
        assertThat(text).endsWith("this is line 99999\n");
        assertThat(answer.stream("stderr")).isEmpty();
        assertThat(answer.broadcasts("stream").size()).isLessThan(200);
    }

    @Test
    @Timeout(150)
    void tenMillionLines_areFolded_withTheFirstAndTheLast() throws Exception {
        // when
        String cell = kernel.client.send(
                "shell",
                "execute_request",
                Map.of("code", "for (int n = 0; n < 10_000_000; n++) System.out.println(\"line \" + n);"));
        var reply = kernel.client.receive(
                "shell", Duration.ofMinutes(2), message -> message.parent().id().equals(cell));
        var answer = new Answer(reply, kernel.client.awaitIdle(cell));
        // then
        String text = answer.stream("stdout");
        assertThat(text).startsWith("line 0\nline 1\n").endsWith("line 9999998\nline 9999999\n");
        assertThat(text.length()).isLessThan(MOST_SHOWN);
        assertThat(text.lines()).allMatch(line -> line.matches("line \\d+"));
        long shown = text.lines().count();
        assertThat(answer.stream("stderr"))
                .contains("more than 2,500,000 characters", "weft.output.limit", "WEFT_OUTPUT_LIMIT")
                .contains("… %,d lines".formatted(10_000_000 - shown));
    }

    @Test
    void aLineOfAHundredMegabytes_isFolded() throws Exception {
        Answer answer = kernel.runs("System.out.println(\"x\".repeat(100_000_000) + \"end\");");
        assertThat(answer.stream("stdout")).startsWith("xxxx").endsWith("xend\n");
        assertThat(answer.stream("stdout").length()).isBetween(2_400_000, MOST_SHOWN);
        assertThat(answer.stream("stderr")).contains("not shown");
    }

    @Test
    void theLimitCanBeSetInACell() throws Exception {
        kernel.runs("System.setProperty(\"weft.output.limit\", \"1K\");");
        try {
            Answer answer = kernel.runs("for (int n = 0; n < 10_000; n++) System.out.println(\"line \" + n);");
            assertThat(answer.stream("stdout").length()).isLessThan(14_000);
            assertThat(answer.stream("stdout")).endsWith("line 9999\n");
        } finally {
            kernel.runs("System.clearProperty(\"weft.output.limit\");");
        }
    }

    @Test
    void aThreadThatPrintsForEver_isFolded_alsoAfterItsCell() throws Exception {
        // given
        String cell = kernel.client.send("shell", "execute_request", Map.of("code", """
                var stop3 = new CountDownLatch(1);
                var printed3 = new AtomicLong();
                var printer3 = new Thread(() -> { while (stop3.getCount() > 0) { System.out.println("late " + printed3.incrementAndGet()); } });
                printer3.start(); System.out.println("begun");"""));
        kernel.client.await("shell", cell);
        // when
        kernel.runs("while (printed3.get() < 1_000_000) Thread.sleep(1); stop3.countDown(); printer3.join();");
        // then
        var late = new StringBuilder();
        kernel.client.drain("iopub", Duration.ofMillis(300)).stream()
                .filter(message -> message.parent().id().equals(cell))
                .forEach(message -> late.append(message.content().get("text")));
        assertThat(late.length()).isLessThan(2_800_000);
        assertThat(late.toString()).contains("threads of this cell go on printing");
    }

    @RepeatedTest(3)
    void linesOfManyThreads_areWhole_andBelowTheirCell() throws Exception {
        // when
        Answer answer = kernel.runs("""
                var threads4 = new ArrayList<Thread>();
                for (int t = 0; t < 32; t++) {
                    int id = t;
                    Runnable body = () -> {
                        for (int n = 0; n < 300; n++) {
                            switch (n % 3) {
                                case 0 -> System.out.println("<" + id + ":" + n + ">");
                                case 1 -> System.out.printf("<%d:%s%d%s%n", id, "", n, ">");
                                default -> System.out.print("<" + id + ":" + n + ">\\n");
                            }
                        }
                    };
                    threads4.add(t % 2 == 0 ? new Thread(body) : Thread.ofVirtual().unstarted(body));
                }
                threads4.forEach(Thread::start);
                for (var thread : threads4) thread.join();""");
        // then
        var expected = new TreeSet<String>();
        for (int id = 0; id < 32; id++) for (int n = 0; n < 300; n++) expected.add("<" + id + ":" + n + ">");
        assertThat(answer.stream("stdout").lines().sorted().toList())
                .isEqualTo(expected.stream().toList());
    }
}
