package io.weft.kernel.assist;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import jdk.jshell.SourceCodeAnalysis;
import org.jspecify.annotations.Nullable;

/// What the assistant asks of the session that runs cells. Any thread; no method waits for a running cell.
public interface Session {
    /// What a new cell can refer to; while the compiler is at work, what it was before.
    Notebook notebook();

    /// The compiled classes of cells by binary name, as they are now.
    Map<String, byte[]> classes();

    /// What a variable holds now; null also where it cannot be told.
    @Nullable
    Object value(Declared variable);

    /// Asks JShell, if it has time within a moment.
    <T> Optional<T> ask(Function<SourceCodeAnalysis, T> question);
}
