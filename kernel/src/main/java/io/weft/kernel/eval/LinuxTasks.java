package io.weft.kernel.eval;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What Linux knows of this JVM's threads: in which call of the system one waits, and how to wake it.
///
/// Linux knows a thread by the first 15 bytes of its name. Others of that name are woken too, which does no harm:
/// the JDK repeats a call that a signal has ended.
final class LinuxTasks {
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final int NAME_BYTES = 15;
    /// With this signal the JDK itself ends calls that wait for a socket.
    private static final int WAKE_SIGNAL = 62;

    private static final Set<String> READ_CALLS = Set.of("0", "63");

    private final @Nullable MethodHandle signal = signalFunction();

    /// Whether this system has what is needed.
    static boolean exist() {
        return Files.isDirectory(TASKS);
    }

    @SuppressWarnings("restricted") // the kernelspec allows native access
    private static @Nullable MethodHandle signalFunction() {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("tgkill")
                .map(function ->
                        linker.downcallHandle(function, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT)))
                .orElse(null);
    }

    /// Ends the system call in which a thread waits for a socket; it returns to Java for a moment.
    void wake(Thread thread) {
        if (signal == null) return;
        try {
            if (!isHandled(WAKE_SIGNAL)) return;
            int process = (int) ProcessHandle.current().pid();
            for (Path task : tasks(thread)) {
                int _ = (int) signal.invokeExact(
                        process, Integer.parseInt(task.getFileName().toString()), WAKE_SIGNAL);
            }
        } catch (Throwable gone) {
            // the thread or the task has ended
        }
    }

    /// The processes at the other end of the pipe from which a thread reads.
    List<ProcessHandle> writersTo(Thread thread) {
        var writers = new ArrayList<ProcessHandle>();
        try {
            Set<String> pipes = new HashSet<>();
            for (Path task : tasks(thread)) {
                String[] call = Files.readString(task.resolve("syscall")).split(" ", 3);
                if (call.length < 3 || !READ_CALLS.contains(call[0])) continue;
                Path read = Path.of("/proc/self/fd", String.valueOf(Long.decode(call[1])));
                String link = Files.readSymbolicLink(read).toString();
                if (link.startsWith("pipe:")) pipes.add(link);
            }
            if (pipes.isEmpty()) return writers;
            ProcessHandle.current()
                    .descendants()
                    .filter(child -> holds(child, pipes))
                    .forEach(writers::add);
        } catch (IOException | RuntimeException gone) {
            // the thread, or the process, has ended meanwhile
        }
        return writers;
    }

    private static boolean holds(ProcessHandle process, Set<String> pipes) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc", process.pid() + "", "fd"))) {
            for (Path file : open)
                if (pipes.contains(Files.readSymbolicLink(file).toString())) return true;
        } catch (IOException | RuntimeException gone) {
            // it has ended
        }
        return false;
    }

    private static List<Path> tasks(Thread thread) throws IOException {
        byte[] name = thread.getName().getBytes(StandardCharsets.UTF_8);
        byte[] start = Arrays.copyOf(name, Math.min(NAME_BYTES, name.length));
        var found = new ArrayList<Path>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                byte[] line;
                try {
                    line = Files.readAllBytes(task.resolve("comm"));
                } catch (IOException ended) {
                    continue;
                }
                if (Arrays.equals(line, 0, Math.max(0, line.length - 1), start, 0, start.length)) found.add(task);
            }
        }
        return found;
    }

    /// A signal that nobody handles would end the process.
    private static boolean isHandled(int signal) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("SigCgt:"))
                return ((Long.parseUnsignedLong(line.substring(7).strip(), 16) >>> (signal - 1)) & 1) == 1;
        }
        return false;
    }
}
