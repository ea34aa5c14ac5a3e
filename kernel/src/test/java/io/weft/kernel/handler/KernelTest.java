package io.weft.kernel.handler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.kernel.channel.ChannelException;
import io.weft.kernel.channel.StderrLog;
import io.weft.kernel.client.KernelProcess;
import io.weft.kernel.client.ScriptedEvaluator;
import io.weft.kernel.client.TestClient;
import io.weft.kernel.client.TestClient.Answer;
import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.eval.Outcome;
import io.weft.kernel.wire.ConnectionInfo;
import io.weft.kernel.wire.Fuzz;
import io.weft.kernel.wire.Header;
import io.weft.kernel.wire.WireCodec;
import io.weft.kernel.wire.WireMessage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMsg;

@Timeout(60)
class KernelTest {
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final ScriptedEvaluator evaluator = new ScriptedEvaluator();
    private ConnectionInfo connection;
    private Kernel kernel;
    private TestClient client;

    @BeforeEach
    void start() throws Exception {
        connection = KernelProcess.freeConnection();
        var log = new StderrLog(new PrintStream(logged, true, UTF_8));
        kernel = Kernel.start(connection, () -> evaluator, "1.2.3", log);
        client = new TestClient(connection);
    }

    @AfterEach
    void stop() {
        client.close();
        kernel.close();
    }

    @Test
    void kernelInfo_isAnsweredOnShellAndControl_withWhatTheKernelIs() throws Exception {
        for (String channel : List.of("shell", "control")) {
            Answer answer = client.request(channel, "kernel_info_request", Map.of());

            assertThat(answer.reply().header().type()).isEqualTo("kernel_info_reply");
            assertThat(answer.status()).isEqualTo("ok");
            assertThat(answer.reply().content())
                    .containsEntry("implementation", "weft")
                    .containsEntry("implementation_version", "1.2.3")
                    .containsEntry("protocol_version", "5.6");
            assertThat(answer.reply().header().fields()).containsEntry("version", "5.6");
            assertThat((Map<?, ?>) answer.reply().content().get("language_info"))
                    .extracting("name", "file_extension")
                    .containsExactly("java", ".java");
            assertThat(answer.types()).containsExactly("busy", "idle");
        }
    }

    @Test
    void execute_broadcastsInputOutputAndResultInOrder_andCounts() throws Exception {
        // given
        evaluator.on("cell", execution -> {
            execution.output().stream(CellOutput.Stream.STDOUT, "out\n");
            execution.output().stream(CellOutput.Stream.STDERR, "err\n");
            execution.output().display(MimeBundle.html("<b>x</b>", "x"), "id");
            execution.output().update(MimeBundle.text("y"), "id");
            execution.output().clear(true);
            return new Outcome.Value(MimeBundle.text("42"));
        });

        // when
        Answer answer = client.execute("cell");

        // then
        assertThat(answer.types())
                .containsExactly(
                        "busy",
                        "execute_input",
                        "stream",
                        "stream",
                        "display_data",
                        "update_display_data",
                        "clear_output",
                        "execute_result",
                        "idle");
        assertThat(answer.reply().content()).containsEntry("execution_count", 1).containsEntry("payload", List.of());
        assertThat(answer.result()).isEqualTo("42");
        assertThat(answer.broadcasts("display_data").getFirst().content())
                .containsEntry("transient", Map.of("display_id", "id"));
        assertThat(client.execute("next").reply().content()).containsEntry("execution_count", 2);
    }

    @Test
    void execute_saysWhenTheCellBegan_fromWhichFrontEndsTellItsTime() throws Exception {
        // given
        Instant before = Instant.now().truncatedTo(ChronoUnit.MICROS);

        // when
        Answer answer = client.execute("1");

        // then
        var started = Instant.parse(String.valueOf(answer.reply().metadata().get("started")));
        var replied =
                Instant.parse(String.valueOf(answer.reply().header().fields().get("date")));
        assertThat(started).isBetween(before, replied);
    }

    @Test
    void execute_silently_broadcastsNeitherInputNorResult_andDoesNotCount() throws Exception {
        Answer answer = client.request("shell", "execute_request", Map.of("code", "1", "silent", true));

        assertThat(answer.types()).containsExactly("busy", "idle");
        assertThat(client.execute("2").reply().content()).containsEntry("execution_count", 1);
    }

