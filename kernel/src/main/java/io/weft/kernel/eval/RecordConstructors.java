package io.weft.kernel.eval;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes the constructors of records public, as their compact form has no other access in a file of its own.
///
/// JShell makes every record public, and the constructor of a public record must be public too; the reader, whose
/// record is not, need not write that.
final class RecordConstructors {
    private static final Pattern RECORD = Pattern.compile("(?s)[^{]*?\\brecord\\s+(\\w+)\\s*(?:<[^{]*>)?\\s*\\(.*");

    private RecordConstructors() {}

    /// The piece with `public` before each constructor of its record that has no access modifier.
    static Piece completed(Piece piece) {
        int body = piece.body();
        if (body < 0) return piece;
        String bare = piece.bare();
        Matcher record = RECORD.matcher(bare.substring(0, body));
        if (!record.matches()) return piece;
        Pattern constructor = Pattern.compile("\\G" + Pattern.quote(record.group(1)) + "\\s*[{(]");
        Piece result = piece;
        int depth = 0;
        // from the end, so that the offsets before a change stay
        for (int i = bare.length() - 1; i >= body; i--) {
            char c = bare.charAt(i);
            if (c == '}') depth++;
            boolean member = depth == 1 && startsMember(bare, i);
            if (member && constructor.matcher(bare).find(i)) result = result.insert(i, "public ");
            if (c == '{') depth--;
        }
        return result;
    }

    private static boolean startsMember(String bare, int index) {
        int before = index - 1;
        while (before >= 0 && Character.isWhitespace(bare.charAt(before))) before--;
        return before >= 0 && "{};".indexOf(bare.charAt(before)) >= 0;
    }
}
