package io.weft.kernel.channel;

import io.weft.kernel.wire.ConnectionInfo;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;
import io.weft.kernel.wire.WireCodec;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;
import zmq.ZError;

/// The five sockets of a kernel and the threads that serve them.
///
/// Open from [#open] until [#close]. Safe for use by many threads.
public final class Channels implements AutoCloseable {
    private static final long MAX_FRAME_BYTES = 256L << 20;
    /// JeroMQ keeps a node for each byte of a subscription and drops them by recursion.
    private static final long MAX_SUBSCRIPTION_BYTES = 1024;

    private static final int IOPUB_WAITING_MESSAGES = 200;
    private static final Duration LANE_CLOSE = Duration.ofMillis(50);
    private static final Duration SOCKET_CLOSE = Duration.ofMillis(300);
    private static final Duration ERROR_PAUSE = Duration.ofMillis(20);
    private static final int LINGER_MILLIS = 300;
    private static final byte SUBSCRIBE = 1;

    private final ZContext context = new ZContext(1);
    private final FrameBudget memory;
    private final List<SocketThread> threads = new ArrayList<>();
    private final List<IpcBridge> bridges = new ArrayList<>();
    private final ConnectionInfo connection;
    private final System.Logger log;
    private final WireCodec codec;
    private final String session = UUID.randomUUID().toString();
    private final Iopub iopub;
    private final StdinChannel stdin;
    private final Lane cells = new Lane("cells");
    private final Subshells subshells = new Subshells(cells);
    private final Map<String, ZMQ.Socket> sockets = new HashMap<>();
    /// The port of each socket, by its field of the connection file.
    private final Map<String, Integer> ports = new HashMap<>();

    private volatile @Nullable MessageLoop loop;

    private Channels(ConnectionInfo connection, System.Logger log) {
        this.connection = connection;
        this.log = log;
        codec = new WireCodec(connection.key());
        iopub = new Iopub(codec, session);
        stdin = new StdinChannel(codec, session, log);
        memory = new FrameBudget(Runtime.getRuntime().maxMemory() / 4, log);
        context.setLinger(LINGER_MILLIS);
        context.setThreadFactor(this::zeroMqThread);
        context.setNotificationExceptionHandler((thread, failed) ->
                log.log(System.Logger.Level.WARNING, "dropped what a peer sent against ZeroMQ's rules: {0}", failed));
    }

    /// Listens on the addresses of a connection file, for a port of 0 on any that is free; what arrives waits
    /// for [#serve].
    ///
    /// @throws ChannelException if an address cannot be listened on; then nothing is left open
    public static Channels open(ConnectionInfo connection, System.Logger log) throws ChannelException {
        if (connection.transport().equals("tcp")) {
            requireFree(connection, "iopub_port", connection.iopubPort());
            requireFree(connection, "shell_port", connection.shellPort());
            requireFree(connection, "control_port", connection.controlPort());
            requireFree(connection, "stdin_port", connection.stdinPort());
            requireFree(connection, "hb_port", connection.heartbeatPort());
        }
        Patience.prepare(log);
        var channels = new Channels(connection, log);
        try {
            channels.listen(SocketType.XPUB, "iopub_port", connection.iopubPort());
            channels.listen(SocketType.ROUTER, "shell_port", connection.shellPort());
            channels.listen(SocketType.ROUTER, "control_port", connection.controlPort());
            channels.listen(SocketType.ROUTER, "stdin_port", connection.stdinPort());
            channels.listen(SocketType.ROUTER, "hb_port", connection.heartbeatPort());
        } catch (ChannelException | RuntimeException failed) {
            channels.close();
            throw failed;
        }
        return channels;
    }

