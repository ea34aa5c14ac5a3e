package io.weft.kernel.eval;

import java.util.ArrayDeque;
import java.util.Deque;

/// Finds the bracket that nothing closes.
///
/// Where braces are missing, only the indentation tells which one the reader meant: a closing brace at the start of a
/// line belongs to the line that is indented like it.
final class Brackets {
    /// In longer code each bracket's line would take too long to look at.
    private static final int LONGEST = 50_000;

    private final String bare;
    private final Deque<Integer> open = new ArrayDeque<>();
    private int unclosed = -1;

    private Brackets(String bare) {
        this.bare = bare;
    }

    /// The offset of the bracket that is not closed; -1 if all are.
    ///
    /// @param bare code without comments and literals
    static int unclosed(String bare) {
        if (bare.length() > LONGEST) return -1;
        var brackets = new Brackets(bare);
        for (int i = 0; i < bare.length(); i++) brackets.read(i);
        if (brackets.unclosed >= 0) return brackets.unclosed;
        return brackets.open.isEmpty() ? -1 : brackets.open.peek();
    }

    private void read(int index) {
        char c = bare.charAt(index);
        if ("([{".indexOf(c) >= 0) open.push(index);
        if (")]}".indexOf(c) >= 0) close(index);
    }

    private void close(int index) {
        if (open.isEmpty()) return;
        int indentation = indentation(index);
        boolean startsLine = bare.substring(index - column(index), index).isBlank();
        boolean ofAnOuterLine = startsLine
                && indentation(open.peek()) > indentation
                && open.stream().anyMatch(outer -> indentation(outer) == indentation);
        if (ofAnOuterLine) {
            if (unclosed < 0) unclosed = open.peek();
            while (indentation(open.peek()) > indentation) open.pop();
        }
        if (matches(open.peek(), index)) open.pop();
    }

    private boolean matches(int opening, int closing) {
        return "([{".indexOf(bare.charAt(opening)) == ")]}".indexOf(bare.charAt(closing));
    }

    private int column(int index) {
        return index - (bare.lastIndexOf('\n', index - 1) + 1);
    }

    /// The number of blanks with which the line of an offset starts.
    private int indentation(int index) {
        int start = index - column(index);
        int at = start;
        while (at < bare.length() && (bare.charAt(at) == ' ' || bare.charAt(at) == '\t')) at++;
        return at - start;
    }
}