    @Test
    void execute_withoutHistory_doesNotCount() throws Exception {
        client.request("shell", "execute_request", Map.of("code", "1", "store_history", false));

        assertThat(client.execute("2").reply().content()).containsEntry("execution_count", 1);
    }

    @Test
    void execute_givesTheUserExpressions_eachWithItsOwnStatus() throws Exception {
        evaluator.on("bad", _ -> {
            throw new IllegalStateException("no");
        });

        Answer answer = client.request(
                "shell",
                "execute_request",
                Map.of("code", "1", "user_expressions", Map.of("good", "7", "wrong", "bad")));

        var expressions =
                (Map<?, ?>) Objects.requireNonNull(answer.reply().content().get("user_expressions"));
        assertThat((Map<?, ?>) expressions.get("good")).extracting("status").isEqualTo("ok");
        assertThat((Map<?, ?>) expressions.get("good")).extracting("data").isEqualTo(Map.of("text/plain", "7"));
        assertThat((Map<?, ?>) expressions.get("wrong"))
                .extracting("status", "evalue")
                .containsExactly("error", "no");
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit", "quit", "exit()", "quit();", " /exit ", "exit;"})
    void exit_thatIsNoJava_asksAConsoleToEnd_andTellsANotebookHow(String code) throws Exception {
        // given
        evaluator.on(code, _ -> new Outcome.Failure("CompilationError", "cannot find symbol", List.of()));

        // when
        var answer = client.execute(code);

        // then
        assertThat(answer.status()).isEqualTo("ok");
        assertThat(answer.reply().content())
                .containsEntry("payload", List.of(Map.of("source", "ask_exit", "keepkernel", false)));
        assertThat(answer.stream("stdout")).contains("Shut Down Kernel");
    }

    @Test
    void exit_thatTheNotebookDeclares_isAsAnyOtherName() throws Exception {
        assertThat(client.execute("exit").result()).isEqualTo("exit");
    }

    @RepeatedTest(5)
    void aFailure_abortsTheCellsThatWait_butNotTheNextOnes() throws Exception {
        // given
        var allSent = new CountDownLatch(1);
        evaluator.on("fail", _ -> {
            allSent.await();
            return new Outcome.Failure("Oops", "why", List.of("line"));
        });

        // when
        String failing = client.send("shell", "execute_request", Map.of("code", "fail"));
        String waiting = client.send("shell", "execute_request", Map.of("code", "1"));
        String alsoWaiting = client.send("shell", "execute_request", Map.of("code", "2"));
        client.request("shell", "kernel_info_request", Map.of());
        allSent.countDown();

        // then
        Answer failed = client.await("shell", failing);
        assertThat(failed.types())
                .filteredOn(type -> !type.equals("busy"))
                .containsExactly("execute_input", "error", "idle");
        assertThat(failed.reply().content())
                .containsEntry("status", "error")
                .containsEntry("ename", "Oops")
                .containsEntry("evalue", "why")
                .containsEntry("traceback", List.of("line"));
        for (String id : List.of(waiting, alsoWaiting)) {
            Answer aborted = client.await("shell", id);
            // a number would be shown beside a cell that never ran
            assertThat(aborted.reply().content()).isEqualTo(Map.of("status", "aborted"));
            assertThat(aborted.types()).containsExactly("busy", "idle");
        }
        assertThat(client.execute("3").status()).isEqualTo("ok");
    }

    @Test
    void aFailure_doesNotAbort_whereTheFrontEndSaysSo() throws Exception {
        evaluator.on("fail", _ -> new Outcome.Failure("Oops", "why", List.of()));

        String failing = client.send("shell", "execute_request", Map.of("code", "fail", "stop_on_error", false));
        String waiting = client.send("shell", "execute_request", Map.of("code", "1"));

        assertThat(client.await("shell", failing).status()).isEqualTo("error");
        assertThat(client.await("shell", waiting).result()).isEqualTo("1");
    }

    @Test
    void aHandlerThatThrows_givesAnErrorReplyAndIdle_andTheKernelGoesOn() throws Exception {
        evaluator.on("broken", _ -> {
            throw new StackOverflowError();
        });

        Answer answer = client.execute("broken");

        assertThat(answer.status()).isEqualTo("error");
        assertThat(answer.types()).containsExactly("busy", "execute_input", "error", "idle");
        assertThat(client.execute("1").result()).isEqualTo("1");
    }

    @RepeatedTest(5)
    void questionsAreAnswered_whileACellRuns_andItsBusyIsSaidAgain() throws Exception {
        // given
        var running = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        evaluator.on("wait", _ -> {
            running.countDown();
            goOn.await();
            return new Outcome.Nothing();
        });
        String cell = client.send("shell", "execute_request", Map.of("code", "wait"));
        running.await();

        // when
        Answer complete = client.request("shell", "complete_request", Map.of("code", "ab", "cursor_pos", 1));
        Answer inspect = client.request("shell", "inspect_request", Map.of("code", "ab", "cursor_pos", 1));
        Answer unknown = client.request("shell", "inspect_request", Map.of("code", "unknown", "cursor_pos", 1));
        Answer whole = client.request("shell", "is_complete_request", Map.of("code", "if (x) {"));
        Answer info = client.request("shell", "kernel_info_request", Map.of());
        goOn.countDown();

        // then
        assertThat(complete.reply().content())
                .containsEntry("matches", List.of("ab!"))
                .containsEntry("cursor_start", 0)
                .containsEntry("cursor_end", 1);
        assertThat(inspect.reply().content())
                .containsEntry("found", true)
                .containsEntry("data", Map.of("text/plain", "ab@1"));
        assertThat(unknown.reply().content()).containsEntry("found", false);
        assertThat(whole.reply().content())
                .containsEntry("status", "incomplete")
                .containsEntry("indent", "    ");
        assertThat(info.status()).isEqualTo("ok");
        List<String> cellTypes = client.await("shell", cell).types();
        assertThat(cellTypes.getLast()).isEqualTo("idle");
        assertThat(cellTypes).filteredOn("busy"::equals).hasSize(6);
    }

    @Test
    void aCursor_countsCodePoints_andStaysWithinTheCode() throws Exception {
        Answer inside = client.request("shell", "inspect_request", Map.of("code", "𝄞𝄞", "cursor_pos", 9));
        Answer before = client.request("shell", "inspect_request", Map.of("code", "𝄞𝄞", "cursor_pos", -1));

        assertThat(inside.reply().content()).containsEntry("data", Map.of("text/plain", "𝄞𝄞@2"));
        assertThat(before.reply().content()).containsEntry("data", Map.of("text/plain", "𝄞𝄞@0"));
    }

    @Test
    void history_findsCellsByTailRangeAndPattern() throws Exception {
        // given
        for (String code : List.of("one", "two", "one", "three")) {
            client.execute(code);
        }

        // when, then
        assertThat(history(Map.of("hist_access_type", "tail", "n", 2)))
                .isEqualTo(List.of(List.of(1, 3, "one"), List.of(1, 4, "three")));
        assertThat(history(Map.of("hist_access_type", "range", "session", 0, "start", 1, "stop", 3)))
                .isEqualTo(List.of(List.of(1, 1, "one"), List.of(1, 2, "two")));
        assertThat(history(Map.of("hist_access_type", "search", "pattern", "*e", "unique", true, "output", true)))
                .isEqualTo(List.of(List.of(1, 3, List.of("one", "one")), List.of(1, 4, List.of("three", "three"))));
    }

    private @Nullable Object history(Map<String, Object> content) throws Exception {
        return client.request("shell", "history_request", content)
                .reply()
                .content()
                .get("history");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "x_request"})
    void requestsThatTheKernelDoesNotKnow_haveAnErrorReply(String type) throws Exception {
        client.expectUnknown("nonsense_reply", "x_reply");
        for (String channel : List.of("shell", "control")) {
            Answer answer = client.request(channel, type, Map.of());

            assertThat(answer.reply().header().type()).isEqualTo(type.replace("_request", "") + "_reply");
            assertThat(answer.status()).isEqualTo("error");
            assertThat(answer.types()).containsExactly("busy", "idle");
        }
    }

