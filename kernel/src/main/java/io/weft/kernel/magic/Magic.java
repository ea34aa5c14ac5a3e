package io.weft.kernel.magic;

import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;

/// One magic: its name and how to make the picocli command that runs it.
///
/// The command is made anew for every call, so that its fields are its arguments. Its class has
/// picocli's `@Command`, from which usage, help and error messages come.
///
/// @param name       the name without `%`
/// @param kind       whether it takes the rest of a line or the rest of a cell
/// @param resultType the Java type, as source, of what it gives to an assignment; empty where it gives nothing, or
///     where the assignment decides
/// @param command    makes the command from the cell and the magic's body, which is empty for a line magic
/// @param syntax     how the text behind its name becomes arguments
/// @param shown      whether what it gives is shown as the cell's value where it stands last in a cell
public record Magic(
        String name,
        Kind kind,
        String resultType,
        BiFunction<Cell, String, Callable<?>> command,
        Syntax syntax,
        boolean shown) {
    /// Where a magic stands.
    public enum Kind {
        LINE("%"),
        CELL("%%");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }

        /// What stands before the name.
        public String prefix() {
            return prefix;
        }
    }

    /// How the text behind a magic's name becomes arguments.
    public enum Syntax {
        /// Words, with quotes around those that hold white space; `//` begins a comment.
        WORDS,
        /// Options, and then one argument: the rest of the line as it is, which is Java or another language.
        CODE
    }

    /// A magic of one line: `%name arguments`.
    public static Magic line(String name, String resultType, Function<Cell, Callable<?>> command) {
        return new Magic(name, Kind.LINE, resultType, (cell, _) -> command.apply(cell), Syntax.WORDS, false);
    }

    /// A magic of a whole cell: `%%name arguments` and the lines below it.
    public static Magic cell(String name, BiFunction<Cell, String, Callable<?>> command) {
        return new Magic(name, Kind.CELL, "", command, Syntax.WORDS, false);
    }

    /// This magic under another name.
    public Magic named(String alias) {
        return new Magic(alias, kind, resultType, command, syntax, shown);
    }

    /// This magic with the rest of the line as one argument, as it is.
    public Magic takingCode() {
        return new Magic(name, kind, resultType, command, Syntax.CODE, shown);
    }

    /// This magic with what it gives as the cell's value.
    public Magic showing() {
        return new Magic(name, kind, resultType, command, syntax, true);
    }

    /// The name with its `%` or `%%`.
    public String fullName() {
        return kind.prefix() + name;
    }
}
