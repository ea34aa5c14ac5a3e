package io.weft.concurrent;

import java.io.IOException;
import java.io.Serializable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.regex.Pattern;

/// Memory that this JVM and worker JVMs see at the same time, without copies; Python's `SharedMemory`.
///
/// It is made with [#create], and reaches a worker by being captured in its task, or by its name with
/// [#open], in any JVM of this one's session: the JVM of a program or notebook, and all that it started. It
/// is gone when the one that made it closes it, or any of them calls [#delete], and with the session,
/// however that ends; who has it open then keeps what is there until [#close]. What a worker made and did
/// not close outlives it, so that others can still open what it left: delete it if nobody is going to. It
/// is in memory, where the system has a file system for that with enough room, and else in a file; readable
/// by its user only.
///
/// ```java
/// try (var memory = SharedMemory.create("numbers", 8 * 1_000_000)) {
///     pool.map(n -> memory.doubles().put(n, n * 0.5), range(1_000_000));
///     memory.doubles().get(10);   // 5.0
/// }
/// ```
///
/// **Memory effects.** None of its own, as with arrays: order accesses of several JVMs by the end of a task, a
/// [SharedLock] or a [SharedBarrier], or by the access modes of a [java.lang.invoke.VarHandle] over [#segment].
///
/// **Threads.** All methods may be called from any thread. Do not close it while others use it: an access
/// afterwards is an [IllegalStateException] through the segment, and through a buffer.
public final class SharedMemory implements AutoCloseable, Serializable {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private final transient Path file;
    private final transient boolean owner;
    private final transient Arena arena;
    private final transient MemorySegment segment;
    private final transient String made;

    private SharedMemory(Path file, boolean owner, Arena arena, MemorySegment segment, String made) {
        this.file = file;
        this.made = made;
        this.owner = owner;
        this.arena = arena;
        this.segment = segment;
    }

    /// Makes a shared memory of so many bytes, all 0.
    ///
    /// @param name letters, digits, `.`, `_` and `-`; for [#open]
    /// @throws IllegalStateException if there is one of that name, or not enough room; says how much there is
    public static SharedMemory create(String name, long bytes) {
        Objects.requireNonNull(name, "name");
        if (bytes < 1) throw new IllegalArgumentException("a shared memory cannot have " + bytes + " bytes");
        requireName(name);
        Path best = null;
        try {
            long room = 0;
            for (var directory : SessionDirectory.memories(Hub.get().ownDirectory())) {
                if (Files.exists(directory.resolve(name))) throw new FileAlreadyExistsException(name);
                long here = Files.getFileStore(directory).getUsableSpace();
                room = Math.max(room, here);
                if (best == null && bytes <= here) best = directory;
            }
            if (best == null)
                throw new IllegalStateException(
                        "the shared memory '%s' of %s does not fit: there is room for %s. Close others, or share less."
                                .formatted(name, size(bytes), size(room)));
            return map(best.resolve(name), bytes, true);
        } catch (FileAlreadyExistsException taken) {
            throw new IllegalStateException(
                    "there is a shared memory '%s' already: open it, close it first, or take another name"
                            .formatted(name),
                    taken);
        } catch (IOException failure) {
            throw new IllegalStateException(
                    "cannot make the shared memory '%s' of %s: %s".formatted(name, size(bytes), failure.getMessage()),
                    failure);
        }
    }

    /// Opens a shared memory that another JVM of the session, or this one, has made.
    ///
    /// @throws IllegalStateException if there is none of that name
    public static SharedMemory open(String name) {
        Objects.requireNonNull(name, "name");
        requireName(name);
        try {
            for (var directory : SessionDirectory.memories(Hub.get().ownDirectory()))
                if (Files.exists(directory.resolve(name))) return map(directory.resolve(name), -1, false);
        } catch (NoSuchFileException meanwhile) {
            // closed by its owner
        } catch (IOException failure) {
            throw new IllegalStateException(
                    "cannot open the shared memory '%s': %s".formatted(name, failure.getMessage()), failure);
        }
        throw new IllegalStateException(
                "there is no shared memory '%s': it was not made in this session, or has been closed by its owner"
                        .formatted(name));
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches())
            throw new IllegalArgumentException(
                    "'%s' cannot be the name of a shared memory: letters, digits, '.', '_' and '-' can"
                            .formatted(name));
    }

    @SuppressWarnings("MustBeClosedChecker") // closed with what is returned
    private static SharedMemory map(Path file, long bytes, boolean create) throws IOException {
        var arena = Arena.ofShared();
        boolean mapped = false;
        try (var channel = create
                ? FileChannel.open(
                        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)
                : FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long length = create ? bytes : channel.size();
            var segment = channel.map(FileChannel.MapMode.READ_WRITE, 0, length, arena);
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            var made = attributes.creationTime() + " " + attributes.fileKey();
            mapped = true;
            return new SharedMemory(file, create, arena, segment, made);
        } finally {
            if (!mapped) {
                arena.close();
                if (create) Files.deleteIfExists(file);
            }
        }
    }

    private static String size(long bytes) {
        if (bytes < 10_000) return bytes + " bytes";
        return bytes < 10_000_000_000L
                ? "%,d kB".formatted((bytes + 999) / 1000)
                : "%,d MB".formatted((bytes + 999_999) / 1_000_000);
    }

    public String name() {
        return Objects.toString(file.getFileName());
    }

    public long byteSize() {
        return segment.byteSize();
    }

    /// The memory itself, in this machine's byte order.
    ///
    /// @throws IllegalStateException if it is closed here
    public MemorySegment segment() {
        requireOpen();
        return segment;
    }

    private void requireOpen() {
        if (isClosed())
            throw new IllegalStateException(
                    "the shared memory '%s' is closed here. Close it when nobody reads it any more, or make another one."
                            .formatted(name()));
    }

    /// The memory as bytes; of its first 2 GiB. To read them after [#close] is an error.
    ///
    /// @throws IllegalStateException if it is closed here
    public ByteBuffer bytes() {
        requireOpen();
        long first = Math.min(segment.byteSize(), Integer.MAX_VALUE);
        return segment.asSlice(0, first).asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /// The memory as numbers; of its first 2 GiB.
    public IntBuffer ints() {
        return bytes().asIntBuffer();
    }

    /// The memory as numbers; of its first 2 GiB.
    public LongBuffer longs() {
        return bytes().asLongBuffer();
    }

    /// The memory as numbers; of its first 2 GiB.
    public DoubleBuffer doubles() {
        return bytes().asDoubleBuffer();
    }

    /// Lets go of the memory. In the JVM that made it, it is then gone: nobody can open it any more.
    @Override
    public void close() {
        if (!segment.scope().isAlive()) return;
        arena.close();
        if (owner) deleteFile();
    }

    /// Lets go of the memory, whoever made it, and takes its name away: nobody can open it any more. Python's `unlink`,
    /// for a memory whose maker has ended.
    public void delete() {
        close();
        deleteFile();
    }

    private void deleteFile() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException kept) {
            // swept with the session
        }
    }

    public boolean isClosed() {
        return !segment.scope().isAlive();
    }

    @Override
    public String toString() {
        return "SharedMemory[%s, %s%s]".formatted(name(), size(byteSize()), isClosed() ? ", closed" : "");
    }

    private Object writeReplace() {
        requireOpen();
        return new Sent(name(), made);
    }

    /// What travels in place of it.
    ///
    /// @param made tells it from one that had the name before, which a worker may still have open
    private record Sent(String name, String made) implements Serializable {
        private Object readResolve() {
            return open(name);
        }
    }
}
