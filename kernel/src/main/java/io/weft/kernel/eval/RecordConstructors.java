package io.weft.kernel.eval;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes the constructors of records public, as their compact form has no other access in a file of its own.
///
/// JShell makes every record public, and the constructor of a public record must be public too; the reader, whose
/// record is not, need not write that.
final class RecordConstructors {
    private static final Pattern RECORD = Pattern.compile("(?s)[^{]*?\\brecord\\s+(\\w+)\\s*(?:<[^{]*>)?\\s*\\(.*");
    private static final Pattern SKIPPED = Pattern.compile(
            "(?s)\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\])+'|//[^\n]*|/\\*.*?\\*/");

    private RecordConstructors() {}

    /// The piece with `public` before each constructor of its record that has no access modifier.
    static Piece completed(Piece piece) {
        Matcher record = RECORD.matcher(piece.header());
        if (!record.matches()) return piece;
        Pattern constructor = Pattern.compile("\\G" + Pattern.quote(record.group(1)) + "\\s*[{(]");
        String code = piece.code();
        var result = new StringBuilder();
        Matcher skipped = SKIPPED.matcher(code);
        int depth = 0;
        char previous = ' ';
        for (int i = 0; i < code.length(); i++) {
            if (skipped.region(i, code.length()).lookingAt()) {
                result.append(skipped.group());
                i = skipped.end() - 1;
                continue;
            }
            char c = code.charAt(i);
            boolean memberStarts = depth == 1 && (previous == '{' || previous == '}' || previous == ';');
            if (memberStarts && constructor.matcher(code).find(i)) result.append("public ");
            if (c == '{') depth++;
            if (c == '}') depth--;
            if (!Character.isWhitespace(c)) previous = c;
            result.append(c);
        }
        return new Piece(result.toString(), piece.start());
    }
}
