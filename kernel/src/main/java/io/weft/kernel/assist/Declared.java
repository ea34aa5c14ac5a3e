package io.weft.kernel.assist;

/// What a cell that has run has declared.
///
/// @param kind    what it is
/// @param name    its name
/// @param wrapper the class whose static member it is, such as `REPL.$JShell$5`
/// @param type    of a variable, its type as source; else empty
/// @param source  its text in the cell, with the comments above it
public record Declared(Kind kind, String name, String wrapper, String type, String source) {
    /// What can be declared at the top level of a cell.
    public enum Kind {
        VARIABLE,
        METHOD,
        TYPE
    }
}
