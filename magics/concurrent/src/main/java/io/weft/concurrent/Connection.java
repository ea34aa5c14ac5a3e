package io.weft.concurrent;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;

/// Messages over a proven socket: a length, a type, an id, and that many bytes.
///
/// **Threads.** One thread reads; any thread may write.
final class Connection implements Closeable {
    private static final int HEADER_BYTES = 4 + 1 + 8;
    private static final int MAX_BODY_BYTES = 1 << 30;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final Frame.Type[] TYPES = Frame.Type.values();

    private final SocketChannel channel;
    private final ReentrantLock writing = new ReentrantLock();
    private final ByteBuffer incoming = ByteBuffer.allocate(BUFFER_BYTES).flip();

    Connection(SocketChannel channel) {
        this.channel = channel;
    }

    void write(Frame.Type type, long id, byte[] body) throws IOException {
        var whole = frame(type, id, body);
        writing.lock();
        try {
            while (whole.hasRemaining()) channel.write(whole);
        } finally {
            writing.unlock();
        }
    }

    @SuppressWarnings("EnumOrdinal") // both ends run the same version
    private static ByteBuffer frame(Frame.Type type, long id, byte[] body) {
        if (body.length > MAX_BODY_BYTES)
            throw new NotSendableException(
                    "a value of %d bytes cannot be sent to another JVM: the limit is %d. Send it in pieces."
                            .formatted(body.length, MAX_BODY_BYTES),
                    "",
                    null);
        return ByteBuffer.allocate(HEADER_BYTES + body.length)
                .putInt(body.length)
                .put((byte) type.ordinal())
                .putLong(id)
                .put(body)
                .flip();
    }

    /// Waits for the next message.
    ///
    /// @throws EOFException if the other side has closed the connection
    /// @throws IOException if what arrives is not a message, or the connection is closed here
    Frame read() throws IOException {
        fill(HEADER_BYTES);
        int length = incoming.getInt();
        int type = incoming.get();
        long id = incoming.getLong();
        if (length < 0 || length > MAX_BODY_BYTES || type < 0 || type >= TYPES.length)
            throw new IOException("broken message: type " + type + ", " + length + " bytes");
        byte[] body = new byte[length];
        int buffered = Math.min(length, incoming.remaining());
        incoming.get(body, 0, buffered);
        var rest = ByteBuffer.wrap(body, buffered, length - buffered);
        while (rest.hasRemaining()) if (channel.read(rest) < 0) throw new EOFException();
        return new Frame(TYPES[type], id, body);
    }

    private void fill(int needed) throws IOException {
        if (incoming.remaining() >= needed) return;
        incoming.compact();
        try {
            while (incoming.position() < needed) if (channel.read(incoming) < 0) throw new EOFException();
        } finally {
            incoming.flip();
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException alreadyBroken) {
            // closed is all that was asked for
        }
    }
}