    @Test
    void aRequestWithAMistypedField_hasAnErrorReply_thatNamesTheField() throws Exception {
        Answer answer = client.request("shell", "execute_request", Map.of("code", 5));

        assertThat(answer.status()).isEqualTo("error");
        assertThat(answer.reply().content()).containsEntry("evalue", "the field `code` is Integer, not a text");
    }

    @Test
    void aCommWithAnUnknownTarget_isClosed_andNoneIsOpen() throws Exception {
        String open = client.send("shell", "comm_open", Map.of("comm_id", "c", "target_name", "t", "data", Map.of()));

        assertThat(client.awaitBroadcast(open, "comm_close").content()).containsEntry("comm_id", "c");
        assertThat(client.request("shell", "comm_info_request", Map.of())
                        .reply()
                        .content())
                .containsEntry("comms", Map.of());
    }

    @RepeatedTest(5)
    void stdin_asksTheFrontEndAndGetsItsLine_ignoringLateReplies() throws Exception {
        // given
        evaluator.on(
                "ask",
                execution -> new Outcome.Value(MimeBundle.text(execution.input().readLine("name? ", false)
                        + execution.input().readLine("", true))));
        String cell = client.send("shell", "execute_request", Map.of("code", "ask", "allow_stdin", true));

        // when
        WireMessage first = client.receive("stdin", _ -> true);
        client.send("stdin", "input_reply", Header.of("input_request", "x"), Map.of("value", "late"));
        client.send("stdin", "input_reply", first.header(), Map.of("value", "Ada"));
        WireMessage second = client.receive("stdin", _ -> true);
        client.send("stdin", "input_reply", Map.of("value", "Lovelace"));

        // then
        assertThat(first.content()).containsEntry("prompt", "name? ").containsEntry("password", false);
        assertThat(first.parent().id()).isEqualTo(cell);
        assertThat(second.content()).containsEntry("password", true);
        assertThat(client.await("shell", cell).result()).isEqualTo("AdaLovelace");
    }

