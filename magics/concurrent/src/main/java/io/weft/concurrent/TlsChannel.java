package io.weft.concurrent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/// A socket whose bytes are encrypted; shakes hands when it is first read or written.
///
/// An interrupt closes it only under a thread that waits for the other side.
///
/// **Threads.** After the first read or write has ended, one thread may read while others write.
final class TlsChannel implements ByteChannel {
    private final SocketChannel channel;
    private final SSLEngine engine;
    private final ReentrantLock writing = new ReentrantLock();
    private final ByteBuffer outgoing;
    private final ByteBuffer arrived;
    private final ByteBuffer plain;
    private boolean known;

    private final Selector readable;
    private final Selector writable;

    TlsChannel(SocketChannel channel, SSLEngine engine) throws IOException {
        this.channel = channel;
        this.readable = Selector.open();
        this.writable = Selector.open();
        channel.configureBlocking(false);
        channel.register(readable, SelectionKey.OP_READ);
        channel.register(writable, SelectionKey.OP_WRITE);
        this.engine = engine;
        var session = engine.getSession();
        this.outgoing = ByteBuffer.allocate(session.getPacketBufferSize());
        this.arrived = ByteBuffer.allocate(2 * session.getPacketBufferSize());
        this.plain = ByteBuffer.allocate(2 * session.getApplicationBufferSize()).flip();
    }

    private void shakeHands() throws IOException {
        if (known) return;
        engine.beginHandshake();
        var nothing = ByteBuffer.allocate(0);
        for (var status = engine.getHandshakeStatus(); ; status = engine.getHandshakeStatus()) {
            switch (status) {
                case NEED_WRAP -> wrap(nothing);
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (!unwrap()) throw new SSLException("the other side has hung up before it was known");
                }
                case NEED_TASK -> runTasks();
                case FINISHED, NOT_HANDSHAKING -> {
                    known = true;
                    return;
                }
            }
        }
    }

    private void runTasks() {
        for (var task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) task.run();
    }

    private void wrap(ByteBuffer source) throws IOException {
        writing.lock();
        try {
            do {
                outgoing.clear();
                var result = engine.wrap(source, outgoing);
                outgoing.flip();
                while (outgoing.hasRemaining())
                    if (channel.write(outgoing) == 0) Connection.await(writable, channel, this);
                if (result.getStatus() == SSLEngineResult.Status.CLOSED)
                    throw new IOException("the connection is closed");
            } while (source.hasRemaining());
        } finally {
            writing.unlock();
        }
    }

    /// Takes in what the other side has sent, and waits for it; false at its end.
    private boolean unwrap() throws IOException {
        while (true) {
            arrived.flip();
            plain.compact();
            SSLEngineResult result;
            try {
                result = engine.unwrap(arrived, plain);
            } catch (SSLException refused) {
                tellWhy();
                throw refused;
            } finally {
                plain.flip();
                arrived.compact();
            }
            switch (result.getStatus()) {
                case OK -> {
                    return true;
                }
                case CLOSED -> {
                    return false;
                }
                case BUFFER_OVERFLOW -> throw new SSLException("a record is larger than TLS allows");
                case BUFFER_UNDERFLOW -> {
                    int count = channel.read(arrived);
                    if (count < 0) return false;
                    if (count == 0) Connection.await(readable, channel, this);
                }
            }
        }
    }

    /// Sends the alert that says what was wrong, if that is still possible.
    private void tellWhy() {
        try {
            if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) wrap(ByteBuffer.allocate(0));
        } catch (IOException gone) {
            // then nobody hears it
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        shakeHands();
        while (!plain.hasRemaining()) {
            if (!unwrap()) return -1;
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> wrap(ByteBuffer.allocate(0)); // the keys are renewed
                default -> {
                    // goes on
                }
            }
        }
        int count = Math.min(plain.remaining(), target.remaining());
        target.put(target.position(), plain, plain.position(), count);
        target.position(target.position() + count);
        plain.position(plain.position() + count);
        return count;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        shakeHands();
        int count = source.remaining();
        wrap(source);
        return count;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        try (channel;
                readable;
                writable) {
            // closing is all there is to do
        }
    }
}
