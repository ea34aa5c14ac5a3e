package io.weft.kernel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.kernel.client.SchemaMessages.Change;
import io.weft.kernel.client.SchemaMessages.Example;
import io.weft.kernel.wire.ConnectionInfo;
import io.weft.kernel.wire.Header;
import io.weft.kernel.wire.WireCodec;
import io.weft.kernel.wire.WireMessage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/// Whether the check of the kernel's messages can fail.
@Timeout(60)
class ProtocolSchemaTest {
    static List<String> types() {
        return ProtocolSchema.types();
    }

    @Test
    void everyTypeOfTheProtocol_hasASchema() {
        assertThat(types())
                .contains(
                        "execute_reply",
                        "inspect_reply",
                        "complete_reply",
                        "history_reply",
                        "is_complete_reply",
                        "connect_reply",
                        "comm_info_reply",
                        "kernel_info_reply",
                        "shutdown_reply",
                        "interrupt_reply",
                        "debug_reply",
                        "usage_reply",
                        "create_subshell_reply",
                        "delete_subshell_reply",
                        "list_subshell_reply",
                        "iopub_welcome",
                        "stream",
                        "display_data",
                        "update_display_data",
                        "execute_input",
                        "execute_result",
                        "error",
                        "status",
                        "clear_output",
                        "debug_event",
                        "comm_open",
                        "comm_msg",
                        "comm_close",
                        "input_request");
    }

    @ParameterizedTest
    @MethodSource("types")
    void aMessageAsItsSchemaSays_isAccepted_inEachOfItsForms(String type) {
        List<Example> examples = SchemaMessages.of(type);

        assertThat(examples).isNotEmpty();
        for (Example example : examples) {
            assertThatCode(() -> ProtocolSchema.check(type, example.message()))
                    .as("%s", example.message())
                    .doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void aMessageWithoutARequiredField_isRefused(String type) {
        List<Change> changes = SchemaMessages.of(type).stream()
                .flatMap(example -> example.withoutRequiredFields().stream())
                .toList();

        assertThat(changes)
                .extracting(Change::path)
                .contains("/header", "/header/date", "/header/msg_id", "/parent_header", "/metadata", "/content");
        changes.forEach(change -> isRefused(type, change));
    }

    @ParameterizedTest
    @MethodSource("types")
    void aMessageWithAFieldOfAnotherType_isRefused(String type) {
        List<Example> examples = SchemaMessages.of(type);
        var right = examples.stream().map(Example::message).toList();
        List<Change> changes = examples.stream()
                .flatMap(example -> example.withFieldsOfAnotherType().stream())
                .filter(change -> !right.contains(change.message())) // that is another form of it
                .toList();

        assertThat(changes).extracting(Change::path).contains("/header/msg_type", "/header/version", "/buffers");
        changes.forEach(change -> isRefused(type, change));
    }

    @ParameterizedTest
    @MethodSource("types")
    void aMessageWithoutAnOptionalField_orWithAnUnknownOne_isAccepted(String type) {
        SchemaMessages.of(type).stream()
                .flatMap(example -> example.thatAreStillRight().stream())
                .forEach(change -> assertThatCode(() -> ProtocolSchema.check(type, change.message()))
                        .as("%s %s", change.path(), change.message())
                        .doesNotThrowAnyException());
    }

    private static void isRefused(String type, Change change) {
        assertThatThrownBy(() -> ProtocolSchema.check(type, change.message()))
                .as("%s of %s: %s", change.path(), type, change.message())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(type);
    }

    @Test
    void aClient_failsAtTheFirstWrongMessage_andWhenItIsClosed() throws Exception {
        // given a kernel that writes to a third stream
        ConnectionInfo connection = KernelProcess.freeConnection();
        try (var context = new ZContext(1);
                ZMQ.Socket iopub = context.createSocket(SocketType.XPUB)) {
            iopub.bind("tcp://127.0.0.1:" + connection.iopubPort());
            var broadcasts = Thread.ofPlatform().start(() -> {
                iopub.recv();
                send(iopub, connection, "iopub_welcome", Map.of("subscription", ""));
                send(iopub, connection, "stream", Map.of("name", "stdlog", "text", "x"));
            });
            var client = new TestClient(connection);

            // when
            broadcasts.join();

            // then
            assertThatThrownBy(() -> client.receive("iopub", _ -> true))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContainingAll("stream", "/content/name", "stdlog");
            assertThatThrownBy(client::close).isInstanceOf(AssertionError.class).hasStackTraceContaining("stdlog");
        }
    }

    @Test
    void aMessageOfAnUnknownType_isRefused() {
        for (String type : List.of("make_coffee_reply", "common", "", "../protocol/stream")) {
            var message =
                    WireMessage.of(List.of(), Header.of(type, "s"), Header.of("make_coffee_request", "t"), Map.of());

            assertThatThrownBy(() -> ProtocolSchema.check("shell", message))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("is no message that a kernel sends");
        }
    }

    private static void send(ZMQ.Socket socket, ConnectionInfo connection, String type, Map<String, ?> content) {
        List<byte[]> frames = new WireCodec(connection.key())
                .encode(WireMessage.of(List.of(new byte[0]), Header.of(type, "kernel"), Header.NONE, content));
        for (int at = 0; at < frames.size(); at++) {
            socket.send(frames.get(at), at < frames.size() - 1 ? ZMQ.SNDMORE : 0);
        }
    }
}
