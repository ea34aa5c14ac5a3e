package io.weft.kernel.eval;

import java.util.regex.Pattern;

/// One declaration or statement of a cell.
///
/// @param code  its text, from its first character or the comment above it
/// @param start where it stands in the text that it was cut from
record Piece(String code, int start) {
    private static final Pattern VOLATILE =
            Pattern.compile("(?s)\\A(?:(?:public|protected|private|static|transient)\\s+)*volatile\\s.*");

    /// Whether it declares a volatile variable: JShell drops that modifier without a word.
    boolean declaresVolatile() {
        return VOLATILE.matcher(code).matches();
    }

    /// What stands before the body of a type or method.
    String header() {
        int body = code.indexOf('{');
        return body < 0 ? code : code.substring(0, body);
    }
}
