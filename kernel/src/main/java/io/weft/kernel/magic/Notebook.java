package io.weft.kernel.magic;

import io.weft.kernel.magic.Cell.Variable;
import java.nio.file.Path;
import java.util.List;
import jdk.jshell.JShell;

/// What the cells of a notebook share, as a magic sees it: class path, declarations and magics.
///
/// It lives as long as the kernel. All methods may be called from any thread and wait while
/// another thread compiles; none waits for code of a cell to end.
public interface Notebook {
    /// The jars and folders that were added to the class path, in the order in which they are searched. What
    /// the kernel itself offers to cells is not among them.
    List<Path> classPath();

    /// Appends jars and folders to the class path, for the compiler of cells and for the loader of their classes.
    ///
    /// What is on it already stays where it is. Classes that were loaded before keep what they are linked to;
    /// nothing can be taken off again. Every [MagicProvider#classPathGrew] is told.
    ///
    /// @param entries jars and folders that exist
    /// @return those that were not on the class path before, in the same order
    /// @throws MagicException if an entry does not exist, before any is added
    List<Path> addToClassPath(List<Path> entries);

    /// The variables, in the order in which they were declared.
    List<Variable> variables();

    /// The methods, types and imports that cells declared and that are in force, in the order of their declaration.
    List<Declaration> declarations();

    /// Forgets variables, methods or types by their names; what variables held can be collected.
    ///
    /// Code that uses a forgotten name waits for it to be declared again.
    ///
    /// @return the names that were declared
    List<String> forget(List<String> names);

    /// Forgets all variables, methods and types. Imports, magics and the class path stay.
    void reset();

    /// All magics, line magics first, by name.
    List<Magic> magics();

    /// Adds a magic for this and all later cells, in place of one of the same name and kind.
    void register(Magic magic);

    /// The engine that runs the Java of cells, for code written for another kernel that asks for it.
    ///
    /// It is not thread-safe and the kernel uses it too: call it only from a cell's own thread while the cell runs.
    /// What is evaluated with it directly does not end with an interrupt as a cell does.
    JShell jshell();

    /// Something that a cell declared, besides variables.
    ///
    /// @param kind what it is
    /// @param name its name; of an import, what it imports
    /// @param text its head as Java source, such as `int twice(int)` or `record Point`
    record Declaration(Kind kind, String name, String text) {
        /// What can be declared.
        public enum Kind {
            IMPORT,
            TYPE,
            METHOD
        }
    }
}
