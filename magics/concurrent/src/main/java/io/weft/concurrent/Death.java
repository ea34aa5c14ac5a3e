package io.weft.concurrent;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/// How a worker JVM ended.
///
/// @param code the exit code, negative if it is not known
/// @param heap the most heap that it could use, such as `256m`; empty if it is not known
/// @param asked whether it ended because the user let it go
record Death(String worker, long pid, int code, String heap, boolean asked, List<String> lastLines)
        implements Serializable {
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
        if (asked) return "%s (pid %d) has been closed".formatted(worker, pid);
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
                    " It ran out of memory%s: give it more, with --heap %s of %%pool or %%manager, heap(\"%s\") of a pool's builder, or Manager.start(name, \"%s\")."
                            .formatted(heap.isEmpty() ? "" : ", with a heap limit of " + heap, more(), more(), more()));
        if (!lastLines.isEmpty() && !asked) {
            text.append("\nLast lines of ").append(worker).append(':');
            lastLines.forEach(line -> text.append("\n  ").append(line));
        }
        return text.toString();
    }

    /// Four times the heap that it had.
    private String more() {
        var number = heap.replaceAll("\\D", "");
        var unit = heap.replaceAll("\\d", "").toLowerCase(Locale.ROOT);
        if (number.isEmpty() || number.length() > 9) return "1g";
        long four = 4 * Long.parseLong(number);
        return unit.equals("m") && four % 1024 == 0 ? four / 1024 + "g" : four + unit;
    }
}