    @RepeatedTest(10)
    void stdin_keepsAQuestion_forAFrontEndThatConnectsStdinLater() throws Exception {
        // given a front end that waits with its stdin channel until it has run a cell
        evaluator.on(
                "ask",
                execution -> new Outcome.Value(MimeBundle.text(execution.input().readLine("name? ", false))));
        try (var late = TestClient.withoutStdin(connection)) {
            String cell = late.send("shell", "execute_request", Map.of("code", "ask"));
            late.awaitBroadcast(cell, "execute_input");

            // when
            late.connectStdin();
            WireMessage question = late.receive("stdin", _ -> true);
            late.send("stdin", "input_reply", question.header(), Map.of("value", "Ada"));

            // then
            assertThat(question.content()).containsEntry("prompt", "name? ");
            assertThat(late.await("shell", cell).result()).isEqualTo("Ada");
            assertThat(late.drain("stdin", Duration.ofMillis(100))).isEmpty();
        }
    }

    @RepeatedTest(5)
    void stdin_thatNeverConnects_keepsTheCellUntilAnInterrupt_andDoesNotDisturbOthers() throws Exception {
        // given
        var runs = new CountDownLatch(1);
        evaluator.on("ask", execution -> {
            runs.countDown();
            return new Outcome.Value(MimeBundle.text(execution.input().readLine("name? ", false)));
        });
        try (var without = TestClient.withoutStdin(connection)) {
            String cell = without.send("shell", "execute_request", Map.of("code", "ask"));
            runs.await();

            // when
            without.request("control", "interrupt_request", Map.of());

            // then
            assertThat(without.await("shell", cell).reply().content())
                    .containsEntry("ename", "java.lang.InterruptedException");

            // when another front end is asked
            String next = client.send("shell", "execute_request", Map.of("code", "ask"));
            WireMessage question = client.receive("stdin", _ -> true);
            client.send("stdin", "input_reply", question.header(), Map.of("value", "Grace"));

            // then
            assertThat(client.await("shell", next).result()).isEqualTo("Grace");
        }
        assertThat(logged.toString(UTF_8)).isEmpty();
    }

    @Test
    void stdin_isRefused_whereTheFrontEndTakesNone() throws Exception {
        evaluator.on(
                "ask",
                execution -> new Outcome.Value(MimeBundle.text(execution.input().readLine("", false))));

        Answer answer = client.request("shell", "execute_request", Map.of("code", "ask", "allow_stdin", false));

        assertThat(answer.reply().content()).containsEntry("ename", "java.io.IOException");
        assertThat(String.valueOf(answer.reply().content().get("evalue"))).contains("takes no input");
    }

