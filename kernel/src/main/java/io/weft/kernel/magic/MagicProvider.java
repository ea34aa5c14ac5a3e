package io.weft.kernel.magic;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What a jar brings to every notebook. The kernel finds providers with [java.util.ServiceLoader].
public interface MagicProvider {
    /// The magics that it adds.
    List<Magic> magics();

    /// Import declarations that every notebook starts with, such as `import io.weft.concurrent.*;`.
    default List<String> imports() {
        return List.of();
    }

    /// A class with the functions that cells call without an import, instead of [NotebookFunctions]: it extends that
    /// class and hides some of its methods, since two imported methods of one name would make every call ambiguous.
    default Optional<Class<?>> functions() {
        return Optional.empty();
    }

    /// One class of each package that cells may use; the compiler of cells sees the jar that holds it.
    default List<Class<?>> offers() {
        return List.of();
    }

    /// Called once, on the thread of the cells, before the first cell of the session runs: the place to add to the
    /// class path or to run a script. What it throws is told below that cell, which runs nevertheless.
    ///
    /// @param cell the first cell
    default void begin(Cell cell) throws Exception {}

    /// Called after jars or folders were added to the class path. What it throws is told below the cell.
    ///
    /// @param cell  the cell that added them
    /// @param added what was not on the class path before
    default void classPathGrew(Cell cell, List<Path> added) throws Exception {}
}
