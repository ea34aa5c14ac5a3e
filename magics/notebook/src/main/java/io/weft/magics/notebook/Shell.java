package io.weft.magics.notebook;

import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Runs commands of the shell for a cell: what they print appears as it comes, their standard input is empty,
/// and an interrupt ends them with all that they started.
final class Shell {
    /// How long what a command printed last is waited for after its end: something that it left running may hold
    /// its streams open.
    private static final Duration LAST_WORDS = Duration.ofMillis(500);
    /// How long an interrupted command may tidy up.
    private static final Duration GRACE = Duration.ofMillis(300);
    /// The most that the system takes as one argument, in bytes.
    private static final int LONGEST_COMMAND = 120_000;

    private final Cell cell;
    private final Surroundings surroundings;

    Shell(Cell cell, Surroundings surroundings) {
        this.cell = cell;
        this.surroundings = surroundings;
    }

    /// The shell of commands: bash where there is one.
    static String usual() {
        return List.of("/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash", "/opt/homebrew/bin/bash").stream()
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst()
                .orElse("sh");
    }

    /// Runs commands to their end, showing what they print.
    ///
    /// @return the exit code
    int run(String magic, String shell, String commands) throws InterruptedException {
        return run(magic, shell, commands, text -> cell.output().stream(Stream.STDOUT, text));
    }

    /// Runs commands to their end, passing on what they print to the standard output.
    ///
    /// @return the exit code
    int run(String magic, String shell, String commands, Consumer<String> out) throws InterruptedException {
        if (commands.getBytes(StandardCharsets.UTF_8).length > LONGEST_COMMAND)
            throw new MagicException(magic + ": the commands are longer than the system takes (" + LONGEST_COMMAND
                    + " bytes). Write them to a file with %%writefile and run it.");
        Process process = start(magic, shell, commands);
        CellOutput output = cell.output();
        Thread reading = pump("weft-shell-out", process.getInputStream(), out);
        Thread errors = pump("weft-shell-err", process.getErrorStream(), text -> output.stream(Stream.STDERR, text));
        try {
            int exit = process.waitFor();
            reading.join(LAST_WORDS);
            errors.join(LAST_WORDS);
            return exit;
        } catch (InterruptedException interrupted) {
            end(process);
            throw interrupted;
        }
    }

    private Process start(String magic, String shell, String commands) {
        // the word behind the commands is the name that the shell gives itself in its messages
        var builder = new ProcessBuilder(shell, "-c", commands, "cell " + cell.count());
        builder.directory(surroundings.folder().toFile());
        builder.environment().clear();
        builder.environment().putAll(surroundings.variables());
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return process;
        } catch (IOException failure) {
            throw new MagicException(
                    "%s: %s cannot be started in %s: %s"
                            .formatted(magic, shell, surroundings.folder(), failure.getMessage()),
                    failure);
        }
    }

    private static Thread pump(String name, InputStream from, Consumer<String> to) {
        return Thread.ofPlatform().daemon().name(name).start(() -> {
            try (var reader = new InputStreamReader(from, StandardCharsets.UTF_8)) {
                var buffer = new char[8192];
                for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer))
                    to.accept(new String(buffer, 0, count));
            } catch (IOException closed) {
                // the process is gone
            }
        });
    }

    /// Ends a process and all that it started: asks first, and kills what is still there a moment later.
    private static void end(Process process) {
        var all = process.descendants().collect(Collectors.toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroy);
        Thread.ofPlatform().daemon().name("weft-shell-end").start(() -> {
            try {
                process.waitFor(GRACE);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            all.stream().flatMap(ProcessHandle::descendants).forEach(ProcessHandle::destroyForcibly);
            all.forEach(ProcessHandle::destroyForcibly);
        });
    }
}
