package io.weft.kernel.assist;

/// A word, literal, operator or magic of a cell.
///
/// @param kind  what it is
/// @param start its offset in the cell
/// @param text  its characters
record Token(Kind kind, int start, String text) {
    /// What a token is; `MAGIC` reaches from its `%` to the end of the line.
    enum Kind {
        WORD,
        NUMBER,
        STRING,
        OPERATOR,
        MAGIC
    }

    int end() {
        return start + text.length();
    }

    boolean is(String other) {
        return kind != Kind.STRING && text.equals(other);
    }

    boolean isWord() {
        return kind == Kind.WORD;
    }

    boolean isMagic() {
        return kind == Kind.MAGIC;
    }
}
