package io.weft.acceptance;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the tests run with Node.js: the scripts of `src/test/node`, copied to `target/node`, with
/// the packages that
/// their `package-lock.json` names beside them.
final class NodeTools {
    private static final Duration DOWNLOAD = Duration.ofMinutes(10);

    private static @Nullable Path made;

    private NodeTools() {}

    static synchronized Path folder() {
        Path ready = made;
        if (ready == null) {
            ready = prepared();
            made = ready;
        }
        return ready;
    }

    private static Path prepared() {
        Path folder = Project.target("node");
        try {
            Files.createDirectories(folder);
            try (Stream<Path> sources = Files.list(Project.source("node"))) {
                for (Path source : sources.toList()) {
                    Files.copy(source, folder.resolve(source.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            if (onPath("npm").isEmpty() || onPath("node").isEmpty()) {
                fail("these tests need Node.js 20 or newer with npm on PATH: https://nodejs.org");
            }
            Path lock = folder.resolve("package-lock.json");
            Path installed = folder.resolve("node_modules/.weft-installed");
            if (!Files.exists(installed) || Files.mismatch(lock, installed) >= 0) {
                Program.in(folder, "npm", "ci", "--no-audit", "--no-fund")
                        .run(DOWNLOAD)
                        .successful();
                Files.copy(lock, installed, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }

    static Optional<Path> onPath(String name) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// The machine's `PATH` less the folders that have `program`.
    static String pathWithout(String program) {
        return String.join(
                ":",
                Stream.of(System.getenv("PATH").split(":"))
                        .filter(path -> !Files.isExecutable(Path.of(path, program)))
                        .toList());
    }
}