    @RepeatedTest(5)
    void anInterrupt_endsACellThatWaitsForALine_andTheNextCellRuns() throws Exception {
        // given
        evaluator.on(
                "ask",
                execution -> new Outcome.Value(MimeBundle.text(execution.input().readLine("", false))));
        String cell = client.send("shell", "execute_request", Map.of("code", "ask"));
        client.receive("stdin", _ -> true);

        // when
        Answer interrupt = client.request("control", "interrupt_request", Map.of());

        // then
        assertThat(interrupt.status()).isEqualTo("ok");
        assertThat(client.await("shell", cell).reply().content())
                .containsEntry("ename", "java.lang.InterruptedException");
        assertThat(client.execute("1").result()).isEqualTo("1");
    }

    @Test
    @SuppressWarnings("try") // the kernel is only there
    void anInterrupt_endsACellThatWaitsForJavaToStart_andTheNextCellRuns() throws Exception {
        // given a kernel whose evaluator is still being made
        var making = new CountDownLatch(1);
        var made = new CountDownLatch(1);
        var elsewhere = KernelProcess.freeConnection();
        var log = new StderrLog(new PrintStream(logged, true, UTF_8));
        try (var slow = Kernel.start(
                        elsewhere,
                        () -> {
                            making.countDown();
                            try {
                                made.await();
                            } catch (InterruptedException stopped) {
                                throw new IllegalStateException(stopped);
                            }
                            return evaluator;
                        },
                        "1",
                        log);
                var front = new TestClient(elsewhere)) {
            making.await();
            String cell = front.send("shell", "execute_request", Map.of("code", "1"));
            front.request("shell", "kernel_info_request", Map.of()); // behind it: the kernel has the cell

            // when
            front.request("control", "interrupt_request", Map.of());
            made.countDown();

            // then
            assertThat(front.await("shell", cell).reply().content()).containsEntry("ename", "Interrupted");
            assertThat(front.execute("2").result()).isEqualTo("2");
        }
    }

    @Test
    void manyPrintedLines_areFewMessages_andNoneIsLost() throws Exception {
        // given
        int lines = 100_000;
        evaluator.on("print", execution -> {
            for (int line = 0; line < lines; line++) {
                execution.output().stream(CellOutput.Stream.STDOUT, line + "\n");
            }
            return new Outcome.Nothing();
        });

        // when
        Answer answer = client.execute("print");

        // then
        List<String> printed = answer.stream("stdout").lines().toList();
        assertThat(printed).hasSize(lines);
        assertThat(printed.getLast()).isEqualTo("99999");
        assertThat(answer.broadcasts("stream")).hasSizeLessThan(500);
    }

    @RepeatedTest(5)
    void linesOfManyThreads_areWhole_andEachThreadsInOrder() throws Exception {
        // given
        int threads = 32;
        int lines = 500;
        evaluator.on("print", execution -> {
            var started = new ArrayList<Thread>();
            for (int number = 0; number < threads; number++) {
                String name = "thread" + number;
                started.add(Thread.ofVirtual().start(() -> {
                    for (int line = 0; line < lines; line++) {
                        execution.output().stream(CellOutput.Stream.STDOUT, name + " " + line + "\n");
                    }
                }));
            }
            for (Thread thread : started) {
                thread.join();
            }
            return new Outcome.Nothing();
        });

        // when
        List<String> printed = client.execute("print").stream("stdout").lines().toList();

        // then
        assertThat(printed).hasSize(threads * lines);
        for (int number = 0; number < threads; number++) {
            String prefix = "thread" + number + " ";
            assertThat(printed)
                    .filteredOn(line -> line.startsWith(prefix))
                    .isEqualTo(java.util.stream.IntStream.range(0, lines)
                            .mapToObj(line -> prefix + line)
                            .toList());
        }
    }

