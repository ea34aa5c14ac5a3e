package io.weft.kernel;

import io.weft.kernel.wire.ConnectionInfo;
import io.weft.kernel.wire.Json;
import io.weft.kernel.wire.Registration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// The connection file of a kernel that chose its ports itself, so that other front ends find it:
/// `jupyter console --existing` for instance.
///
/// It stands beside the registration file, is for its owner only, and goes when the JVM ends.
final class PublishedConnection {
    private PublishedConnection() {}

    /// Writes the file; a failure is logged only, since who started the kernel knows the ports already.
    static void write(ConnectionInfo connection, Registration registration, System.Logger log) {
        Path folder = registration.file().toAbsolutePath().getParent();
        String id = registration
                .kernelId()
                .orElseGet(() -> String.valueOf(ProcessHandle.current().pid()));
        String name = "kernel-" + id.replaceAll("[^A-Za-z0-9._-]", "_");
        if (folder == null) {
            return;
        }
        Path file = folder.resolve(name + ".json");
        if (file.equals(registration.file().toAbsolutePath())) {
            file = folder.resolve(name + "-connection.json");
        }
        try {
            Path unfinished = Files.createTempFile(folder, name, ".tmp"); // for its owner only, as it is made
            Files.write(unfinished, Json.write(connection.fields()));
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            Path published = file;
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> published.toFile().delete(), "weft-unpublish"));
        } catch (IOException failed) {
            log.log(
                    System.Logger.Level.WARNING,
                    "cannot write {0} ({1}); the kernel runs, but other front ends do not find it",
                    file,
                    failed.getMessage());
        }
    }
}
