package io.weft.concurrent;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The words of the locks that live in this JVM and that others use too, in files that they map.
///
/// A word is given to another lock when nobody uses it any more: when the JVMs to which it was told have let go of it
/// or have ended, and no thread here may still look at it. If there is no room for more, locks do without.
final class LockFile {
    private static final String PREFIX = ".locks-";
    private static final int WORDS = 1024;
    private static final int BLOCK_BYTES = WORDS * LockWord.BYTES;
    private static final int MOST_BLOCKS = 64;

    private final String home;
    private final List<Block> blocks = new ArrayList<>();
    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    private final Map<Integer, Lent> lent = new HashMap<>();
    private final ReferenceQueue<LockWord> garbage = new ReferenceQueue<>();
    private boolean full;

    private record Block(Path file, MemorySegment memory) {}

    /// Where a word is.
    ///
    /// @param file the file
    /// @param at the byte in it
    record Place(String file, long at) {}

    /// A word in use.
    private static final class Lent extends PhantomReference<LockWord> {
        private final int index;
        private final WeakReference<LockCore> lock;

        Lent(LockWord word, int index, LockCore lock, ReferenceQueue<LockWord> garbage) {
            super(word, garbage);
            this.index = index;
            this.lock = new WeakReference<>(lock);
        }
    }

    /// @param home the id of this JVM
    LockFile(String home) {
        this.home = home;
    }

    /// A word for a lock, and where it is; null if there is no room.
    synchronized Map.@Nullable Entry<LockWord, Place> lend(LockCore lock) {
        collect();
        if (free.isEmpty() && !lent.isEmpty()) {
            for (var each : List.copyOf(lent.values())) {
                var unused = each.lock.get();
                if (unused != null) unused.leaveFile();
            }
        }
        if (free.isEmpty() && !grow()) return null;
        int index = free.remove();
        var block = blocks.get(index / WORDS);
        long at = (long) (index % WORDS) * LockWord.BYTES;
        block.memory.asSlice(at, LockWord.BYTES).fill((byte) 0);
        var word = new LockWord(block.memory, at);
        lent.put(index, new Lent(word, index, lock, garbage));
        return Map.entry(word, new Place(block.file.toString(), at));
    }

    private void collect() {
        for (var word = (Lent) garbage.poll(); word != null; word = (Lent) garbage.poll()) {
            lent.remove(word.index);
            free.add(word.index);
        }
    }

    private boolean grow() {
        if (full || blocks.size() == MOST_BLOCKS) return false;
        try {
            blocks.add(create());
        } catch (IOException noRoom) {
            full = true;
            return false;
        }
        int first = (blocks.size() - 1) * WORDS;
        for (int index = first + 1; index < first + WORDS; index++) free.add(index); // the first is the head
        return true;
    }

    /// A new file: on a file system in memory, where there is one with room, as else the system would write it to its
    /// disk again and again.
    private Block create() throws IOException {
        var own = Hub.get().ownDirectory();
        var failure = new IOException("no directory");
        for (var directory : SessionDirectory.memories(own)) {
            var file = directory.resolve(PREFIX + SessionDirectory.nameIn(own) + "." + blocks.size());
            try {
                return whole(() -> create(file));
            } catch (IOException noRoom) {
                failure = noRoom;
            }
        }
        throw failure;
    }

    @SuppressWarnings("MustBeClosedChecker") // closed once it is garbage
    private Block create(Path file) throws IOException {
        boolean made = false;
        try (var channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.allocate(BLOCK_BYTES).put(head(home)).clear();
            while (bytes.hasRemaining()) channel.write(bytes); // so that the room is there before it is mapped
            var block = new Block(file, channel.map(FileChannel.MapMode.READ_WRITE, 0, BLOCK_BYTES, Arena.ofAuto()));
            made = true;
            return block;
        } finally {
            if (!made) Files.deleteIfExists(file);
        }
    }

    private interface FileWork<T> {
        T run() throws IOException;
    }

    /// Works on a file however the thread is interrupted: an interrupt would close it.
    private static <T> T whole(FileWork<T> work) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return work.run();
                } catch (ClosedByInterruptException again) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    /// With what the file of a JVM begins.
    private static byte[] head(String home) {
        return Arrays.copyOf(("weft locks " + home).getBytes(StandardCharsets.UTF_8), LockWord.BYTES);
    }

    /// The number of words in all files.
    synchronized int size() {
        return blocks.size() * WORDS;
    }

    /// In another JVM.
    ///
    /// @param home the id of the JVM whose file it is
    /// @throws IOException if it is not, or not whole
    static MemorySegment map(Path file, String home) throws IOException {
        return whole(() -> mapWhole(file, home));
    }

    private static MemorySegment mapWhole(Path file, String home) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (channel.size() != BLOCK_BYTES) throw new IOException("its length is " + channel.size());
            @SuppressWarnings("MustBeClosedChecker") // closed once it is garbage
            var arena = Arena.ofAuto();
            var memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, BLOCK_BYTES, arena);
            var head = memory.asSlice(0, LockWord.BYTES).toArray(ValueLayout.JAVA_BYTE);
            if (!Arrays.equals(head, head(home))) throw new IOException("it belongs to another JVM");
            return memory;
        }
    }

    /// Removes the files of a JVM with that directory, which has ended, and of those below it.
    static void delete(Path directory) {
        for (var memory : SessionDirectory.knownMemories(directory)) {
            var name = PREFIX + SessionDirectory.nameIn(directory);
            try (var files = Files.newDirectoryStream(memory, name + "{.,-}*")) {
                for (var file : files) Files.deleteIfExists(file);
            } catch (IOException | DirectoryIteratorException kept) {
                // swept with the session
            }
        }
    }
}