    @Test
    void output_isSeenWhileTheCellRuns() throws Exception {
        // given
        var seen = new CountDownLatch(1);
        evaluator.on("print", execution -> {
            execution.output().stream(CellOutput.Stream.STDOUT, "now");
            return seen.await(20, TimeUnit.SECONDS)
                    ? new Outcome.Nothing()
                    : new Outcome.Failure("late", "", List.of());
        });

        // when
        String cell = client.send("shell", "execute_request", Map.of("code", "print"));
        client.awaitBroadcast(cell, "stream");
        seen.countDown();

        // then
        assertThat(client.await("shell", cell).status()).isEqualTo("ok");
    }

    @RepeatedTest(5)
    void outputAfterTheEndOfItsCell_belongsToThatCell() throws Exception {
        // given
        var ended = new CountDownLatch(1);
        evaluator.on("spawn", execution -> {
            Thread.ofVirtual().start(() -> {
                awaitQuietly(ended);
                execution.output().stream(CellOutput.Stream.STDOUT, "late\n");
            });
            return new Outcome.Nothing();
        });
        String cell = client.send("shell", "execute_request", Map.of("code", "spawn"));
        client.await("shell", cell);

        // when
        evaluator.on("other", execution -> {
            ended.countDown();
            execution.output().stream(CellOutput.Stream.STDOUT, "own\n");
            return new Outcome.Nothing();
        });
        Answer other = client.execute("other");

        // then
        assertThat(client.awaitBroadcast(cell, "stream").content()).containsEntry("text", "late\n");
        assertThat(other.stream("stdout")).isEqualTo("own\n");
    }

    @Test
    void anInterrupt_endsTheWaitOfAWriterFarAhead_andDropsNothing() throws Exception {
        // given a cell that writes far more than may wait, and a thread whose interrupt flag is set
        String block = "x".repeat(1 << 20);
        evaluator.on("print", execution -> {
            for (int at = 0; at < 12; at++) {
                Thread.currentThread().interrupt();
                execution.output().stream(CellOutput.Stream.STDOUT, block);
            }
            return new Outcome.Value(MimeBundle.text(String.valueOf(Thread.interrupted())));
        });

        // when
        Answer answer = client.execute("print");

        // then
        assertThat(answer.stream("stdout")).hasSize(12 << 20);
        assertThat(answer.result()).isEqualTo("true");
    }

    @Test
    void heartbeat_isEchoed_whileACellRuns() throws Exception {
        var goOn = new CountDownLatch(1);
        evaluator.on("wait", _ -> {
            goOn.await();
            return new Outcome.Nothing();
        });
        String cell = client.send("shell", "execute_request", Map.of("code", "wait"));

        assertThat(client.beat("ping".getBytes(UTF_8))).asString(UTF_8).isEqualTo("ping");

        goOn.countDown();
        client.await("shell", cell);
    }

    @Test
    void aReplayedRequest_runsOnce() throws Exception {
        // given
        var runs = new java.util.concurrent.atomic.AtomicInteger();
        evaluator.on("count", _ -> {
            runs.incrementAndGet();
            return new Outcome.Nothing();
        });
        List<byte[]> frames = client.frames("execute_request", Map.of("code", "count"));

        // when
        client.sendFrames("shell", frames);
        client.sendFrames("shell", frames);
        client.sendFrames("control", frames);
        client.execute("1");
        client.request("control", "kernel_info_request", Map.of());

        // then
        assertThat(runs).hasValue(1);
        assertThat(logged.toString(UTF_8)).contains("replayed");
    }

    @Test
    void garbageOnEverySocket_isLoggedAndDropped_andTheKernelAnswers() throws Exception {
        // given
        var random = new Random(5);
        for (int round = 0; round < 600; round++) {
            List<byte[]> frames = new ArrayList<>(client.frames("execute_request", Map.of("code", "evil")));
            Fuzz.damage(frames, random);
            if (frames.isEmpty() || Arrays.equals(frames.getFirst(), new byte[0])) {
                continue;
            }
            client.sendFrames(List.of("shell", "control", "stdin").get(round % 3), frames);
        }

        // when
        Answer shell = client.execute("1");
        Answer control = client.request("control", "kernel_info_request", Map.of());

        // then
        assertThat(shell.result()).isEqualTo("1");
        assertThat(control.status()).isEqualTo("ok");
        assertThat(logged.toString(UTF_8).lines())
                .isNotEmpty()
                .allMatch(line -> line.startsWith("weft: "))
                .noneMatch(line -> line.contains("goes on after"));
    }

