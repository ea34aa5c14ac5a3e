package io.weft.concurrent;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How a worker JVM is started, and what it is told over its standard input.
///
/// @param secret the session's secret
/// @param directory where the worker puts its socket, if it opens one
/// @param ownerDirectory the directory of its owner, to be removed if the owner dies
/// @param owner where the owner listens
/// @param name the worker's name
/// @param token what the worker presents to its owner
/// @param mode what the worker is for
/// @param crowd how the worker stands in nested pools
@SuppressWarnings("ArrayRecordComponent") // shared with nobody
record WorkerCommand(
        byte[] secret,
        Path directory,
        Path ownerDirectory,
        Address owner,
        String name,
        String token,
        Mode mode,
        Crowd crowd) {
    /// What a worker JVM is for.
    enum Mode {
        /// Runs chunks until it is told to finish.
        POOL,
        /// Runs one task, and ends with it.
        PROCESS,
        /// Holds shared objects.
        MANAGER,
        /// Waits to be one of the others.
        SPARE
    }

    private static final String PREVIEW = "--enable-preview";
    private static final String DEFAULT_HEAP = "256m";
    private static final String MOST_HEAP = "-Xmx";
    private static final int MAX_SECRET_BYTES = 1024;

    /// The options of every worker JVM.
    private static final List<String> OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-Dstdout.encoding=UTF-8",
            "-Dstderr.encoding=UTF-8",
            "-Djava.awt.headless=true");

    /// Whether this JVM takes classes that use preview features: its workers get such classes from it.
    private static boolean hasPreviewFeatures() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().contains(PREVIEW);
    }

    /// The command that starts a worker. Folder and environment are this JVM's, which cannot change them.
    static List<String> line(String heap, List<String> options) {
        var java = Path.of(System.getProperty("java.home"), "bin", File.separatorChar == '\\' ? "java.exe" : "java");
        var command = new ArrayList<String>();
        command.add(java.toString());
        command.addAll(OPTIONS);
        command.addAll(StartupCache.options());
        if (hasPreviewFeatures()) command.add(PREVIEW);
        // the one that they would find too, after a search in all jars
        var sockets = SelectorProvider.provider().getClass();
        if (sockets.getModule() == Object.class.getModule())
            command.add("-Djava.nio.channels.spi.SelectorProvider=" + sockets.getName());
        command.add(MOST_HEAP + (heap.isEmpty() ? DEFAULT_HEAP : heap));
        command.addAll(options);
        command.add("-cp");
        command.add(library().toString());
        command.add(WorkerMain.class.getName());
        return command;
    }

    /// The most heap that a worker of such a command may use.
    static String heapOf(List<String> command) {
        var heap = "";
        for (var option : command) if (option.startsWith(MOST_HEAP)) heap = option.substring(MOST_HEAP.length());
        return heap;
    }

    /// Starts the process; its standard input stays open as long as this JVM lives.
    static Process start(List<String> command) throws IOException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        // options for the owner are not meant for its workers
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"));
        return builder.start();
    }

    static Path library() {
        try {
            return Path.of(WorkerCommand.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    void tell(OutputStream stdin) throws IOException {
        var out = new DataOutputStream(stdin);
        out.writeInt(secret.length);
        out.write(secret);
        out.writeUTF(directory.toString());
        out.writeUTF(ownerDirectory.toString());
        out.writeUTF(owner.socket());
        out.writeLong(owner.pid());
        out.writeUTF(owner.name());
        out.writeUTF(name);
        out.writeUTF(token);
        out.writeUTF(mode.name());
        out.writeUTF(crowd.pools());
        out.writeInt(crowd.workers());
        out.writeInt(crowd.depth());
        out.flush();
    }

    static WorkerCommand listen(InputStream stdin) throws IOException {
        var in = new DataInputStream(stdin);
        int length = in.readInt();
        if (length < 0 || length > MAX_SECRET_BYTES) throw new IOException("not started by its owner");
        byte[] secret = in.readNBytes(length);
        return new WorkerCommand(
                secret,
                Path.of(in.readUTF()),
                Path.of(in.readUTF()),
                new Address(in.readUTF(), in.readLong(), in.readUTF()),
                in.readUTF(),
                in.readUTF(),
                Mode.valueOf(in.readUTF()),
                new Crowd(in.readUTF(), in.readInt(), in.readInt()));
    }
}
