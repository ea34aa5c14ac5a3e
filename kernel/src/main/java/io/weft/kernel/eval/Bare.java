package io.weft.kernel.eval;

/// Java without what only looks like Java: comments, and what literals hold, are blank.
///
/// Line breaks and offsets stay, so that what is found in the bare text stands at the same place in the code.
final class Bare {
    private final String code;
    private final char[] bare;
    private int at;
    private int unclosed = -1;

    private Bare(String code) {
        this.code = code;
        bare = code.toCharArray();
    }

    /// The code with each comment blanked, and each literal's inside.
    static String of(String code) {
        var reading = new Bare(code);
        while (reading.at < code.length()) reading.next();
        return new String(reading.bare);
    }

    /// Where a comment begins that nothing ends; -1 where there is none.
    static int unclosedComment(String code) {
        var reading = new Bare(code);
        while (reading.at < code.length()) reading.next();
        return reading.unclosed;
    }

    private void next() {
        if (code.startsWith("//", at)) blank(at, lineEnd(at));
        else if (code.startsWith("/*", at)) comment();
        else if (code.startsWith("\"\"\"", at)) textBlock();
        else if (code.charAt(at) == '"' || code.charAt(at) == '\'') literal(code.charAt(at));
        else at++;
    }

    private void textBlock() {
        int opening = at;
        int end = opening + 3;
        while (end < code.length() && !code.startsWith("\"\"\"", end)) end += code.charAt(end) == '\\' ? 2 : 1;
        blank(opening + 1, Math.max(opening + 2, Math.min(end + 2, code.length() - 1)));
        at = Math.min(end + 3, code.length());
    }

    private void literal(char quote) {
        int end = at + 1;
        while (end < code.length() && code.charAt(end) != quote && code.charAt(end) != '\n')
            end += code.charAt(end) == '\\' && end + 1 < code.length() && code.charAt(end + 1) != '\n' ? 2 : 1;
        blank(at + 1, end);
        at = Math.min(end + 1, code.length());
    }

    private void comment() {
        int end = code.indexOf("*/", at + 2);
        if (end < 0) unclosed = at;
        blank(at, end < 0 ? code.length() : end + 2);
    }

    private int lineEnd(int from) {
        int end = code.indexOf('\n', from);
        return end < 0 ? code.length() : end;
    }

    private void blank(int from, int to) {
        int end = Math.min(to, bare.length);
        for (int i = from; i < end; i++) if (bare[i] != '\n') bare[i] = ' ';
        at = Math.max(end, at + 1);
    }
}
