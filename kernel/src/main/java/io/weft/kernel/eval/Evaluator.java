package io.weft.kernel.eval;

import io.weft.kernel.display.MimeBundle;
import java.util.Map;
import java.util.Optional;

/// A session of Java: runs cells one after the other and answers questions about code.
///
/// [#evaluate] is called by one thread at a time; every other method may be called by any thread
/// while a cell runs, and does not wait for that cell.
public interface Evaluator extends AutoCloseable {
    /// Runs a cell to its end, its failure or its interruption; never throws because of what the cell does.
    Outcome evaluate(Execution execution);

    /// Evaluates expressions after a cell that ended well, for `user_expressions`.
    ///
    /// @return for each key its value or its failure
    Map<String, Outcome> evaluateExpressions(Map<String, String> expressions, Execution execution);

    /// Ends the running cell with all threads and waits that it started; does nothing where none runs.
    void interrupt();

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
    @Override
    void close();
}
