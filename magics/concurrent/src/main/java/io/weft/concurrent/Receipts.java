package io.weft.concurrent;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How far both ends of a connection are, in memory that they share. The client notes how many answers it has received,
/// so the server knows what was under way when the client dies, however suddenly. The server notes how many calls are
/// done for whose answers the client did not wait. Neither takes a message.
///
/// The client makes the file beside the server's socket, and the server takes its name away. Where that cannot be, and
/// over the network, messages tell.
///
/// **Threads.** One notes at a time; any thread may ask.
final class Receipts {
    private static final int RECEIVED = 0;
    private static final int DONE = Long.BYTES;
    private static final int FAILED = 2 * Long.BYTES;
    private static final int SIZE = 3 * Long.BYTES;
    private static final Pattern NAME = Pattern.compile("received-[0-9a-f-]{36}");

    private final String name;
    private final MappedByteBuffer memory;

    private Receipts(String name, MappedByteBuffer memory) {
        this.name = name;
        this.memory = memory;
    }

    /// At the client; null if there is no room for them.
    static @Nullable Receipts create(Address server) {
        var name = "received-" + UUID.randomUUID();
        var file = Path.of(server.socket()).resolveSibling(name);
        try (var channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(SIZE)); // so that the room is there before it is mapped
            return new Receipts(name, map(channel));
        } catch (IOException noRoom) {
            delete(file);
            return null;
        }
    }

    /// At the server.
    ///
    /// @throws IOException if they are not what a client makes
    static Receipts take(Path directory, String name) throws IOException {
        if (!NAME.matcher(name).matches()) throw new IOException("not the name of receipts: " + name);
        var file = directory.resolve(name);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (channel.size() != SIZE) throw new IOException("not receipts: " + name);
            return new Receipts(name, map(channel));
        } finally {
            delete(file);
        }
    }

    private static MappedByteBuffer map(FileChannel channel) throws IOException {
        var memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
        memory.order(ByteOrder.nativeOrder());
        return memory;
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException kept) {
            // goes with the session
        }
    }

    String name() {
        return name;
    }

    /// The client has received another answer.
    void addReceived() {
        put(RECEIVED, get(RECEIVED) + 1);
    }

    long received() {
        return get(RECEIVED);
    }

    /// The server has done another call for whose answer nobody waits.
    void addDone(boolean failed) {
        if (failed) put(FAILED, 1);
        put(DONE, get(DONE) + 1);
    }

    long done() {
        return get(DONE);
    }

    /// Whether one of those has failed, and the client has not been told why.
    boolean hasFailed() {
        return get(FAILED) != 0;
    }

    void toldFailure() {
        put(FAILED, 0);
    }

    private void put(int index, long value) {
        VarHandle.releaseFence();
        memory.putLong(index, value);
        VarHandle.fullFence();
    }

    private long get(int index) {
        long value = memory.getLong(index);
        VarHandle.acquireFence();
        return value;
    }
}
