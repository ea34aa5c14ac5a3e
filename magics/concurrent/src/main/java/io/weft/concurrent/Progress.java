package io.weft.concurrent;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// How far a worker has come, written into memory that it shares with a file: so that its owner can tell,
/// however suddenly the worker dies, which task it had begun and which may go to another.
final class Progress {
    private static final int CHUNK = 0;
    private static final int ITEM = Long.BYTES;
    private static final int STARTED = 2 * Long.BYTES;
    private static final int SIZE = 3 * Long.BYTES;

    static final Progress NONE = new Progress(null);

    private final @Nullable ByteBuffer memory;

    /// What a worker was at.
    ///
    /// @param chunk the chunk that was begun last
    /// @param item its item
    /// @param started when its function and items were there, by the system's clock; 0 if they are still to
    ///     come
    record Mark(long chunk, int item, long started) {}

    private Progress(@Nullable ByteBuffer memory) {
        this.memory = memory;
    }

    /// The file of the worker with that directory.
    static Path of(Path directory) {
        return directory.resolveSibling(directory.getFileName() + ".progress");
    }

    /// In a worker. If there is no room for the file, it works without.
    static Progress create(Path file) {
        try (var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(SIZE)); // so that the room is there before it is mapped
            // as a segment: a buffer alone is made by reflection, whose first use takes a fresh worker long
            var memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE, Arena.global())
                    .asByteBuffer();
            memory.order(ByteOrder.nativeOrder());
            return new Progress(memory);
        } catch (IOException noRoom) {
            return new Progress(null);
        }
    }

    void begins(long chunk) {
        if (memory == null) return;
        memory.putLong(ITEM, 0);
        memory.putLong(STARTED, 0);
        VarHandle.fullFence();
        memory.putLong(CHUNK, chunk);
        VarHandle.fullFence();
    }

    void starts() {
        if (memory == null) return;
        memory.putLong(STARTED, System.currentTimeMillis());
        VarHandle.releaseFence();
    }

    void isAt(int item) {
        if (memory == null) return;
        memory.putLong(ITEM, item);
        VarHandle.releaseFence();
    }

    /// At the owner: what the worker wrote last; null if it could not.
    static @Nullable Mark read(Path file) {
        try {
            var bytes = Files.readAllBytes(file);
            if (bytes.length < SIZE) return null;
            var memory = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
            return new Mark(memory.getLong(CHUNK), (int) memory.getLong(ITEM), memory.getLong(STARTED));
        } catch (IOException missing) {
            return null;
        }
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException gone) {
            // its directory goes with the session
        }
    }
}
