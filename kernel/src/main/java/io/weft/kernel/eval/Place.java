package io.weft.kernel.eval;

import io.weft.kernel.eval.CompilationException.Problem;

/// Where a text that is evaluated stands.
///
/// @param source the text
/// @param line   the line of the cell in which the text starts, from 0
/// @param cell   the cell, as stack traces name it
record Place(String source, int line, String cell) {
    /// The line of the cell, from 1, of an offset in the text.
    int lineOf(int offset) {
        return line
                + 1
                + (int) source.chars()
                        .limit(Math.clamp(offset, 0, source.length()))
                        .filter(c -> c == '\n')
                        .count();
    }

    /// A problem with a part of the text, marked as far as its first line goes.
    ///
    /// @param from offset in the text
    /// @param to   offset behind the part
    Problem problem(int from, int to, String message, String hint) {
        int start = Math.clamp(from, 0, source.length());
        int lineStart = source.lastIndexOf('\n', start - 1) + 1;
        int lineEnd = source.indexOf('\n', start);
        if (lineEnd < 0) lineEnd = source.length();
        int end = Math.clamp(to, start, lineEnd);
        while (end > start && Character.isWhitespace(source.charAt(end - 1))) end--;
        return new Problem(
                cell,
                lineOf(start),
                source.substring(lineStart, lineEnd),
                start - lineStart,
                end - lineStart,
                message,
                hint);
    }
}
