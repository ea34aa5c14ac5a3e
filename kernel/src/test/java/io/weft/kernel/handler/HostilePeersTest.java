package io.weft.kernel.handler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.kernel.channel.StderrLog;
import io.weft.kernel.client.KernelProcess;
import io.weft.kernel.client.RawPeer;
import io.weft.kernel.client.ScriptedEvaluator;
import io.weft.kernel.client.TestClient;
import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.eval.Outcome;
import io.weft.kernel.wire.ConnectionInfo;
import io.weft.kernel.wire.Fuzz;
import io.weft.kernel.wire.WireCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/// What a broken or hostile program on the same machine can send to a kernel.
@Timeout(180)
class HostilePeersTest {
    private static final int CASES = 10_000;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final ScriptedEvaluator evaluator = new ScriptedEvaluator();
    private ConnectionInfo connection;
    private Kernel kernel;
    private TestClient client;

    @BeforeEach
    void start() throws Exception {
        connection = KernelProcess.freeConnection();
        kernel = Kernel.start(connection, () -> evaluator, "1", new StderrLog(new PrintStream(logged, true, UTF_8)));
        client = new TestClient(connection);
        client.execute("warm");
    }

    @AfterEach
    void stop() {
        client.close();
        kernel.close();
    }

    @Test
    void damagedMessages_onEverySocket_changeNothing(TestReporter reporter) throws Exception {
        // given
        long seed = Long.getLong("weft.fuzz.seed", System.nanoTime());
        reporter.publishEntry("weft.fuzz.seed", String.valueOf(seed));
        var random = new Random(seed);
        List<Integer> ports = List.of(
                connection.shellPort(), connection.controlPort(), connection.stdinPort(), connection.heartbeatPort());
        int sockets = openSockets();
        int threads = threads();

        // when
        try (var context = new ZContext()) {
            List<ZMQ.Socket> peers = ports.stream()
                    .map(port -> {
                        ZMQ.Socket peer = context.createSocket(SocketType.DEALER);
                        peer.setSendTimeOut(10_000);
                        peer.setLinger(1_000);
                        peer.setHandshakeIvl(TestClient.HANDSHAKE_MILLIS);
                        peer.connect("tcp://127.0.0.1:" + port);
                        return peer;
                    })
                    .toList();
            for (int at = 0; at < CASES; at++) {
                List<byte[]> frames = new ArrayList<>(client.frames("execute_request", Map.of("code", "evil")));
                Fuzz.damage(frames, random);
                int target = at % (peers.size() + 1);
                if (target == peers.size()) {
                    subscribe(frames);
                    continue;
                }
                ZMQ.Socket peer = peers.get(target);
                for (int frame = 0; frame < frames.size(); frame++) {
                    assertThat(peer.send(frames.get(frame), frame < frames.size() - 1 ? ZMQ.SNDMORE : 0))
                            .isTrue();
                }
                while (peer.recv(ZMQ.DONTWAIT) != null) {
                    // the heartbeat's echoes
                }
            }
        }

        // then
        theKernelIsAsBefore(sockets, threads);
    }

    @Test
    void nonsenseInPlaceOfZeroMq_onEverySocket_changesNothing(TestReporter reporter) throws Exception {
        // given
        long seed = Long.getLong("weft.fuzz.seed", System.nanoTime());
        reporter.publishEntry("weft.fuzz.seed", String.valueOf(seed));
        var random = new Random(seed);
        List<Integer> ports = List.of(
                connection.shellPort(),
                connection.controlPort(),
                connection.stdinPort(),
                connection.heartbeatPort(),
                connection.iopubPort());
        int sockets = openSockets();
        int threads = threads();

        // when
        for (int at = 0; at < 2_000; at++) {
            try (var peer = new RawPeer(ports.get(at % ports.size()))) {
                peer.send(RawPeer.nonsense(random));
            }
        }

        // then
        theKernelIsAsBefore(sockets, threads);
    }