    @RepeatedTest(3)
    void shutdown_isRepliedAndBroadcast_andEndsInASecond_withACellThatNeverEnds() throws Exception {
        // given
        var running = new CountDownLatch(1);
        evaluator.on("forever", _ -> {
            running.countDown();
            while (!evaluator.isClosed()) {
                Thread.onSpinWait();
            }
            return new Outcome.Nothing();
        });
        client.send("shell", "execute_request", Map.of("code", "forever"));
        running.await();

        // when
        long start = System.nanoTime();
        Answer answer = client.request("control", "shutdown_request", Map.of("restart", true));
        kernel.awaitShutdown();
        kernel.close();
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        // then
        assertThat(answer.reply().content()).containsEntry("restart", true).containsEntry("status", "ok");
        assertThat(answer.types()).contains("shutdown_reply");
        assertThat(evaluator.isClosed()).isTrue();
        assertThat(took).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void start_namesThePortAndItsField_whereThePortIsInUse() {
        var log = new StderrLog(new PrintStream(logged, true, UTF_8));

        assertThatThrownBy(() -> Kernel.start(connection, () -> evaluator, "1", log))
                .isInstanceOf(ChannelException.class)
                .hasMessageContaining("127.0.0.1:" + connection.iopubPort())
                .hasMessageContaining("iopub_port")
                .hasMessageContaining("in use");
    }

    @RepeatedTest(20)
    @SuppressWarnings("try") // the kernel is only there
    void theFirstSubscriber_isWelcomedBeforeAnythingElse_thenHearsThatTheKernelStarts() throws Exception {
        // given a subscriber that waits for the kernel, and so is there from its first moment
        var elsewhere = KernelProcess.freeConnection();
        try (var context = new ZContext()) {
            ZMQ.Socket subscriber = context.createSocket(SocketType.SUB);
            subscriber.setReceiveTimeOut(20_000);
            subscriber.setReconnectIVL(1);
            subscriber.setHandshakeIvl(TestClient.HANDSHAKE_MILLIS);
            subscriber.subscribe(new byte[0]);
            subscriber.connect("tcp://127.0.0.1:" + elsewhere.iopubPort());

            // when
            var log = new StderrLog(new PrintStream(logged, true, UTF_8));
            try (var started = Kernel.start(elsewhere, () -> evaluator, "1", log)) {
                // then
                ZMsg welcome = ZMsg.recvMsg(subscriber);
                ZMsg starting = ZMsg.recvMsg(subscriber);
                assertThat(welcome.toString()).contains("iopub_welcome");
                assertThat(starting.toString()).contains("starting");
            }
        }
    }

    @RepeatedTest(5)
    @SuppressWarnings("try") // the kernel is only there
    void aCellFasterThanItsFrontEndsSubscription_isHeardFromItsFirstMessage() throws Exception {
        // given
        var elsewhere = KernelProcess.freeConnection();
        var log = new StderrLog(new PrintStream(logged, true, UTF_8));
        try (var started = Kernel.start(elsewhere, () -> evaluator, "1", log);
                var context = new ZContext()) {
            var codec = new WireCodec(elsewhere.key());
            Header cell = Header.of("execute_request", "early");
            ZMQ.Socket shell = context.createSocket(SocketType.DEALER);
            shell.setReceiveTimeOut(20_000);
            shell.setHandshakeIvl(TestClient.HANDSHAKE_MILLIS);
            shell.connect("tcp://127.0.0.1:" + elsewhere.shellPort());

            // when the kernel has the cell, and nobody has subscribed yet
            send(shell, codec.encode(WireMessage.of(List.of(), cell, Header.NONE, Map.of("code", "1"))));
            Header question = Header.of("kernel_info_request", "early");
            send(shell, codec.encode(WireMessage.of(List.of(), question, Header.NONE, Map.of())));
            assertThat(ZMsg.recvMsg(shell).toString()).contains("kernel_info_reply");

            // then
            try (var late = new TestClient(elsewhere)) {
                assertThat(late.awaitIdle(cell.id()))
                        .extracting(message -> message.header().type())
                        .containsExactly("status", "execute_input", "execute_result", "status");
            }
            assertThat(ZMsg.recvMsg(shell).toString()).contains("execute_reply");
        }
    }

    private static void send(ZMQ.Socket socket, List<byte[]> frames) {
        for (int at = 0; at < frames.size(); at++) {
            socket.send(frames.get(at), at < frames.size() - 1 ? ZMQ.SNDMORE : 0);
        }
    }

    @Test
    void aSecondClient_isWelcomedToo_andSeesTheBroadcasts() throws Exception {
        try (var second = new TestClient(connection)) {
            String cell = client.send("shell", "execute_request", Map.of("code", "1"));

            assertThat(second.awaitIdle(cell))
                    .extracting(message -> message.header().type())
                    .contains("execute_result");
        }
    }

    @Test
    void anIpcConnection_listensOnSocketFilesOfTheOwner_whichGoWithTheKernel(@TempDir Path folder) throws Exception {
        // given
        String start = folder.resolve("kernel-ipc").toString();
        var ipc = new ConnectionInfo("ipc", start, 1, 2, 3, 4, 5, "key");
        Path shell = Path.of(start + "-1");
        var log = new StderrLog(new PrintStream(logged, true, UTF_8));

        try (var listening = Kernel.start(ipc, () -> evaluator, "1", log);
                var socket = SocketChannel.open(UnixDomainSocketAddress.of(shell))) {
            // when
            var greeting = ByteBuffer.allocate(10);
            while (greeting.hasRemaining()) {
                assertThat(socket.read(greeting)).isPositive();
            }

            // then ZeroMQ answers, as its protocol says
            assertThat(listening).isNotNull();
            assertThat(greeting.array()[0]).isEqualTo((byte) 0xFF);
            assertThat(greeting.array()[9]).isEqualTo((byte) 0x7F);
            assertThat(Files.getPosixFilePermissions(shell))
                    .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    @SuppressWarnings("try") // the kernel is only there
    void anEncryptedKernel_answersWhoHasItsKeys_onEverySocket() throws Exception {
        // given
        ConnectionInfo secret = KernelProcess.encrypted(KernelProcess.freeConnection());
        var log = new StderrLog(new PrintStream(logged, true, UTF_8));
        String large = "x".repeat(3_000_000);
        evaluator.on(
                "ask",
                execution -> new Outcome.Value(MimeBundle.text(execution.input().readLine("name? ", false))));
        try (var listening = Kernel.start(secret, () -> evaluator, "1", log);
                var keyed = new TestClient(secret)) {
            // when
            String asking = keyed.send("shell", "execute_request", Map.of("code", "ask"));
            WireMessage question = keyed.receive("stdin", _ -> true);
            keyed.send("stdin", "input_reply", question.header(), Map.of("value", large));

            // then
            assertThat(keyed.await("shell", asking).result()).isEqualTo(large);
            assertThat(keyed.request("control", "kernel_info_request", Map.of()).status())
                    .isEqualTo("ok");
            assertThat(keyed.beat("ping".getBytes(UTF_8))).asString(UTF_8).isEqualTo("ping");
            assertThat(secret.toString())
                    .doesNotContain(secret.curve().orElseThrow().secretKey());
        }
    }

    @Test
    void aFrontEndThatNeverReads_doesNotStopTheCells() throws Exception {
        // given a subscriber that takes nothing, and a cell that shows far more than the sockets hold
        String block = "x".repeat(100_000);
        evaluator.on("show", execution -> {
            for (int at = 0; at < 2_000; at++) {
                execution.output().display(MimeBundle.text(block));
            }
            return new Outcome.Nothing();
        });
        try (var context = new ZContext()) {
            ZMQ.Socket deaf = context.createSocket(SocketType.SUB);
            deaf.setRcvHWM(1);
            deaf.setHandshakeIvl(TestClient.HANDSHAKE_MILLIS);
            deaf.subscribe(new byte[0]);
            deaf.connect("tcp://127.0.0.1:" + connection.iopubPort());
            assertThat(deaf.recv()).isEmpty(); // the topic of its welcome: it is connected

            // when
            Answer answer = client.execute("show");

            // then
            assertThat(answer.status()).isEqualTo("ok");
            assertThat(answer.types()).endsWith("idle");
            assertThat(answer.broadcasts("display_data")).hasSize(2_000);
            assertThat(logged.toString(UTF_8)).contains("has read nothing from weft-iopub for 2 s");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
