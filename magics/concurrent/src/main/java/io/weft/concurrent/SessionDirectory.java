package io.weft.concurrent;

import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The directories that hold the sockets: readable by their owner only, gone with their JVM.
final class SessionDirectory {
    private static final String PREFIX = "weft-";
    private static final Path IN_MEMORY = Path.of("/dev/shm");
    private static final int ATTEMPTS = 20;

    /// The length up to which every system takes the path of a socket, less what workers add.
    private static final int PATH_CHARS = 80;

    private SessionDirectory() {}

    static Path create() throws IOException {
        var temporary = Path.of(System.getProperty("java.io.tmpdir"));
        var shortest = Path.of("/tmp");
        if (temporary.toString().length() + 40 > PATH_CHARS && Files.isWritable(shortest)) temporary = shortest;
        removeStale(temporary);
        return Files.createTempDirectory(
                temporary, PREFIX + ProcessHandle.current().pid() + "-", ownerOnly());
    }

    static Path at(Path directory) throws IOException {
        return Files.createDirectory(directory, ownerOnly());
    }

    /// The directories for the shared memories of the session to which a JVM's directory belongs, the best first: in
    /// memory, where the system has a file system for that, and beside the sockets.
    static List<Path> memories(Path directory) throws IOException {
        var session = sessionOf(directory);
        var memories = places(session);
        for (var memory : memories) {
            try {
                Files.createDirectory(memory, ownerOnly());
            } catch (FileAlreadyExistsException known) {
                var owner = Files.getOwner(memory, LinkOption.NOFOLLOW_LINKS);
                if (!Files.isDirectory(memory, LinkOption.NOFOLLOW_LINKS) || !owner.equals(Files.getOwner(session)))
                    throw new IOException(memory + " belongs to somebody else", known);
            }
        }
        return memories;
    }

    /// Those that there are by now.
    static List<Path> knownMemories(Path directory) {
        return places(sessionOf(directory)).stream().filter(Files::isDirectory).toList();
    }

    private static List<Path> places(Path session) {
        var places = new ArrayList<Path>();
        if (Files.isWritable(IN_MEMORY)) places.add(twin(session));
        places.add(session.resolve("memory"));
        return places;
    }

    private static Path sessionOf(Path directory) {
        var session = directory;
        while (!isSession(session) && session.getParent() != null) session = session.getParent();
        return session;
    }

    /// What tells the directory of a JVM from those of others of its session, and begins like that of its owner.
    static String nameIn(Path directory) {
        var session = sessionOf(directory);
        return session.equals(directory)
                ? "0"
                : session.relativize(directory).toString().replace(File.separatorChar, '-');
    }

    private static Path twin(Path session) {
        return IN_MEMORY.resolve(Objects.requireNonNull(session.getFileName()).toString());
    }

    private static boolean isSession(Path directory) {
        var name = directory.getFileName();
        return name != null && name.toString().startsWith(PREFIX);
    }

    /// Deletes a session's directory, and its shared memories.
    static void deleteSession(Path session) {
        if (isSession(session)) delete(twin(session)); // first: it is found by the name of the other
        delete(session);
    }

    /// Deletes a directory with all that is in it, however many do so at the same time: when an owner dies, each
    /// of its workers does.
    static void delete(Path directory) {
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(directory); attempt++) {
            try (var entries = Files.newDirectoryStream(directory)) {
                for (var entry : entries) {
                    if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) delete(entry);
                    else Files.deleteIfExists(entry);
                }
                Files.deleteIfExists(directory);
            } catch (IOException | DirectoryIteratorException meanwhile) {
                // somebody else was faster, or is adding; look again
            }
        }
    }

    /// Removes what a JVM that was killed without any worker has left.
    private static void removeStale(Path temporary) {
        try (var directories = Files.newDirectoryStream(temporary, PREFIX + "*")) {
            for (var directory : directories) {
                var pid = directory
                        .getFileName()
                        .toString()
                        .substring(PREFIX.length())
                        .split("-", 2)[0];
                if (!pid.matches("\\d{1,18}")
                        || ProcessHandle.of(Long.parseLong(pid)).isPresent()) continue;
                if (Files.isDirectory(directory) && Files.isWritable(directory) && !answers(directory.resolve("s")))
                    deleteSession(directory);
            }
        } catch (IOException unreadable) {
            // leftovers cost nothing but their names
        }
    }

    private static boolean answers(Path socket) {
        if (!Files.exists(socket)) return false;
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException refused) {
            return false;
        }
    }

    private static FileAttribute<?>[] ownerOnly() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
    }
}
