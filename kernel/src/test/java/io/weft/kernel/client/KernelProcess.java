package io.weft.kernel.client;

import io.weft.kernel.wire.ConnectionInfo;
import io.weft.kernel.wire.CurveKeys;
import io.weft.kernel.wire.Json;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.zeromq.ZMQ;

/// The kernel's program in a process of its own, with the class path and module flags of this JVM.
public final class KernelProcess implements AutoCloseable {
    private final Process process;
    private final Path errors;

    private KernelProcess(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
    }

    /// Starts the program.
    ///
    /// @param folder takes what it writes to stderr and stdout
    public static KernelProcess start(Path folder, Map<String, String> environment, String... arguments)
            throws IOException {
        return launch(folder, environment, command(arguments));
    }

    /// Starts the program under limits of the system.
    ///
    /// @param limits what a shell does before it becomes the program, such as `ulimit -f 0`
    public static KernelProcess startLimited(
            Path folder, Map<String, String> environment, String limits, String... arguments) throws IOException {
        var shell = new ArrayList<>(List.of("bash", "-c", limits + "; exec \"$@\"", "bash"));
        shell.addAll(command(arguments));
        return launch(folder, environment, shell);
    }

    /// The options that open modules to the kernel: the tests' own JVM has been started with them.
    public static List<String> moduleOptions() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--"))
                .toList();
    }

    private static List<String> command(String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(moduleOptions());
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), "io.weft.kernel.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    private static KernelProcess launch(Path folder, Map<String, String> environment, List<String> command)
            throws IOException {
        Path errors = Files.createTempFile(folder, "kernel", ".log");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(errors.toFile());
        builder.environment().put("WEFT_HISTORY", "off");
        builder.environment().putAll(environment);
        return new KernelProcess(builder.start(), errors);
    }

    /// A connection on free loopback ports with a new key.
    public static ConnectionInfo freeConnection() throws IOException {
        var reserved = new ArrayList<ServerSocket>();
        try {
            for (int at = 0; at < 5; at++) {
                reserved.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<Integer> ports =
                    reserved.stream().map(ServerSocket::getLocalPort).toList();
            return new ConnectionInfo(
                    "tcp",
                    "127.0.0.1",
                    ports.get(0),
                    ports.get(1),
                    ports.get(2),
                    ports.get(3),
                    ports.get(4),
                    UUID.randomUUID().toString());
        } finally {
            for (ServerSocket socket : reserved) {
                socket.close();
            }
        }
    }

    /// A connection with new keys for the encryption.
    public static ConnectionInfo encrypted(ConnectionInfo connection) {
        ZMQ.Curve.KeyPair keys = ZMQ.Curve.generateKeyPair();
        return new ConnectionInfo(
                connection.transport(),
                connection.ip(),
                connection.shellPort(),
                connection.controlPort(),
                connection.stdinPort(),
                connection.iopubPort(),
                connection.heartbeatPort(),
                connection.key(),
                Optional.of(new CurveKeys(keys.publicKey, keys.secretKey)));
    }

    /// Writes a connection file as Jupyter does.
    public static Path write(ConnectionInfo connection, Path folder) throws IOException {
        return Files.write(Files.createTempFile(folder, "kernel", ".json"), Json.write(fields(connection)));
    }

    /// The fields of a connection file.
    public static Map<String, Object> fields(ConnectionInfo connection) {
        Map<String, Object> fields = connection.fields();
        fields.put("kernel_name", "weft");
        return fields;
    }

    /// The process.
    public Process process() {
        return process;
    }

    /// What it has written so far to stdout and stderr.
    public String written() throws IOException {
        return Files.readString(errors);
    }

    /// Waits for its end.
    public int awaitExit(Duration atMost) throws InterruptedException, TimeoutException {
        if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new TimeoutException("the kernel (pid %d) still runs after %s".formatted(process.pid(), atMost));
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
