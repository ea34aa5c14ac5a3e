package io.weft.kernel.unkillable;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.client.TestClient.Answer;
import java.nio.file.Path;
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
    void aLineOfAHundredMegabytes_isFolded() throws Exception {
        Answer answer = kernel.runs("System.out.println(\"x\".repeat(100_000_000) + \"end\");");
        assertThat(answer.stream("stdout")).startsWith("xxxx").endsWith("xend\n");
        assertThat(answer.stream("stdout").length()).isBetween(2_400_000, MOST_SHOWN);
        assertThat(answer.stream("stderr")).contains("not shown");
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
