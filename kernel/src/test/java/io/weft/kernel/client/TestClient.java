package io.weft.kernel.client;

import io.weft.kernel.wire.ConnectionInfo;
import io.weft.kernel.wire.Header;
import io.weft.kernel.wire.WireCodec;
import io.weft.kernel.wire.WireException;
import io.weft.kernel.wire.WireMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/// A front end as Jupyter's are: five signed sockets and a deadline on every wait.
///
/// Every message that it receives must be what the protocol asks for, as [ProtocolSchema] has it: a message that is not
/// fails the test where it is read, and once more when the client is closed, since a test may try again.
///
/// For one thread, as its sockets are.
public final class TestClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /// JeroMQ can miss what arrives on a connection that is established at once; told this, it connects again.
    public static final int HANDSHAKE_MILLIS = 500;

    private final ZContext context = new ZContext(1);
    private final Map<String, ZMQ.Socket> sockets = new LinkedHashMap<>();
    private final Map<String, List<WireMessage>> unread = new LinkedHashMap<>();
    private final ConnectionInfo connection;
    private final WireCodec codec;
    private final String session = UUID.randomUUID().toString();
    private final Set<String> unknownTypes = new HashSet<>();
    private @Nullable AssertionError violation;

    /// Connects to a kernel and waits until its iopub has seen the subscription.
    public TestClient(ConnectionInfo connection) throws Exception {
        this(connection, true);
    }

    private TestClient(ConnectionInfo connection, boolean stdin) throws Exception {
        this.connection = connection;
        codec = new WireCodec(connection.key());
        if (stdin) {
            connectStdin(); // first, so that it is there when the welcome has come
        }
        connect("iopub", SocketType.SUB, connection, connection.iopubPort());
        connect("shell", SocketType.DEALER, connection, connection.shellPort());
        connect("control", SocketType.DEALER, connection, connection.controlPort());
        connect("heartbeat", SocketType.REQ, connection, connection.heartbeatPort());
        receive("iopub", message -> message.header().type().equals("iopub_welcome"));
    }

    /// A client whose stdin is not connected until [#connectStdin].
    public static TestClient withoutStdin(ConnectionInfo connection) throws Exception {
        return new TestClient(connection, false);
    }

    /// Lets messages of these types pass that the protocol does not know: answers to requests that it does not know.
    public void expectUnknown(String... types) {
        unknownTypes.addAll(List.of(types));
    }

    /// Connects stdin.
    public void connectStdin() {
        connect("stdin", SocketType.DEALER, connection, connection.stdinPort());
    }

    /// What a request led to: its reply and all that was broadcast for it, up to `idle`.
    public record Answer(WireMessage reply, List<WireMessage> broadcasts) {
        /// The reply's status.
        public String status() {
            return String.valueOf(reply.content().get("status"));
        }

        /// All text of a stream.
        public String stream(String name) {
            var text = new StringBuilder();
            for (WireMessage message : broadcasts) {
                if (message.header().type().equals("stream")
                        && name.equals(message.content().get("name"))) {
                    text.append(message.content().get("text"));
                }
            }
            return text.toString();
        }

        /// The broadcasts of one type.
        public List<WireMessage> broadcasts(String type) {
            return broadcasts.stream()
                    .filter(message -> message.header().type().equals(type))
                    .toList();
        }

        /// The types of the broadcasts, in order; `status` with its state.
        public List<String> types() {
            return broadcasts.stream()
                    .map(message -> message.header().type().equals("status")
                            ? String.valueOf(message.content().get("execution_state"))
                            : message.header().type())
                    .toList();
        }

        /// The plain text of the cell's value; empty where it has none.
        public String result() {
            return broadcasts("execute_result").stream()
                    .map(message -> message.content().get("data"))
                    .map(data -> data instanceof Map<?, ?> map ? String.valueOf(map.get("text/plain")) : "")
                    .findFirst()
                    .orElse("");
        }
    }

    /// Runs a cell and waits for its end.
    public Answer execute(String code) throws Exception {
        return request("shell", "execute_request", Map.of("code", code));
    }

    /// Sends a request and waits for its reply and its `idle`.
    public Answer request(String channel, String type, Map<String, ?> content) throws Exception {
        return await(channel, send(channel, type, content));
    }

    /// Sends a message and does not wait.
    ///
    /// @return its id
    public String send(String channel, String type, Map<String, ?> content) {
        return send(channel, type, Header.NONE, content);
    }

    /// Sends a message to a subshell and does not wait.
    ///
    /// @param subshell its id; null for the main shell
    public String sendTo(@Nullable String subshell, String type, Map<String, ?> content) {
        var fields = new LinkedHashMap<>(Header.of(type, session).fields());
        fields.put("subshell_id", subshell);
        var header = new Header(fields);
        sendFrames("shell", codec.encode(WireMessage.of(List.of(), header, Header.NONE, content)));
        return header.id();
    }

    /// Sends a message with metadata and raw bytes on shell and does not wait.
    public String send(String type, Map<String, ?> content, Map<String, ?> metadata, List<byte[]> buffers) {
        Header header = Header.of(type, session);
        sendFrames(
                "shell",
                codec.encode(new WireMessage(
                        List.of(),
                        header,
                        Header.NONE,
                        new LinkedHashMap<String, Object>(metadata),
                        new LinkedHashMap<String, Object>(content),
                        buffers)));
        return header.id();
    }

    /// Opens a subshell.
    ///
    /// @return its id
    public String openSubshell() throws Exception {
        WireMessage reply =
                request("control", "create_subshell_request", Map.of()).reply();
        return String.valueOf(reply.content().get("subshell_id"));
    }

    /// Sends a message that belongs to another and does not wait.
    public String send(String channel, String type, Header parent, Map<String, ?> content) {
        Header header = Header.of(type, session);
        sendFrames(channel, codec.encode(WireMessage.of(List.of(), header, parent, content)));
        return header.id();
    }

    /// The signed frames of a message that is not sent.
    public List<byte[]> frames(String type, Map<String, ?> content) {
        return codec.encode(WireMessage.of(List.of(), Header.of(type, session), Header.NONE, content));
    }

    /// Sends frames as they are.
    public void sendFrames(String channel, List<byte[]> frames) {
        ZMQ.Socket socket = socket(channel);
        for (int at = 0; at < frames.size(); at++) {
            socket.send(frames.get(at), at < frames.size() - 1 ? ZMQ.SNDMORE : 0);
        }
    }

    /// Waits for the reply and the `idle` of a request.
    public Answer await(String channel, String id) throws Exception {
        WireMessage reply = receive(channel, message -> message.parent().id().equals(id));
        return new Answer(reply, awaitIdle(id));
    }

    /// Waits for the `idle` of a request.
    ///
    /// @return all that was broadcast for it, in order
    public List<WireMessage> awaitIdle(String id) throws Exception {
        var broadcasts = new ArrayList<WireMessage>();
        boolean idle = false;
        while (!idle) {
            WireMessage message = receive("iopub", next -> next.parent().id().equals(id));
            broadcasts.add(message);
            idle = message.header().type().equals("status")
                    && "idle".equals(message.content().get("execution_state"));
        }
        return broadcasts;
    }

    /// Waits for the `idle` of a request that prints too much to be kept.
    ///
    /// @param each takes each text of stdout, in order
    public void awaitIdle(String id, Consumer<String> each) throws Exception {
        boolean idle = false;
        while (!idle) {
            WireMessage message = receive("iopub", next -> next.parent().id().equals(id));
            if ("stdout".equals(message.content().get("name"))) {
                each.accept(String.valueOf(message.content().get("text")));
            }
            idle = message.header().type().equals("status")
                    && "idle".equals(message.content().get("execution_state"));
        }
    }

    /// Waits for a broadcast of a type that belongs to a request.
    public WireMessage awaitBroadcast(String id, String type) throws Exception {
        return receive(
                "iopub",
                message -> message.parent().id().equals(id)
                        && message.header().type().equals(type));
    }

    /// Waits for a message; others stay for later.
    public WireMessage receive(String channel, Predicate<WireMessage> wanted) throws Exception {
        return receive(channel, PATIENCE, wanted);
    }

    /// Waits for a message at most so long; others stay for later.
    public WireMessage receive(String channel, Duration patience, Predicate<WireMessage> wanted) throws Exception {
        List<WireMessage> waiting = unread(channel);
        for (int at = 0; at < waiting.size(); at++) {
            if (wanted.test(waiting.get(at))) {
                return waiting.remove(at);
            }
        }
        long deadline = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < deadline) {
            WireMessage message = read(channel, Duration.ofNanos(deadline - System.nanoTime()));
            if (message != null) {
                if (wanted.test(message)) {
                    return message;
                }
                waiting.add(message);
            }
        }
        throw new TimeoutException("nothing wanted on %s in %s; there was %s"
                .formatted(
                        channel,
                        patience,
                        waiting.stream().map(message -> message.header().type()).toList()));
    }

    /// What came on a channel in this time.
    public List<WireMessage> drain(String channel, Duration time) throws WireException {
        List<WireMessage> all = unread(channel);
        long deadline = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < deadline) {
            WireMessage message = read(channel, Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            if (message != null) {
                all.add(message);
            }
        }
        var drained = List.copyOf(all);
        all.clear();
        return drained;
    }

    /// Sends a heartbeat and waits for its echo.
    public byte[] beat(byte[] bytes) throws TimeoutException {
        ZMQ.Socket socket = socket("heartbeat");
        socket.setReceiveTimeOut((int) PATIENCE.toMillis());
        socket.send(bytes);
        byte[] echo = socket.recv();
        if (echo == null) {
            throw new TimeoutException("no heartbeat");
        }
        return echo;
    }

    @Override
    public void close() {
        context.close();
        if (violation != null) {
            throw new AssertionError("this client has received a wrong message", violation);
        }
    }

    private @Nullable WireMessage read(String channel, Duration patience) throws WireException {
        ZMQ.Socket socket = socket(channel);
        socket.setReceiveTimeOut((int) Math.max(1, patience.toMillis()));
        byte[] frame = socket.recv();
        if (frame == null) {
            return null;
        }
        var frames = new ArrayList<byte[]>(List.of(frame));
        while (socket.hasReceiveMore()) {
            frames.add(socket.recv());
        }
        WireMessage message = codec.decode(frames);
        check(channel, message);
        return message;
    }

    private void check(String channel, WireMessage message) {
        try {
            if (unknownTypes.contains(message.header().type())) {
                ProtocolSchema.checkUnknown(channel, message);
            } else {
                ProtocolSchema.check(channel, message);
            }
        } catch (AssertionError wrong) {
            violation = wrong;
            throw wrong;
        }
    }

    private ZMQ.Socket socket(String channel) {
        ZMQ.Socket socket = sockets.get(channel);
        if (socket == null) {
            throw new IllegalArgumentException("no channel " + channel);
        }
        return socket;
    }

    private List<WireMessage> unread(String channel) {
        return unread.computeIfAbsent(channel, _ -> new ArrayList<>());
    }

    private void connect(String channel, SocketType type, ConnectionInfo connection, int port) {
        ZMQ.Socket socket = context.createSocket(type);
        socket.setLinger(200);
        socket.setHWM(0);
        socket.setHandshakeIvl(HANDSHAKE_MILLIS);
        connection.curve().ifPresent(keys -> {
            socket.setCurvePublicKey(ZMQ.Curve.z85Decode(keys.publicKey()));
            socket.setCurveSecretKey(ZMQ.Curve.z85Decode(keys.secretKey()));
            socket.setCurveServerKey(ZMQ.Curve.z85Decode(keys.publicKey()));
        });
        if (type == SocketType.DEALER) {
            socket.setIdentity(session.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        if (type == SocketType.SUB) {
            socket.subscribe(new byte[0]);
        }
        socket.connect("tcp://%s:%d".formatted(connection.ip(), port));
        sockets.put(channel, socket);
    }
}
