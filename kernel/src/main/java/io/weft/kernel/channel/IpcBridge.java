package io.weft.kernel.channel;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// A Unix domain socket in front of a ZeroMQ socket that listens on a loopback port.
///
/// JeroMQ has no Unix domain sockets. What ZeroMQ peers say to each other is a stream of bytes, so
/// passing the bytes on is enough. The socket file is for its owner only and goes when the bridge closes.
final class IpcBridge implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final Duration ERROR_PAUSE = Duration.ofMillis(20);

    private final Path file;
    private final int port;
    private final ServerSocketChannel server;
    private final System.Logger log;

    private IpcBridge(Path file, int port, ServerSocketChannel server, System.Logger log) {
        this.file = file;
        this.port = port;
        this.server = server;
        this.log = log;
    }

    /// Listens on `file` and joins every connection to the loopback port.
    static IpcBridge open(Path file, int port, System.Logger log) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(file));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException failed) {
            server.close();
            throw failed;
        }
        var bridge = new IpcBridge(file, port, server, log);
        Thread.ofVirtual().name("weft-ipc-" + file.getFileName()).start(bridge::accept);
        return bridge;
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(file);
    }

    /// Goes on after an error: a cell that has opened too many files may close them.
    private void accept() {
        boolean failing = false;
        while (server.isOpen()) {
            try {
                join(server.accept());
                failing = false;
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException failed) {
                if (!failing) {
                    log.log(WARNING, "{0} takes no connections for now: {1}", file, failed.getMessage());
                }
                failing = true;
                LockSupport.parkNanos(ERROR_PAUSE.toNanos());
            }
        }
    }

    private void join(SocketChannel client) throws IOException {
        try {
            SocketChannel kernel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            Thread.ofVirtual().start(() -> pass(client, kernel));
            Thread.ofVirtual().start(() -> pass(kernel, client));
        } catch (IOException refused) {
            client.close();
        }
    }

    private static void pass(SocketChannel from, SocketChannel to) {
        var buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try (from;
                to) {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
        } catch (IOException _) {
            // one of the two has gone: both are closed
        }
    }
}
