package io.weft.concurrent;

import java.time.Duration;
import java.time.Instant;

/// What a worker was doing when it was asked.
///
/// @param name the worker's name
/// @param pid its process; for a thread the process of this JVM
/// @param state what it does
/// @param task the task it runs, empty if it runs none
/// @param since since when it is in this state
/// @param tasksDone how many items it has finished
/// @param heapUsed bytes of heap in use, as last reported; 0 where unknown
/// @param heapMax bytes of heap it may use; 0 where unknown
public record WorkerInfo(
        String name, long pid, State state, String task, Instant since, long tasksDone, long heapUsed, long heapMax) {
    /// What a worker does.
    public enum State {
        STARTING,
        IDLE,
        BUSY,
        ENDED
    }

    /// The processor time that the worker's process has used; zero where the system does not tell.
    public Duration cpu() {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }
}
