package io.weft.kernel.eval;

import io.weft.kernel.assist.Completeness;
import io.weft.kernel.assist.Completion;
import io.weft.kernel.comm.CommRegistry;
import io.weft.kernel.display.MimeBundle;
import java.util.Map;
import java.util.Optional;

/// A session of Java: runs the cells of each shell one after the other and answers questions about code.
///
/// [#evaluate] is called by one thread at a time for each shell: a subshell's cells run beside those of the others.
/// Every other method may be called by any thread while cells run, and does not wait for them.
public interface Evaluator extends AutoCloseable {
    /// Runs a cell to its end, its failure or its interruption; never throws because of what the cell does.
    Outcome evaluate(Execution execution);

    /// Evaluates expressions after a cell that ended well, for `user_expressions`.
    ///
    /// @return for each key its value or its failure
    Map<String, Outcome> evaluateExpressions(Map<String, String> expressions, Execution execution);

    /// Runs something of the kernel's own that calls the notebook's code, such as the handler of a comm, as a cell
    /// runs.
    ///
    /// Called as [#evaluate] is.
    ///
    /// @return [Outcome.Nothing] or the failure
    Outcome run(Execution execution, Task task);

    /// Something to run as a cell.
    @FunctionalInterface
    interface Task {
        void run() throws Exception;
    }

    /// The comms of the notebook.
    CommRegistry comms();

    /// Ends the running cells of all shells with all threads and waits that they started; does nothing where none runs.
    void interrupt();

    /// Ends the running cell of a subshell, in which no other will run.
    void closeShell(String shell);

    /// What could stand at `cursor`, which counts Unicode code points.
    Completion complete(String code, int cursor);

    /// What is known about the name at `cursor`, which counts Unicode code points.
    ///
    /// @param detail 0 for a signature and its documentation, 1 for more
    Optional<MimeBundle> inspect(String code, int cursor, int detail);

    /// Whether the code can be run as it stands.
    Completeness completeness(String code);

    /// Ends the session: interrupts what runs and closes what the notebook's cells left open. Waits two seconds at the
    /// most.
    /// Gets ready for the first cell, on the thread that evaluates cells, while there is none.
    default void warmUp() {}

    @Override
    void close();
}
