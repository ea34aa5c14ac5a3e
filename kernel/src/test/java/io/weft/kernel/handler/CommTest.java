package io.weft.kernel.handler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.client.KernelProcess;
import io.weft.kernel.client.TestClient;
import io.weft.kernel.client.TestClient.Answer;
import io.weft.kernel.wire.WireMessage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Comms of a notebook in the kernel's program.
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommTest {
    private KernelProcess program;
    private TestClient client;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        var connection = KernelProcess.freeConnection();
        program = KernelProcess.start(
                folder, Map.of(), KernelProcess.write(connection, folder).toString());
        client = new TestClient(connection);
        run("""
                comms().register("echo", (comm, open) -> {
                    comm.send(Map.of("opened", open.data()));
                    comm.onMessage(message -> {
                        if (message.data().containsKey("fail")) throw new IllegalStateException("cannot " + message.data().get("fail"));
                        if (message.data().containsKey("loop")) { System.out.println("looping"); while (true) { } }
                        System.out.println("got " + message.data());
                        comm.send(message);
                    });
                    comm.onClose(message -> System.out.println("closed " + message.data()));
                });
                """);
    }

    @AfterAll
    void stop() {
        client.close();
        program.close();
    }

    private Answer run(String code) throws Exception {
        Answer answer = client.execute(code);
        assertThat(answer.status()).as(answer.reply().content().toString()).isEqualTo("ok");
        return answer;
    }

    private List<WireMessage> open(String id) throws Exception {
        return client.awaitIdle(client.send(
                "shell", "comm_open", Map.of("comm_id", id, "target_name", "echo", "data", Map.of("hello", 1))));
    }

    private List<WireMessage> message(String id, Map<String, ?> data) throws Exception {
        return client.awaitIdle(client.send("shell", "comm_msg", Map.of("comm_id", id, "data", data)));
    }

    private static WireMessage only(List<WireMessage> broadcasts, String type) {
        return broadcasts.stream()
                .filter(message -> message.header().type().equals(type))
                .reduce((_, _) -> {
                    throw new AssertionError("two of " + type);
                })
                .orElseThrow(() -> new AssertionError("no " + type + " among "
                        + broadcasts.stream()
                                .map(message -> message.header().type())
                                .toList()));
    }

    private Object openComms(String target) throws Exception {
        return Objects.requireNonNull(client.request("shell", "comm_info_request", Map.of("target_name", target))
                .reply()
                .content()
                .get("comms"));
    }

    @Test
    void aFrontEndsComm_isAnswered_withDataMetadataAndBuffers_inTheNameOfEachMessage() throws Exception {
        // given
        WireMessage greeting = only(open("c1"), "comm_msg");

        // when
        String id = client.send(
                "comm_msg",
                Map.of("comm_id", "c1", "data", Map.of("list", List.of(1, "zwei"))),
                Map.of("version", "2.1.0"),
                List.of("raw".getBytes(UTF_8), new byte[0]));
        List<WireMessage> broadcasts = client.awaitIdle(id);

        // then
        assertThat(greeting.content()).isEqualTo(Map.of("comm_id", "c1", "data", Map.of("opened", Map.of("hello", 1))));
        WireMessage echo = only(broadcasts, "comm_msg");
        assertThat(echo.content()).isEqualTo(Map.of("comm_id", "c1", "data", Map.of("list", List.of(1, "zwei"))));
        assertThat(echo.metadata()).isEqualTo(Map.of("version", "2.1.0"));
        assertThat(echo.buffers()).hasSize(2).first().isEqualTo("raw".getBytes(UTF_8));
        assertThat(only(broadcasts, "stream").content()).containsEntry("text", "got {list=[1, zwei]}\n");
        assertThat(openComms("echo")).isEqualTo(Map.of("c1", Map.of("target_name", "echo")));
        assertThat(openComms("other")).isEqualTo(Map.of());

        // when
        List<WireMessage> closing = client.awaitIdle(
                client.send("shell", "comm_close", Map.of("comm_id", "c1", "data", Map.of("bye", true))));

        // then
        assertThat(only(closing, "stream").content()).containsEntry("text", "closed {bye=true}\n");
        assertThat(openComms("")).isEqualTo(Map.of());
    }

    @Test
    void aHandlerThatThrows_isToldWithTheMessageAsParent_andTheCommStaysOpen() throws Exception {
        // given
        open("c2");

        // when
        List<WireMessage> failed = message("c2", Map.of("fail", "compute"));
        List<WireMessage> next = message("c2", Map.of("a", 1));

        // then
        assertThat(only(failed, "error").content())
                .containsEntry("ename", "java.lang.IllegalStateException")
                .containsEntry("evalue", "cannot compute");
        assertThat(only(next, "comm_msg").content()).containsEntry("data", Map.of("a", 1));
        client.awaitIdle(client.send("shell", "comm_close", Map.of("comm_id", "c2", "data", Map.of())));
    }

    @Test
    void anInterrupt_endsAHandlerThatLoops() throws Exception {
        // given
        open("c3");
        String looping = client.send("shell", "comm_msg", Map.of("comm_id", "c3", "data", Map.of("loop", 1)));
        client.awaitBroadcast(looping, "stream");

        // when
        client.request("control", "interrupt_request", Map.of());

        // then
        assertThat(only(client.awaitIdle(looping), "error").content()).containsEntry("ename", "Interrupted");
        assertThat(run("1 + 1").result()).isEqualTo("2");
        client.awaitIdle(client.send("shell", "comm_close", Map.of("comm_id", "c3", "data", Map.of())));
    }

    @Test
    void messagesThroughASubshell_areHandled_whileACellRuns() throws Exception {
        // given
        open("c4");
        String subshell = client.openSubshell();
        run("volatile boolean commGoOn = true;");
        String cell = client.send(
                "shell",
                "execute_request",
                Map.of("code", "System.out.println(\"on\"); while (commGoOn) Thread.sleep(10); \"ended\""));
        client.awaitBroadcast(cell, "stream");

        // when
        List<WireMessage> echo =
                client.awaitIdle(client.sendTo(subshell, "comm_msg", Map.of("comm_id", "c4", "data", Map.of("x", 1))));
        client.await("shell", client.sendTo(subshell, "execute_request", Map.of("code", "commGoOn = false;")));

        // then
        assertThat(only(echo, "comm_msg").content()).containsEntry("data", Map.of("x", 1));
        assertThat(client.await("shell", cell).result()).isEqualTo("ended");
        client.awaitIdle(client.send("shell", "comm_close", Map.of("comm_id", "c4", "data", Map.of())));
    }

    @Test
    void theNotebook_opensAComm_sendsFromAnyThreadAlsoLater_andClosesIt() throws Exception {
        // when
        String cell = client.send("shell", "execute_request", Map.of("code", """
                var mine = comms().open("jupyter.widget", Map.of("state", Map.of("value", 3)));
                var sendNow = new CountDownLatch(1);
                Thread.startVirtualThread(() -> {
                    try { sendNow.await(); } catch (InterruptedException e) { return; }
                    mine.send(Map.of("late", true));
                });
                mine.onMessage(message -> System.out.println("from the front end: " + message.data()));
                mine.id()
                """));
        Answer opened = client.await("shell", cell);
        String id = opened.result();
        run("sendNow.countDown();");

        // then
        assertThat(only(opened.broadcasts(), "comm_open").content())
                .isEqualTo(Map.of(
                        "comm_id", id, "target_name", "jupyter.widget", "data", Map.of("state", Map.of("value", 3))));
        assertThat(client.awaitBroadcast(cell, "comm_msg").content())
                .isEqualTo(Map.of("comm_id", id, "data", Map.of("late", true)));
        assertThat(only(message(id, Map.of("value", 4)), "stream").content())
                .containsEntry("text", "from the front end: {value=4}\n");
        assertThat(only(run("mine.close(); mine.close();").broadcasts(), "comm_close")
                        .content())
                .containsEntry("comm_id", id);
        assertThat(client.execute("mine.send(Map.of())").reply().content())
                .containsEntry("ename", "java.lang.IllegalStateException");
        assertThat(message(id, Map.of("value", 5))).hasSize(2);
    }

    @Test
    void aTargetThatThrows_closesTheComm_andSaysWhy() throws Exception {
        run("comms().register(\"broken\", (comm, open) -> { throw new Exception(\"not today\"); });");

        List<WireMessage> broadcasts = client.awaitIdle(
                client.send("shell", "comm_open", Map.of("comm_id", "c5", "target_name", "broken", "data", Map.of())));

        assertThat(only(broadcasts, "comm_close").content()).containsEntry("comm_id", "c5");
        assertThat(only(broadcasts, "error").content()).containsEntry("evalue", "not today");
    }
}
