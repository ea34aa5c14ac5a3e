package io.weft.kernel.magic;

import io.weft.kernel.comm.Comms;
import io.weft.kernel.display.CellInput;
import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.display.Renderer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The running cell, as a magic sees it.
///
/// A cell stays usable after it has ended, for threads that it started: what they show appears
/// below it. All methods may be called from any thread; those that run Java wait for one another.
public interface Cell {
    /// The cell's number in the notebook, the `n` of `In [n]`.
    int count();

    /// Takes what the cell shows.
    CellOutput output();

    /// Asks the reader for a line.
    CellInput input();

    /// What this cell shares with the others.
    Notebook notebook();

    /// The channels between the notebook and its front ends.
    Comms comms();

    /// Turns values into what a front end can show.
    Renderer renderer();

    /// Shows a value below the cell.
    default void show(MimeBundle bundle) {
        output().display(bundle);
    }

    /// Leaves a value in a variable of the notebook, which replaces a variable of that name.
    ///
    /// @param name  a Java identifier
    /// @param type  the variable's type as Java source, such as `io.weft.concurrent.SharedQueue<Object>`
    /// @param value what it holds
    /// @throws MagicException if the name is no identifier or the type is unknown
    void declare(String name, String type, Object value);

    /// Evaluates an expression of the notebook's Java and gives its value.
    ///
    /// @param code one expression; may be a lambda behind a cast
    /// @throws MagicException with the compiler's words, if it does not compile
    /// @throws Exception what the expression throws
    @Nullable
    Object evaluate(String code) throws Exception;

    /// Evaluates an expression of which the reader wrote a part, such as the body of a lambda: errors and stack traces
    /// name that part's lines and show no more than it.
    ///
    /// @param before the expression up to the reader's part, in one line
    /// @param code   the reader's part
    /// @param after  the rest of the expression
    /// @param origin the name that stack traces and errors show for the part, such as `cell 3`
    /// @throws MagicException with the compiler's words and the line of the part, if it does not compile
    /// @throws Exception what the expression throws
    @Nullable
    Object evaluate(String before, String code, String after, String origin) throws Exception;

    /// Runs source as if it stood in this cell: declarations, statements, expressions and magics, in any number.
    ///
    /// @param source what to run
    /// @param origin the name that stack traces and errors show for it, such as `cell 3` or `helpers.jsh`
    /// @return the value that the last of them gives to show; null where it gives none
    /// @throws MagicException with the compiler's words and the line of the source, if a part does not compile; the
    ///     parts before it have run
    /// @throws Exception what the source throws
    @Nullable
    Object run(String source, String origin) throws Exception;

    /// Does what [#run(String, String)] does, and tells a meter when the compiled code runs.
    @Nullable
    Object run(String source, String origin, Meter meter) throws Exception;

    /// The variables of the notebook, in the order in which they were declared.
    List<Variable> variables();

    /// Runs a line magic, for magics that stand inside Java.
    @Nullable
    Object lineMagic(String name, List<String> arguments) throws Exception;

    /// Runs a cell magic, for magics that stand inside Java.
    @Nullable
    Object cellMagic(String name, List<String> arguments, String body) throws Exception;

    /// A variable of the notebook.
    ///
    /// @param name  its name
    /// @param type  its declared type as Java source
    /// @param value what it holds now
    record Variable(String name, String type, @Nullable Object value) {}
}
