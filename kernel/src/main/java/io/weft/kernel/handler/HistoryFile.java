package io.weft.kernel.handler;

import static java.lang.System.Logger.Level.WARNING;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.weft.kernel.wire.Json;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The cells of all sessions of a user, in a file: one line of JSON for each cell, oldest first.
///
/// Several kernels append to it at the same time, each line with one write; only to take a session's number and to
/// shorten the file do they wait for one another. Lines that are no cells, such as one that a full disk cut short, are
/// passed over. Only the owner can read the file. Not for use by several threads.
final class HistoryFile {
    private static final Pattern OWN_LINE = Pattern.compile("\\{\"session\":(\\d{1,9})[,}]");
    /// A file that is longer when a session begins loses its older half.
    private static final long MAX_BYTES = 8L << 20;
    /// A cell that is longer is not kept in the file.
    private static final int MAX_CODE_CHARS = 200_000;

    private static final int MAX_OUTPUT_CHARS = 2_000;

    private final Path file;
    private final System.Logger log;
    private boolean warned;
    /// The number of this session; 0 until it is needed.
    private int session;

    HistoryFile(Path file, System.Logger log) {
        this.file = file;
        this.log = log;
    }

    /// Where a user's history is kept.
    ///
    /// @param environment `WEFT_HISTORY` names another file, or is `off`
    /// @return nothing where it is off or there is no home
    static Optional<Path> location(Map<String, String> environment, String system, String home) {
        String chosen = environment.getOrDefault("WEFT_HISTORY", "").strip();
        if (chosen.equalsIgnoreCase("off") || (chosen.isEmpty() && home.isEmpty())) {
            return Optional.empty();
        }
        try {
            if (!chosen.isEmpty()) {
                return Optional.of(Path.of(chosen).toAbsolutePath());
            }
            String name = system.toLowerCase(Locale.ROOT);
            Path state;
            if (name.startsWith("windows")) {
                state = folder(environment.get("LOCALAPPDATA"), Path.of(home, "AppData", "Local"));
            } else if (name.startsWith("mac")) {
                state = Path.of(home, "Library", "Application Support");
            } else {
                state = folder(environment.get("XDG_STATE_HOME"), Path.of(home, ".local", "state"));
            }
            return Optional.of(state.resolve("weft").resolve("history.jsonl"));
        } catch (InvalidPathException _) {
            return Optional.empty();
        }
    }

    private static Path folder(@Nullable String named, Path otherwise) {
        return named != null && Path.of(named).isAbsolute() ? Path.of(named) : otherwise;
    }

    /// The number of this session: one more than that of the last one that began.
    int session() {
        if (session == 0) {
            session = 1;
            try {
                begin();
            } catch (IOException | RuntimeException failed) {
                warn(failed);
            }
        }
        return session;
    }

    /// Appends a cell.
    void append(Reply.History.Cell cell) {
        if (cell.code().length() > MAX_CODE_CHARS) {
            return;
        }
        var line = new LinkedHashMap<String, Object>();
        line.put("session", cell.session());
        line.put("count", cell.count());
        line.put("code", cell.code());
        if (!cell.output().isEmpty() && cell.output().length() <= MAX_OUTPUT_CHARS) {
            line.put("output", cell.output());
        }
        try {
            write(line);
        } catch (IOException | RuntimeException failed) {
            warn(failed);
        }
    }

    /// The cells of all sessions, in the order in which they were written.
    List<Reply.History.Cell> cells() {
        var cells = new ArrayList<Reply.History.Cell>();
        try {
            for (String line : lines()) {
                cell(line).filter(cell -> cell.count() > 0).ifPresent(cells::add);
            }
        } catch (IOException | RuntimeException failed) {
            warn(failed);
        }
        return cells;
    }

    private void begin() throws IOException {
        Path folder = file.getParent();
        if (folder != null && !Files.exists(folder)) {
            Files.createDirectories(folder, ownerOnly(folder, "rwx------"));
        }
        Path guard = file.resolveSibling(file.getFileName() + ".lock");
        try (FileChannel channel = open(guard, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = tryLock(channel)) {
            if (lock != null && Files.isRegularFile(file) && Files.size(file) > MAX_BYTES) {
                shorten();
            }
            int last = 0;
            for (String line : lines()) {
                last = Math.max(last, session(line));
            }
            session = last + 1;
            write(Map.of("session", session));
        }
    }

    /// The session of a line. This file's own lines, of which there may be thousands, begin with it: they need not be
    /// parsed while the first cell runs.
    private static int session(String line) {
        Matcher own = OWN_LINE.matcher(line);
        return own.lookingAt()
                ? Integer.parseInt(own.group(1))
                : cell(line).map(Reply.History.Cell::session).orElse(0);
    }

    /// A lock that nobody else has, or none where it cannot be had soon: the numbers of two sessions may then be equal.
    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        for (int turn = 0; turn < 40; turn++) {
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException _) {
                // another kernel in this JVM has it
            }
            try {
                Thread.sleep(25);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
        return null;
    }

    private void shorten() throws IOException {
        List<String> lines = lines();
        List<String> kept = lines.subList(lines.size() / 2, lines.size());
        Path shorter = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(shorter);
        try (FileChannel channel = open(shorter, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap((String.join("\n", kept) + "\n").getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
        Files.move(shorter, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private List<String> lines() throws IOException {
        if (!Files.isRegularFile(file)) {
            return List.of(); // there is none yet, or it is a device, which may have no end
        }
        try {
            // broken bytes are no reason to lose the lines beside them
            return new String(Files.readAllBytes(file), UTF_8).lines().toList();
        } catch (NoSuchFileException _) {
            return List.of();
        }
    }

    /// Writes a line between two line ends, so that one cut short before it or after it harms no other.
    private void write(Map<String, ?> line) throws IOException {
        byte[] json = Json.write(line);
        var bytes = ByteBuffer.allocate(json.length + 2);
        bytes.put((byte) '\n').put(json).put((byte) '\n').flip();
        int length = bytes.remaining();
        try (FileChannel channel = open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            int written = channel.write(bytes);
            if (written < length) {
                throw new FileSystemException(
                        file.toString(),
                        null,
                        "only %d of %d bytes were written: is the disk full?".formatted(written, length));
            }
        }
    }

    private static FileChannel open(Path path, OpenOption... options) throws IOException {
        return FileChannel.open(path, Set.of(options), ownerOnly(path, "rw-------"));
    }

    private static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /// A cell, or with the count 0 the beginning of a session.
    private static Optional<Reply.History.Cell> cell(String line) {
        if (line.isBlank()) {
            return Optional.empty();
        }
        try {
            Map<String, @Nullable Object> fields = Json.readObject(line.getBytes(UTF_8));
            if (!(fields.get("session") instanceof Number session)) {
                return Optional.empty();
            }
            int count = fields.get("count") instanceof Number number ? number.intValue() : 0;
            String code = fields.get("code") instanceof String text ? text : "";
            String output = fields.get("output") instanceof String text ? text : "";
            return Optional.of(new Reply.History.Cell(session.intValue(), count, code, output));
        } catch (WireException _) {
            return Optional.empty();
        }
    }

    private void warn(Exception failed) {
        if (!warned) {
            warned = true;
            boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
            log.log(
                    WARNING,
                    "the history of cells cannot be {0} {1} ({2}); cells run as ever. WEFT_HISTORY names another file, or is off.",
                    there ? "kept in" : "made at",
                    file,
                    failed);
        }
    }
}
