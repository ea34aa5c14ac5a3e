package io.weft.concurrent;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A worker JVM ended while it ran a task: killed, out of memory, or by `System.exit`.
public final class WorkerDiedException extends TaskFailedException {
    private final Death death;

    WorkerDiedException(String message, String worker, int index, Death death) {
        super(message, worker, index);
        this.death = death;
    }

    /// The process that died.
    public long pid() {
        return death.pid();
    }

    /// Its exit code; empty if it is not known.
    public OptionalInt exitCode() {
        return death.exitCode();
    }

    /// The signal that ended it, such as `SIGKILL`; empty if it ended by itself.
    public Optional<String> signal() {
        return death.signal();
    }

    /// The last lines that it printed.
    public List<String> lastLines() {
        return death.lastLines();
    }
}
