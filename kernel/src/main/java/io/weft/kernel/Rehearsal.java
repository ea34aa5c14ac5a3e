package io.weft.kernel;

import io.weft.kernel.handler.Kernel;
import io.weft.kernel.wire.ConnectionInfo;
import io.weft.kernel.wire.Header;
import io.weft.kernel.wire.WireCodec;
import io.weft.kernel.wire.WireException;
import io.weft.kernel.wire.WireMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/// A short session with a kernel in this JVM, from a front end's side of the sockets.
///
/// An installation runs it once while the JVM records what it loads and compiles, so that later
/// kernels have that ready when they start. Whether a cell succeeds is of no importance.
final class Rehearsal {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int POLL_MILLIS = 100;
    /// How often the first cell is repeated: a JVM keeps profiles of what ran often.
    private static final int REPEATS = 30;

    private static final List<String> CELLS = List.of(
            "1 + 1",
            "int n = 40; n + 2",
            "var words = List.of(\"a\", \"b\");\nfor (var word : words) System.out.println(word);",
            "words.stream().map(String::toUpperCase).collect(Collectors.joining(\", \"))",
            "int twice(int k) { return 2 * k; }\ntwice(n)",
            "record Point(int x, int y) { double length() { return Math.hypot(x, y); } }\nnew Point(3, 4).length()",
            "interface Shape { double area(); }\nclass Square implements Shape { public double area() { return 4; } }",
            "String text = \"\"\"\n    %d\n    \"\"\".formatted(new Square().area() > 3 ? 1 : 2);\ntext",
            "Map<String, List<Integer>> map = new TreeMap<>();\nmap.computeIfAbsent(\"k\", _ -> new ArrayList<>()).add(1);\nmap",
            "try (var threads = Executors.newFixedThreadPool(1)) { threads.submit(() -> n * n).get(); }",
            "int wrong = \"text\";",
            "throw new IllegalStateException(\"rehearsed\");",
            "%pool rehearsed 1 --threads",
            "rehearsed.map(k -> k * k, List.of(1, 2))");

    /// JeroMQ can miss what arrives on a connection that is established at once; told this, it connects again.
    private static final int HANDSHAKE_MILLIS = 300;

    private final ZMQ.Socket shell;
    private final ZMQ.Socket iopub;
    private final WireCodec codec;
    private final String session = UUID.randomUUID().toString();

    private Rehearsal(ZContext context, ConnectionInfo connection) {
        codec = new WireCodec(connection.key());
        shell = connected(context, SocketType.DEALER, connection.shellPort());
        iopub = connected(context, SocketType.SUB, connection.iopubPort());
        iopub.subscribe(new byte[0]);
    }

    private static ZMQ.Socket connected(ZContext context, SocketType type, int port) {
        var socket = context.createSocket(type);
        socket.setLinger(0);
        socket.setHandshakeIvl(HANDSHAKE_MILLIS);
        socket.connect("tcp://127.0.0.1:" + port);
        return socket;
    }

    /// A connection on ports of this machine that are free.
    static ConnectionInfo connection() {
        return new ConnectionInfo(
                "tcp", "127.0.0.1", 0, 0, 0, 0, 0, UUID.randomUUID().toString());
    }

    /// Talks to the kernel, then asks it to end.
    ///
    /// @throws IllegalStateException if it does not answer in a minute
    static void with(Kernel kernel) {
        try (var context = new ZContext(1)) {
            var rehearsal = new Rehearsal(context, kernel.connection());
            rehearsal.request("kernel_info_request", Map.of());
            rehearsal.session();
        } finally {
            kernel.requestShutdown();
        }
    }

    private void session() {
        for (String cell : CELLS) execute(cell);
        for (int i = 0; i < REPEATS; i++) execute("n * " + i);
        for (String code : List.of("\"abc\".sub", "Strin", "words.str", "%po")) {
            request("complete_request", Map.of("code", code, "cursor_pos", code.length()));
            request("is_complete_request", Map.of("code", code));
        }
        request("inspect_request", Map.of("code", "words.size()", "cursor_pos", 8, "detail_level", 0));
        request("history_request", Map.of("hist_access_type", "tail", "n", 10));
        request("comm_info_request", Map.of());
    }

    private void execute(String code) {
        request("execute_request", Map.of("code", code, "allow_stdin", false, "stop_on_error", false));
    }

    private void request(String type, Map<String, Object> content) {
        var header = Header.of(type, session);
        List<byte[]> frames = codec.encode(WireMessage.of(List.of(), header, Header.NONE, content));
        for (int i = 0; i < frames.size(); i++) shell.send(frames.get(i), i < frames.size() - 1 ? ZMQ.SNDMORE : 0);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        shell.setReceiveTimeOut(POLL_MILLIS);
        while (System.nanoTime() - deadline < 0) {
            while (iopub.recv(ZMQ.DONTWAIT) != null) Thread.onSpinWait(); // nobody shows it
            byte[] first = shell.recv();
            if (first != null && answers(first, header)) return;
        }
        throw new IllegalStateException("no answer to %s in %d s".formatted(type, PATIENCE.toSeconds()));
    }

    private boolean answers(byte[] first, Header request) {
        var frames = new ArrayList<byte[]>(List.of(first));
        while (shell.hasReceiveMore()) frames.add(shell.recv());
        try {
            return codec.decode(frames).parent().id().equals(request.id());
        } catch (WireException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