    @Test
    void framesLargerThanTheMemory_thatAreOnlyAnnounced_takeNone() throws Exception {
        // given
        int sockets = openSockets();
        int threads = threads();
        var peers = new ArrayList<RawPeer>();

        // when each of them says that 200 MB follow
        try {
            for (int at = 0; at < 100; at++) {
                var peer = new RawPeer(at % 2 == 0 ? connection.shellPort() : connection.heartbeatPort());
                peers.add(peer);
                peer.send(RawPeer.join(
                        RawPeer.greeting(), RawPeer.ready("DEALER"), RawPeer.frame(0, 200_000_000, new byte[10])));
            }

            // then
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(logged.toString(UTF_8)).contains("refused a frame of 200000000"));
            assertThat(client.execute("1").result()).isEqualTo("1");
        } finally {
            for (RawPeer peer : peers) {
                peer.close();
            }
        }
        theKernelIsAsBefore(sockets, threads);
    }

    @Test
    void theEndOfASubscriptionThatNeverBegan_changesNothing() throws Exception {
        // given
        int sockets = openSockets();
        int threads = threads();

        // when
        try (var peer = new RawPeer(connection.iopubPort())) {
            peer.greet("SUB");
            for (byte[] topic : List.of(new byte[] {0}, new byte[] {0, 'k'}, new byte[] {0, 'k', 'e'})) {
                peer.send(RawPeer.frame(0, topic.length, topic));
            }

            // then
            theKernelIsAsBefore(sockets + 2, threads); // both ends
        }
        theKernelIsAsBefore(sockets, threads);
    }

    @Test
    void aSubscriptionLongerThanAnyTopic_isRefused() throws Exception {
        // given
        int sockets = openSockets();
        int threads = threads();
        byte[] subscription = new byte[1 << 20];
        subscription[0] = 1;

        // when
        for (int at = 0; at < 20; at++) {
            try (var peer = new RawPeer(connection.iopubPort())) {
                peer.greet("SUB");
                peer.send(RawPeer.frame(0, subscription.length, subscription));
            }
        }

        // then
        theKernelIsAsBefore(sockets, threads);
    }

    @Test
    void aMessageWhoseFramesNeverEnd_isCutShort() throws Exception {
        // given
        int sockets = openSockets();
        int threads = threads();
        byte[] frames = RawPeer.join(Collections.nCopies(50_000, RawPeer.frameBeforeAnother(new byte[0]))
                .toArray(byte[][]::new));

        // when
        try (var peer = new RawPeer(connection.shellPort())) {
            peer.send(RawPeer.join(RawPeer.greeting(), RawPeer.ready("DEALER")));
            for (int at = 0; at < 100; at++) {
                peer.send(frames);
            }
            assertThat(client.execute("1").result()).isEqualTo("1");
        }

        // then
        theKernelIsAsBefore(sockets, threads);
    }

    @Test
    void jsonOf50Megabytes_isAnswered_andWhatIsTooDeepOrCutShort_isDropped() throws Exception {
        // given
        int sockets = openSockets();
        int threads = threads();
        String code = "x".repeat(50_000_000);
        var codec = new WireCodec(connection.key());

        // when
        String large = client.send("shell", "execute_request", Map.of("code", code));
        for (String json : List.of("{\"code\":".repeat(1_000_000), "[".repeat(5_000_000), "{\"code\":\"" + code)) {
            List<byte[]> whole = client.frames("execute_request", Map.of());
            List<byte[]> signed = codec.encodeContent(json.getBytes(UTF_8)); // the signature is of the content alone
            for (String channel : List.of("shell", "control", "stdin")) {
                client.sendFrames(
                        channel,
                        List.of(
                                whole.get(0),
                                signed.get(1),
                                new byte[0],
                                new byte[0],
                                new byte[0],
                                json.getBytes(UTF_8)));
            }
        }

        // then
        assertThat(client.await("shell", large).result()).hasSize(code.length());
        theKernelIsAsBefore(sockets, threads);
        assertThat(logged.toString(UTF_8).lines().filter(line -> line.contains("dropped a message on")))
                .hasSize(9);
    }

    @Test
    void aFrontEndThatVanishes_whileACellPrintsOrAsks_leavesTheKernelToTheNext() throws Exception {
        // given
        evaluator.on("print", execution -> {
            for (int line = 0; !Thread.interrupted(); line++) {
                execution.output().stream(CellOutput.Stream.STDOUT, "line " + line + "\n");
            }
            throw new InterruptedException("stopped");
        });
        evaluator.on(
                "ask",
                execution -> new Outcome.Value(MimeBundle.text(execution.input().readLine("name? ", false))));
        int sockets = openSockets();
        int threads = threads();
        for (String code : List.of("print", "ask")) {
            // when
            String cell;
            try (var vanishing = new TestClient(connection)) {
                cell = vanishing.send("shell", "execute_request", Map.of("code", code));
                if (code.equals("print")) {
                    vanishing.awaitBroadcast(cell, "stream");
                } else {
                    vanishing.receive("stdin", _ -> true);
                }
            }
            client.request("control", "interrupt_request", Map.of());

            // then
            client.awaitIdle(cell);
            theKernelIsAsBefore(sockets, threads);
        }
    }

    /// Sends frames to iopub, which expects subscriptions; not with JeroMQ, which would keep them as its own.
    private void subscribe(List<byte[]> frames) throws IOException {
        try (var peer = new RawPeer(connection.iopubPort())) {
            peer.greet("SUB");
            for (byte[] frame : frames) {
                peer.send(RawPeer.frame(0, frame.length, frame));
            }
        }
    }

    private void theKernelIsAsBefore(int sockets, int threads) throws Exception {
        assertThat(client.request("control", "kernel_info_request", Map.of()).status())
                .isEqualTo("ok");
        assertThat(client.execute("1").result()).isEqualTo("1");
        assertThat(client.beat("ping".getBytes(UTF_8))).asString(UTF_8).isEqualTo("ping");
        try (var next = new TestClient(connection)) {
            assertThat(next.execute("2").result()).isEqualTo("2");
        }
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(openSockets()).isLessThanOrEqualTo(sockets);
            assertThat(threads()).isLessThanOrEqualTo(threads);
        });
        assertThat(logged.toString(UTF_8).lines().filter(line -> !line.startsWith("weft: dropped a message on ")))
                .allMatch(line -> line.startsWith("weft: "))
                .noneMatch(line -> line.contains("goes on after"));
    }

    /// Sockets only: the class loader opens a jar when it needs one.
    private static int openSockets() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return (int) files.filter(HostilePeersTest::isSocket).count();
        }
    }

    private static boolean isSocket(Path file) {
        try {
            return Files.readSymbolicLink(file).toString().startsWith("socket:");
        } catch (IOException _) {
            return false; // closed meanwhile
        }
    }

    private static int threads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("weft-"))
                .count();
    }
}
