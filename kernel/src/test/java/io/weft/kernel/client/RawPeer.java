package io.weft.kernel.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Random;

/// A peer that speaks ZeroMQ's protocol byte by byte, and so can speak it wrongly.
///
/// @see <a href="https://rfc.zeromq.org/spec/23/">ZMTP 3.0</a>
public final class RawPeer implements AutoCloseable {
    private static final int MORE = 1;
    private static final int LONG = 2;
    private static final int COMMAND = 4;
    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket = new Socket();

    public RawPeer(int port) throws IOException {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
    }

    /// Sends bytes; a kernel that has hung up already is no failure.
    public void send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException _) {
            // refused, as it should be
        }
    }

    /// Greets as a peer with this type of socket does, step by step: JeroMQ hangs up on a subscriber that says all at
    /// once.
    public void greet(String socketType) throws IOException {
        socket.setSoTimeout(PATIENCE_MILLIS);
        var in = socket.getInputStream();
        send(greeting());
        in.readNBytes(64);
        send(ready(socketType));
        in.read();
        in.readNBytes(in.read());
    }

    /// Reads until this text has come, and nothing after it.
    ///
    /// @throws java.net.SocketTimeoutException if nothing comes for a while
    public void awaitText(String text) throws IOException {
        socket.setSoTimeout(PATIENCE_MILLIS);
        var read = new StringBuilder();
        while (read.indexOf(text) < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new EOFException("no %s, but: %s".formatted(text, read));
            }
            read.append((char) next);
        }
    }

    /// The first 64 bytes of a connection.
    public static byte[] greeting() {
        return ByteBuffer.allocate(64)
                .put((byte) 0xFF)
                .putLong(1)
                .put((byte) 0x7F)
                .put((byte) 3)
                .put((byte) 0)
                .put("NULL".getBytes(US_ASCII))
                .array();
    }

    /// The command that ends the greeting of a peer with this type of socket.
    public static byte[] ready(String socketType) {
        byte[] type = socketType.getBytes(US_ASCII);
        ByteBuffer body = ByteBuffer.allocate(6 + 12 + 4 + type.length);
        body.put((byte) 5).put("READY".getBytes(US_ASCII));
        body.put((byte) 11)
                .put("Socket-Type".getBytes(US_ASCII))
                .putInt(type.length)
                .put(type);
        return frame(COMMAND, body.array().length, body.array());
    }

    /// A frame whose header says what is given, whatever the body.
    public static byte[] frame(int flags, long size, byte[] body) {
        boolean wide = size < 0 || size > 255;
        ByteBuffer header = ByteBuffer.allocate(wide ? 9 : 2).put((byte) (wide ? flags | LONG : flags));
        if (wide) {
            header.putLong(size);
        } else {
            header.put((byte) size);
        }
        return join(header.array(), body);
    }

    /// A frame that another follows.
    public static byte[] frameBeforeAnother(byte[] body) {
        return frame(MORE, body.length, body);
    }

    /// A conversation that goes wrong at a random place.
    public static byte[] nonsense(Random random) {
        String type = new String[] {"DEALER", "SUB", "REQ", "ROUTER", "PUB", ""}[random.nextInt(6)];
        byte[] start = join(greeting(), ready(type));
        return switch (random.nextInt(8)) {
            case 0 -> bytes(random, 200);
            case 1 -> java.util.Arrays.copyOf(start, random.nextInt(start.length));
            case 2 -> flipped(start, random);
            case 3 -> join(start, bytes(random, 400));
            case 4 -> join(start, frame(random.nextInt(256), random.nextLong(), bytes(random, 100)));
            case 5 -> join(start, frame(random.nextInt(2), -1L - random.nextInt(1 << 20), bytes(random, 100)));
            case 6 -> join(start, frame(COMMAND, 40, join("\4PING".getBytes(US_ASCII), bytes(random, 60))));
            default -> join(new byte[] {(byte) random.nextInt(12), 0}, bytes(random, 100));
        };
    }

    /// The bytes of all of them.
    public static byte[] join(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] bytes(Random random, int atMost) {
        byte[] bytes = new byte[random.nextInt(atMost)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] flipped(byte[] bytes, Random random) {
        byte[] copy = bytes.clone();
        copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        return copy;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
