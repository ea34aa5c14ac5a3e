package io.weft.kernel.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.client.ScriptedEvaluator;
import io.weft.kernel.client.TestClient;
import io.weft.kernel.client.TestClient.Answer;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.eval.Outcome;
import io.weft.kernel.wire.Header;
import io.weft.kernel.wire.WireMessage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SubshellTest {
    private final CountDownLatch mainRuns = new CountDownLatch(1);
    private final CountDownLatch mainMayEnd = new CountDownLatch(1);
    private RunningKernel kernel;
    private TestClient client;
    private ScriptedEvaluator evaluator;

    @BeforeEach
    void start() throws Exception {
        kernel = new RunningKernel();
        client = kernel.client;
        evaluator = kernel.evaluator;
        evaluator.on("main", _ -> {
            mainRuns.countDown();
            mainMayEnd.await();
            return new Outcome.Value(MimeBundle.text("main"));
        });
    }

    @AfterEach
    void stop() {
        mainMayEnd.countDown();
        kernel.close();
    }

    private String runMain() throws Exception {
        String main = client.send("shell", "execute_request", Map.of("code", "main"));
        mainRuns.await();
        return main;
    }

    /// Sets a cell that runs until it is interrupted.
    ///
    /// @return opens when it runs
    private CountDownLatch onEndless(String code) {
        var runs = new CountDownLatch(1);
        evaluator.on(code, _ -> {
            runs.countDown();
            new CountDownLatch(1).await();
            return new Outcome.Nothing();
        });
        return runs;
    }

    @Test
    void kernelInfo_saysThatThereAreSubshells() throws Exception {
        assertThat(client.request("shell", "kernel_info_request", Map.of())
                        .reply()
                        .content())
                .containsEntry("supported_features", List.of("kernel subshells"));
    }

    @Test
    void subshells_areCreatedListedAndDeleted() throws Exception {
        // given
        String first = client.openSubshell();
        String second = client.openSubshell();

        // when
        Answer both = client.request("control", "list_subshell_request", Map.of());
        Answer deleted = client.request("control", "delete_subshell_request", Map.of("subshell_id", first));
        Answer again = client.request("control", "delete_subshell_request", Map.of("subshell_id", first));
        Answer one = client.request("control", "list_subshell_request", Map.of());

        // then
        assertThat(both.reply().content()).containsEntry("subshell_id", List.of(first, second));
        assertThat(deleted.reply().content()).isEqualTo(Map.of("status", "ok"));
        assertThat(again.status()).isEqualTo("error");
        assertThat(String.valueOf(again.reply().content().get("evalue"))).contains(first);
        assertThat(one.reply().content()).containsEntry("subshell_id", List.of(second));
    }

    @RepeatedTest(5)
    void cellsOfSubshells_runWhileTheMainShellsCellRuns_andCountOn() throws Exception {
        // given
        String subshell = client.openSubshell();
        String another = client.openSubshell();
        String main = runMain();

        // when
        Answer first = client.await("shell", client.sendTo(subshell, "execute_request", Map.of("code", "a")));
        Answer second = client.await("shell", client.sendTo(another, "execute_request", Map.of("code", "b")));
        mainMayEnd.countDown();

        // then
        assertThat(first.result()).isEqualTo("a");
        assertThat(first.reply().content()).containsEntry("execution_count", 2);
        assertThat(first.reply().parent().subshell()).isEqualTo(subshell);
        assertThat(second.reply().content()).containsEntry("execution_count", 3);
        assertThat(first.types()).containsExactly("busy", "execute_input", "execute_result", "idle");
        Answer ended = client.await("shell", main);
        assertThat(ended.result()).isEqualTo("main");
        assertThat(ended.types()).filteredOn("busy"::equals).hasSize(3);
    }

    @RepeatedTest(5)
    void cellsOfOneSubshell_runInOrder() throws Exception {
        // given
        String subshell = client.openSubshell();
        var sent = new CountDownLatch(1);
        evaluator.on("first", _ -> {
            sent.await();
            return new Outcome.Value(MimeBundle.text("1"));
        });

        // when
        String first = client.sendTo(subshell, "execute_request", Map.of("code", "first"));
        String second = client.sendTo(subshell, "execute_request", Map.of("code", "second"));
        client.request("shell", "kernel_info_request", Map.of());
        sent.countDown();

        // then
        WireMessage reply =
                client.receive("shell", message -> message.parent().subshell().equals(subshell));
        assertThat(reply.parent().id()).isEqualTo(first);
        assertThat(client.await("shell", second).reply().content()).containsEntry("execution_count", 2);
    }

    @Test
    void aNullSubshellId_isTheMainShell() throws Exception {
        var main = runMain();
        String next = client.sendTo(null, "execute_request", Map.of("code", "next"));
        client.request("shell", "kernel_info_request", Map.of());

        mainMayEnd.countDown();

        assertThat(client.await("shell", main).reply().content()).containsEntry("execution_count", 1);
        assertThat(client.await("shell", next).reply().content()).containsEntry("execution_count", 2);
    }

    @Test
    void anUnknownSubshell_isNamedInTheReply_andBelowTheCell() throws Exception {
        for (String type : List.of("execute_request", "complete_request", "inspect_request", "is_complete_request")) {
            Answer answer = client.await("shell", client.sendTo("nowhere", type, Map.of("code", "1", "cursor_pos", 0)));

            assertThat(answer.status()).isEqualTo("error");
            assertThat(String.valueOf(answer.reply().content().get("evalue"))).contains("no subshell nowhere");
            assertThat(answer.types()).startsWith("busy").endsWith("idle");
            assertThat(answer.broadcasts("error")).hasSize(type.equals("execute_request") ? 1 : 0);
        }
    }

    @Test
    void aCommMessageToAnUnknownSubshell_hasBusyAndIdle_andNoReply() throws Exception {
        String message = client.sendTo("nowhere", "comm_msg", Map.of("comm_id", "c", "data", Map.of()));

        assertThat(client.awaitIdle(message)).hasSize(2);
        client.request("shell", "kernel_info_request", Map.of());
    }

    @RepeatedTest(5)
    void aFailureInASubshell_abortsItsOwnCellsOnly() throws Exception {
        // given
        String subshell = client.openSubshell();
        var sent = new CountDownLatch(1);
        evaluator.on("fail", _ -> {
            sent.await();
            return new Outcome.Failure("Oops", "why", List.of());
        });
        String main = runMain();
        String mainNext = client.send("shell", "execute_request", Map.of("code", "1"));

        // when
        String failing = client.sendTo(subshell, "execute_request", Map.of("code", "fail"));
        String waiting = client.sendTo(subshell, "execute_request", Map.of("code", "2"));
        client.request("shell", "kernel_info_request", Map.of());
        sent.countDown();

        // then
        assertThat(client.await("shell", failing).status()).isEqualTo("error");
        assertThat(client.await("shell", waiting).reply().content()).isEqualTo(Map.of("status", "aborted"));
        mainMayEnd.countDown();
        assertThat(client.await("shell", main).status()).isEqualTo("ok");
        assertThat(client.await("shell", mainNext).result()).isEqualTo("1");
        assertThat(client.await("shell", client.sendTo(subshell, "execute_request", Map.of("code", "3")))
                        .result())
                .isEqualTo("3");
    }

    @RepeatedTest(5)
    void anInterrupt_endsTheCellsOfAllShells() throws Exception {
        // given
        String subshell = client.openSubshell();
        CountDownLatch subRuns = onEndless("sub");
        String main = runMain();
        String sub = client.sendTo(subshell, "execute_request", Map.of("code", "sub"));
        subRuns.await();

        // when
        client.request("control", "interrupt_request", Map.of());

        // then
        assertThat(client.await("shell", main).status()).isEqualTo("error");
        assertThat(client.await("shell", sub).status()).isEqualTo("error");
        assertThat(client.execute("1").result()).isEqualTo("1");
    }

    @RepeatedTest(5)
    void deletingASubshell_endsItsCell_abortsWhatWaits_andLeavesTheMainShellAlone() throws Exception {
        // given
        String subshell = client.openSubshell();
        CountDownLatch subRuns = onEndless("sub");
        String main = runMain();
        String sub = client.sendTo(subshell, "execute_request", Map.of("code", "sub", "stop_on_error", false));
        subRuns.await();
        String waiting = client.sendTo(subshell, "execute_request", Map.of("code", "waits"));
        client.request("shell", "kernel_info_request", Map.of());

        // when
        client.request("control", "delete_subshell_request", Map.of("subshell_id", subshell));

        // then
        assertThat(client.await("shell", waiting).status()).isEqualTo("aborted");
        assertThat(client.await("shell", sub).status()).isEqualTo("error");
        mainMayEnd.countDown();
        assertThat(client.await("shell", main).status()).isEqualTo("ok");
    }

    @RepeatedTest(5)
    void twoShells_canAskForALineAtTheSameTime() throws Exception {
        // given
        evaluator.on(
                "ask",
                execution -> new Outcome.Value(MimeBundle.text(execution.input().readLine("?", false))));
        String subshell = client.openSubshell();
        String main = client.send("shell", "execute_request", Map.of("code", "ask"));
        WireMessage mainAsks = client.receive("stdin", _ -> true);
        String sub = client.sendTo(subshell, "execute_request", Map.of("code", "ask"));

        // when
        WireMessage subAsks = client.receive("stdin", _ -> true);
        client.send("stdin", "input_reply", subAsks.header(), Map.of("value", "to sub"));
        client.send("stdin", "input_reply", mainAsks.header(), Map.of("value", "to main"));

        // then
        assertThat(subAsks.parent().id()).isEqualTo(sub);
        assertThat(client.await("shell", sub).result()).isEqualTo("to sub");
        assertThat(client.await("shell", main).result()).isEqualTo("to main");
    }

    @Test
    void anAnswerWithoutAParent_isTheOldestOpenQuestions() throws Exception {
        // given
        evaluator.on(
                "ask",
                execution -> new Outcome.Value(MimeBundle.text(execution.input().readLine("?", false))));
        String subshell = client.openSubshell();
        String main = client.send("shell", "execute_request", Map.of("code", "ask"));
        client.receive("stdin", _ -> true);
        String sub = client.sendTo(subshell, "execute_request", Map.of("code", "ask"));
        client.receive("stdin", _ -> true);

        // when
        client.send("stdin", "input_reply", Header.NONE, Map.of("value", "first"));
        client.send("stdin", "input_reply", Header.NONE, Map.of("value", "second"));

        // then
        assertThat(client.await("shell", main).result()).isEqualTo("first");
        assertThat(client.await("shell", sub).result()).isEqualTo("second");
    }
}
