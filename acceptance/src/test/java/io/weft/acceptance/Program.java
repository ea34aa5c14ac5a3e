package io.weft.acceptance;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A program that a test starts: its command, its folder and what its environment has beyond the test's own.
///
/// Its output goes to a file below `target/logs`, where it can be read after the tests, too. No
/// program outlives its deadline: it and all that it started are killed then.
record Program(Path folder, List<String> command, Map<String, String> environment) {

    /// What a finished program left: its exit code, and standard output and error as they came.
    record Finished(List<String> command, int exitCode, String output) {
        /// The output of a program that has to succeed; if it did not, fails and shows it.
        String successful() {
            if (exitCode != 0) {
                throw new AssertionError(
                        "%s ended with exit code %d and said:%n%s".formatted(command, exitCode, output));
            }
            return output;
        }
    }

    /// Variables of the person who runs the tests that would change what an installation does.
    private static final List<String> NOT_INHERITED = List.of(
            "VIRTUAL_ENV",
            "CONDA_PREFIX",
            "JUPYTER_PATH",
            "JUPYTER_DATA_DIR",
            "JAVA25_HOME",
            "WEFT_JDK_FOLDERS",
            "JAVA_TOOL_OPTIONS",
            "PYTHONHOME",
            "PYTHONPATH");

    private static final Path LOGS = Project.target("logs");
    private static final Path JUPYTER = Project.target("jupyter");

    static Program in(Path folder, String... command) {
        var environment = new LinkedHashMap<String, String>();
        // the JDK that runs the tests is the one that they want the kernel to run on
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("JUPYTER_CONFIG_DIR", JUPYTER.resolve("config").toString());
        environment.put("JUPYTER_RUNTIME_DIR", JUPYTER.resolve("runtime").toString());
        environment.put("IPYTHONDIR", JUPYTER.resolve("ipython").toString());
        return new Program(folder, List.of(command), environment);
    }

    Program with(String variable, String value) {
        var more = new LinkedHashMap<>(environment);
        more.put(variable, value);
        return new Program(folder, command, more);
    }

    Finished run(Duration deadline) {
        try (Running running = start()) {
            return running.await(deadline);
        }
    }

    Running start() {
        try {
            Files.createDirectories(LOGS);
            Files.createDirectories(JUPYTER); // IPython takes a temporary folder where there is none
            Path log = Files.createTempFile(LOGS, Path.of(command.getFirst()).getFileName() + "-", ".log");
            var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
            builder.environment().keySet().removeAll(NOT_INHERITED);
            builder.environment().putAll(environment);
            builder.redirectInput(new File("/dev/null"));
            builder.redirectOutput(log.toFile());
            return new Running(this, builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A program on its way; closing it ends it with all that it started.
    record Running(Program program, Process process, Path log) implements AutoCloseable {
        Finished await(Duration deadline) {
            try {
                if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new AssertionError("%s did not end within %s and was killed; it said:%n%s"
                            .formatted(program.command, deadline, output()));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while " + program.command + " ran", e);
            }
            return new Finished(program.command, process.exitValue(), output());
        }

        String output() {
            try {
                return Files.readString(log, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            var all = new ArrayList<>(process.descendants().toList());
            all.add(process.toHandle());
            all.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
