package io.weft.kernel.eval;

import java.util.List;

/// Java that does not compile.
final class CompilationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    CompilationException(List<Problem> problems) {
        super(
                problems.isEmpty()
                        ? "the code does not compile"
                        : problems.getFirst().message());
        this.problems = List.copyOf(problems);
    }

    List<Problem> problems() {
        return problems;
    }

    /// One message of the compiler.
    ///
    /// @param cell       the cell, as stack traces name it
    /// @param line       the line of the cell, from 1
    /// @param sourceLine the text of that line
    /// @param start      the column in `sourceLine` where the faulty text starts, from 0
    /// @param end        the column behind it
    /// @param message    the compiler's words
    /// @param hint       what the reader can do; empty where the message says it all
    record Problem(String cell, int line, String sourceLine, int start, int end, String message, String hint) {}
}
