package io.weft.concurrent;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// How a worker JVM ended.
///
/// @param code the exit code, negative if it is not known
record Death(String worker, long pid, int code, List<String> lastLines) implements Serializable {
    /// The JVM's exit code after `-XX:+ExitOnOutOfMemoryError`.
    private static final int OUT_OF_MEMORY = 3;

    private static final String[] SIGNALS = {
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1",
        "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM"
    };

    static Optional<String> signalOf(int exitCode) {
        int number = exitCode - 128;
        return number > 0 && number < SIGNALS.length ? Optional.of(SIGNALS[number]) : Optional.empty();
    }

    OptionalInt exitCode() {
        return code < 0 ? OptionalInt.empty() : OptionalInt.of(code);
    }

    Optional<String> signal() {
        return signalOf(code);
    }

    boolean outOfMemory() {
        return code == OUT_OF_MEMORY && lastLines.stream().anyMatch(line -> line.contains("OutOfMemoryError"));
    }

    /// `worker-1 (pid 4711) died with exit code 137 (SIGKILL)`
    String sentence() {
        var how = code < 0
                ? "died"
                : "died with exit code " + code
                        + signal().map(name -> " (" + name + ")").orElse("");
        return "%s (pid %d) %s".formatted(worker, pid, how);
    }

    /// The advice that fits, and the worker's own last words.
    String details() {
        var text = new StringBuilder();
        if (outOfMemory())
            text.append(
                    " It ran out of memory: give workers more heap, with --heap 1g of a magic, or heap(\"1g\") of a builder.");
        if (!lastLines.isEmpty()) {
            text.append("\nLast lines of ").append(worker).append(':');
            lastLines.forEach(line -> text.append("\n  ").append(line));
        }
        return text.toString();
    }
}