    /// Begins to answer requests; called once.
    ///
    /// @param handler       answers every request; called by several threads, but for cells by one
    /// @param onShutdown    called when a front end has asked the kernel to end and has its reply
    public void serve(Handler<Request> handler, Consumer<Reply.ShuttingDown> onShutdown) {
        var requests = new MessageLoop(codec, session, iopub, stdin, subshells, handler, onShutdown, log);
        loop = requests;
        serveIopub(socket("iopub_port"));
        serveStdin(socket("stdin_port"));
        var heartbeats = new FrameQueue();
        thread("heartbeat", socket("hb_port"), heartbeats).start(heartbeats::add);
        serveRequests("control", socket("control_port"), true, requests);
        serveRequests("shell", socket("shell_port"), false, requests);
    }

    /// The shells that front ends open beside the main one.
    public Subshells subshells() {
        return subshells;
    }

    /// Where this listens, with the real ports.
    public ConnectionInfo connection() {
        return new ConnectionInfo(
                connection.transport(),
                connection.ip(),
                port("shell_port"),
                port("control_port"),
                port("stdin_port"),
                port("iopub_port"),
                port("hb_port"),
                connection.key(),
                connection.curve());
    }

    /// Runs something on the thread that runs cells, after the cells that wait already.
    public void runAsCell(Runnable work) {
        cells.add(work);
    }

