package io.weft.kernel.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.client.KernelProcess;
import io.weft.kernel.client.TestClient;
import io.weft.kernel.client.TestClient.Answer;
import io.weft.kernel.wire.ConnectionInfo;
import io.weft.kernel.wire.Json;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The kernel's program in a process of its own.
@Timeout(120)
class KernelProgramTest {
    private static final Duration EXIT = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @Test
    void aCell_runsInTheProgram_andShutdownEndsItInASecond() throws Exception {
        // given
        ConnectionInfo connection = KernelProcess.freeConnection();
        try (var program = start(connection, Map.of());
                var client = new TestClient(connection)) {
            // when
            Answer sum = client.execute("1+1");
            Answer printed = client.execute("System.out.println(\"hello\")");
            Answer thread = client.execute(
                    "new Thread(() -> { while (true) { try { Thread.sleep(1000); } catch (InterruptedException e) {} } }).start()");

            // then
            assertThat(sum.result()).isEqualTo("2");
            assertThat(printed.stream("stdout")).isEqualTo("hello\n");
            assertThat(thread.status()).isEqualTo("ok");

            // when
            Answer shutdown = client.request("control", "shutdown_request", Map.of("restart", false));

            // then
            assertThat(shutdown.status()).isEqualTo("ok");
            long start = System.nanoTime();
            assertThat(program.awaitExit(EXIT)).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            assertThat(program.written()).isEmpty();
        }
    }

    @Test
    void anInterruptSignal_endsTheCell_andNotTheKernel() throws Exception {
        // given
        ConnectionInfo connection = KernelProcess.freeConnection();
        try (var program = start(connection, Map.of());
                var client = new TestClient(connection)) {
            client.execute("1");
            String cell = client.send(
                    "shell", "execute_request", Map.of("code", "System.out.println(\"on\"); Thread.sleep(100_000);"));
            client.awaitBroadcast(cell, "stream");

            // when
            new ProcessBuilder("kill", "-INT", String.valueOf(program.process().pid()))
                    .start()
                    .waitFor();

            // then
            assertThat(client.await("shell", cell).status()).isEqualTo("error");
            assertThat(client.execute("2").result()).isEqualTo("2");
        }
    }

    @Test
    void theKernelEnds_whenTheServerThatStartedItHasGone_howeverBusyTheCommonPoolIs() throws Exception {
        // given
        Process server = new ProcessBuilder("sleep", "1000").start();
        ConnectionInfo connection = KernelProcess.freeConnection();
        try (var program = start(connection, Map.of("JPY_PARENT_PID", String.valueOf(server.pid())));
                var client = new TestClient(connection)) {
            client.execute("for (int i = 0; i < 64; i++) ForkJoinPool.commonPool().execute(() -> {"
                    + " while (true) java.util.concurrent.locks.LockSupport.park(); });");

            // when
            server.destroyForcibly();

            // then
            assertThat(program.awaitExit(EXIT)).isZero();
        } finally {
            server.destroyForcibly();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    no file      |                                | does not exist
                    empty        | <empty>                        | is broken: not a JSON object
                    no JSON      | certainly not                  | is broken: not JSON
                    half a file  | {"ip": "127.0                  | is broken: not JSON
                    no ip        | ip=                            | the field `ip` is missing
                    no port      | shell_port=                    | the field `shell_port` is missing
                    a port       | hb_port=99999                  | `hb_port` is 99999
                    no key       | key=                           | the field `key` is missing
                    transport    | transport="udp"                | `transport` is "udp"; tcp and ipc are supported
                    a scheme     | signature_scheme="hmac-md5"    | `signature_scheme` is "hmac-md5"
                    half a pair  | curve_publickey="x"            | `curve_secretkey` is missing; `curve_publickey` is there
                    a receiver   | registration_port=99999        | `registration_port` is 99999
                    """)
    void aConnectionFileThatCannotBeUsed_isNamedWithTheReason_inOneLine(String what, String change, String reason)
            throws Exception {
        // given
        Path file = folder.resolve("connection.json");
        if (change != null) {
            Files.writeString(file, content(change));
        }

        // when
        try (var program = KernelProcess.start(folder, Map.of(), file.toString())) {
            int status = program.awaitExit(EXIT);

            // then
            assertThat(status).as(what).isEqualTo(2);
            assertThat(program.written().lines())
                    .singleElement()
                    .asString()
                    .contains(file.toString(), reason, "jupyter");
        }
    }

    @RepeatedTest(8)
    void aPortInUse_isNamedWithItsField_inOneLine() throws Exception {
        // given
        ConnectionInfo connection = KernelProcess.freeConnection();
        try (var _ = new ServerSocket(connection.controlPort(), 1, InetAddress.getLoopbackAddress());
                var program = start(connection, Map.of())) {
            // when
            int status = program.awaitExit(EXIT);

            // then
            assertThat(status).isEqualTo(3);
            assertThat(program.written().lines())
                    .singleElement()
                    .asString()
                    .contains("127.0.0.1:" + connection.controlPort(), "control_port", "in use");
        }
    }

    @Test
    void withoutAnArgument_theProgramSaysHowItIsUsed() throws Exception {
        try (var program = KernelProcess.start(folder, Map.of());
                var help = KernelProcess.start(folder, Map.of(), "--help")) {
            assertThat(program.awaitExit(EXIT)).isEqualTo(2);
            assertThat(help.awaitExit(EXIT)).isZero();
            assertThat(program.written()).contains("Usage:", "CONNECTION_FILE");
            assertThat(help.written()).startsWith("Usage:");
        }
    }

    @Test
    void aRehearsal_goesThroughASession_andEndsByItself() throws Exception {
        try (var program = KernelProcess.start(folder, Map.of(), "--rehearse")) {
            assertThat(program.awaitExit(Duration.ofSeconds(100))).isZero();
            assertThat(program.written()).contains("rehearsed on Java " + Runtime.version());
        }
    }

    private KernelProcess start(ConnectionInfo connection, Map<String, String> environment) throws Exception {
        return KernelProcess.start(
                folder, environment, KernelProcess.write(connection, folder).toString());
    }

    /// A text as it stands, or a sound connection file with one field set or left out.
    private static String content(String change) throws Exception {
        int equals = change.indexOf('=');
        if (equals < 0) {
            return change.equals("<empty>") ? "" : change;
        }
        var fields = new LinkedHashMap<>(KernelProcess.fields(KernelProcess.freeConnection()));
        String name = change.substring(0, equals);
        String value = change.substring(equals + 1);
        if (value.isEmpty()) {
            fields.remove(name);
        } else {
            fields.put(name, value.startsWith("\"") ? value.substring(1, value.length() - 1) : Integer.valueOf(value));
        }
        return new String(Json.write(fields), java.nio.charset.StandardCharsets.UTF_8);
    }
}
