package io.weft.kernel.channel;

import io.weft.kernel.wire.ConnectionInfo;
import io.weft.kernel.wire.Header;
import io.weft.kernel.wire.Json;
import io.weft.kernel.wire.Registration;
import io.weft.kernel.wire.WireCodec;
import io.weft.kernel.wire.WireException;
import io.weft.kernel.wire.WireMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/// Tells whoever started the kernel on which ports it listens, and waits until that has arrived.
///
/// @see <a href="https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-startup-handshake">Kernel
///     startup handshake</a>
public final class Registrar {
    /// JeroMQ can miss what arrives on a connection that is established at once; then it connects again.
    private static final int HANDSHAKE_MILLIS = 300;

    private static final byte[] NO_FRAME = {};

    private Registrar() {}

    /// Sends the ports of `connection` and waits for the receipt.
    ///
    /// @throws ChannelException if none comes in time, or one that is not genuine or refuses the kernel
    public static void register(Registration registration, ConnectionInfo connection, Duration atMost)
            throws ChannelException {
        String address = (registration.host().contains(":") ? "tcp://[%s]:%d" : "tcp://%s:%d")
                .formatted(registration.host(), registration.port());
        var codec = new WireCodec(registration.key());
        try (var context = new ZContext(1)) {
            ZMQ.Socket socket = context.createSocket(SocketType.DEALER);
            socket.setLinger(0);
            socket.setHandshakeIvl(HANDSHAKE_MILLIS);
            socket.setReceiveTimeOut((int) atMost.toMillis());
            socket.setIPv6(registration.host().contains(":"));
            socket.connect(address);
            List<byte[]> request = registration.kernelId().isPresent()
                    ? codec.encodeContent(
                            Json.write(ports(registration.kernelId().get(), connection)))
                    : handshakeRequest(codec, connection);
            for (int at = 0; at < request.size(); at++) {
                socket.send(request.get(at), at < request.size() - 1 ? ZMQ.SNDMORE : 0);
            }
            List<byte[]> receipt = receive(socket);
            if (receipt.isEmpty()) {
                throw new ChannelException(failure(address, "acknowledged nothing within %s".formatted(atMost)));
            }
            if (registration.kernelId().isPresent()) {
                codec.decodeContent(receipt);
            } else {
                requireOk(codec.decode(receipt), address);
            }
        } catch (WireException wrong) {
            throw new ChannelException(failure(address, "sent a receipt that cannot be read: " + wrong.getMessage()));
        }
    }

    /// The protocol's message; it has the ports as texts.
    private static Map<String, Object> ports(String kernelId, ConnectionInfo connection) {
        var ports = new LinkedHashMap<String, Object>();
        ports.put("kernel_id", kernelId);
        ports.put("shell_port", String.valueOf(connection.shellPort()));
        ports.put("control_port", String.valueOf(connection.controlPort()));
        ports.put("stdin_port", String.valueOf(connection.stdinPort()));
        ports.put("iopub_port", String.valueOf(connection.iopubPort()));
        ports.put("hb_port", String.valueOf(connection.heartbeatPort()));
        return ports;
    }

    /// Positron's message, which is a whole one and goes to a REP socket: that expects an empty frame before it.
    private static List<byte[]> handshakeRequest(WireCodec codec, ConnectionInfo connection) {
        Map<String, Object> ports = Map.of(
                "shell_port", connection.shellPort(),
                "control_port", connection.controlPort(),
                "stdin_port", connection.stdinPort(),
                "iopub_port", connection.iopubPort(),
                "hb_port", connection.heartbeatPort());
        Header header = Header.of("handshake_request", UUID.randomUUID().toString());
        return codec.encode(WireMessage.of(List.of(NO_FRAME), header, Header.NONE, ports));
    }

    private static void requireOk(WireMessage reply, String address) throws ChannelException {
        if (!"ok".equals(reply.content().get("status"))) {
            throw new ChannelException(failure(address, "refused this kernel: " + reply.content()));
        }
    }

    private static List<byte[]> receive(ZMQ.Socket socket) {
        var frames = new ArrayList<byte[]>();
        for (byte[] frame = socket.recv(); frame != null; frame = socket.hasReceiveMore() ? socket.recv() : null) {
            frames.add(frame);
        }
        return frames;
    }

    private static String failure(String address, String fact) {
        return "the program that waits for this kernel's ports at %s (`registration_port`) %s. The kernel ends; start it again."
                .formatted(address, fact);
    }
}