    /// Sends what waits to be sent, closes the sockets and removes socket files. Takes no longer than half a second,
    /// also with a cell that never ends.
    @Override
    public void close() {
        try {
            stdin.close();
            MessageLoop requests = loop;
            if (requests != null) {
                requests.close(LANE_CLOSE);
            }
            cells.close(LANE_CLOSE);
            iopub.close();
            for (SocketThread thread : threads) {
                thread.close(SOCKET_CLOSE);
            }
            for (IpcBridge bridge : bridges) {
                bridge.close();
            }
        } catch (IOException failed) {
            log.log(System.Logger.Level.WARNING, "closing: {0}", failed.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            context.close();
        }
    }

    private void serveIopub(ZMQ.Socket socket) {
        var welcomes = new FrameQueue();
        var subscribed = new AtomicBoolean();
        var outbox = new Outbox() {
            @Override
            public @Nullable List<byte[]> poll() {
                List<byte[]> welcome = welcomes.poll();
                return welcome == null ? iopub.poll() : welcome;
            }

            @Override
            public long nanosToNext() {
                return Math.min(welcomes.nanosToNext(), iopub.nanosToNext());
            }
        };
        SocketThread thread = thread("iopub", socket, outbox);
        iopub.onWork(thread::wakeUp);
        thread.start(frames -> {
            byte[] subscription = frames.getFirst();
            if (subscription.length > 0 && subscription[0] == SUBSCRIBE) {
                boolean first = subscribed.compareAndSet(false, true);
                welcomes.add(iopub.welcome(Arrays.copyOfRange(subscription, 1, subscription.length)));
                if (first) {
                    welcomes.add(iopub.starting());
                }
            }
        });
    }

    private void serveStdin(ZMQ.Socket socket) {
        SocketThread thread = thread("stdin", socket, stdin);
        stdin.onWork(thread::wakeUp);
        thread.start(stdin::received);
    }

    private void serveRequests(String name, ZMQ.Socket socket, boolean control, MessageLoop requests) {
        var replies = new FrameQueue();
        var peer = new RequestPeer(name, control, replies, thread(name, socket, replies));
        peer.thread().start(frames -> requests.received(peer, frames));
    }

    private int port(String field) {
        return Objects.requireNonNull(ports.get(field));
    }

    /// A thread that moves bytes for ZeroMQ. It goes on after an error: without it, nobody would hear the kernel
    /// again because a cell took all memory for a moment.
    private Thread zeroMqThread(Runnable work, String name) {
        return Thread.ofPlatform().daemon().name("weft-zeromq-" + name).unstarted(() -> {
            boolean done = false;
            while (!done) {
                try {
                    work.run();
                    done = true;
                } catch (RuntimeException | Error failed) {
                    SocketThread.tellThatItGoesOn(log, name, failed);
                    LockSupport.parkNanos(ERROR_PAUSE.toNanos());
                }
            }
        });
    }

    private ZMQ.Socket socket(String field) {
        return Objects.requireNonNull(sockets.get(field));
    }

    private SocketThread thread(String name, ZMQ.Socket socket, Outbox outbox) {
        var thread = new SocketThread(name, socket, outbox, log);
        threads.add(thread);
        return thread;
    }

    private void listen(SocketType type, String field, int port) throws ChannelException {
        ZMQ.Socket socket = context.createSocket(type);
        socket.setLinger(LINGER_MILLIS);
        socket.setMaxMsgSize(type == SocketType.XPUB ? MAX_SUBSCRIPTION_BYTES : MAX_FRAME_BYTES);
        socket.setMsgAllocator(memory);
        connection.curve().ifPresent(keys -> {
            socket.setCurveServer(true);
            socket.setCurvePublicKey(ZMQ.Curve.z85Decode(keys.publicKey()));
            socket.setCurveSecretKey(ZMQ.Curve.z85Decode(keys.secretKey()));
        });
        if (field.equals("stdin_port")) {
            socket.setRouterMandatory(true);
        }
        if (type == SocketType.XPUB) {
            socket.setXpubVerbose(true);
            socket.setXpubNoDrop(true);
            socket.setSndHWM(IOPUB_WAITING_MESSAGES);
        }
        if (connection.transport().equals("ipc")) {
            Path file = Path.of("%s-%d".formatted(connection.ip(), port));
            try {
                int loopback = socket.bindToRandomPort("tcp://127.0.0.1");
                bridges.add(IpcBridge.open(file, loopback, log));
            } catch (IOException | ZMQException failed) {
                throw cannotListen("ipc://" + file, field, failed);
            }
            ports.put(field, port);
        } else {
            boolean v6 = connection.ip().contains(":");
            socket.setIPv6(v6);
            String address = (v6 ? "tcp://[%s]:%s" : "tcp://%s:%s").formatted(connection.ip(), port == 0 ? "*" : port);
            try {
                socket.bind(address);
                String bound = socket.getLastEndpoint();
                ports.put(field, Integer.valueOf(bound.substring(bound.lastIndexOf(':') + 1)));
            } catch (ZMQException | IllegalArgumentException failed) {
                throw cannotListen(address, field, failed);
            }
        }
        sockets.put(field, socket);
    }

    /// Finds a port in use before ZeroMQ starts its threads: ended at once after a failed bind, they print
    /// stack traces of their own.
    private static void requireFree(ConnectionInfo connection, String field, int port) throws ChannelException {
        if (port == 0) {
            return;
        }
        try (var probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(connection.ip(), port));
        } catch (BindException taken) {
            String address = "tcp://%s:%d".formatted(connection.ip(), port);
            boolean inUse = String.valueOf(taken.getMessage()).contains("in use");
            throw cannotListen(address, field, inUse ? new ZMQException(ZError.EADDRINUSE) : taken);
        } catch (IOException unclear) {
            // ZeroMQ knows more kinds of addresses, and will say what is wrong with this one
        }
    }

    private static ChannelException cannotListen(String address, String field, Exception failed) {
        boolean taken = failed instanceof ZMQException zmq && zmq.getErrorCode() == ZError.EADDRINUSE;
        String reason = taken ? "the port is in use by another program" : String.valueOf(failed.getMessage());
        return new ChannelException(
                "cannot listen on %s (`%s` of the connection file): %s. No kernel was started; start it again, then Jupyter gives it other ports."
                        .formatted(address, field, reason),
                failed);
    }

    private record RequestPeer(String name, boolean isControl, FrameQueue replies, SocketThread thread)
            implements MessageLoop.Peer {
        @Override
        public void send(List<byte[]> frames) {
            replies.add(frames);
            thread.wakeUp();
        }

        @Override
        public void sweep(Duration atMost) throws InterruptedException {
            thread.sweep(atMost);
        }
    }
}
