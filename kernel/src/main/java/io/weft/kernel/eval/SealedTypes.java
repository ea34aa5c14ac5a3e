package io.weft.kernel.eval;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Gives sealed types the `permits` that Java infers within one file and JShell, to which
/// every declaration is a file of its own, does not.
final class SealedTypes {
    private static final Pattern SEALED = Pattern.compile("(?<!-)\\bsealed\\b[^{]*?\\b(?:interface|class)\\s+(\\w+)");
    private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|record|enum)\\s+(\\w+)");

    private SealedTypes() {}

    /// The pieces of one cell, with the missing `permits` put in.
    static List<Piece> completed(List<Piece> pieces) {
        return pieces.stream().map(piece -> completed(piece, pieces)).toList();
    }

    private static Piece completed(Piece piece, List<Piece> pieces) {
        String header = piece.header();
        Matcher sealed = SEALED.matcher(header);
        if (!sealed.find() || header.matches("(?s).*\\bpermits\\b.*")) return piece;
        Pattern extending = Pattern.compile(
                "(?s).*\\b(?:extends|implements)\\b[^{]*\\b" + Pattern.quote(sealed.group(1)) + "\\b.*");
        String permitted = pieces.stream()
                .map(Piece::header)
                .filter(other ->
                        !other.equals(header) && extending.matcher(other).matches())
                .map(TYPE::matcher)
                .filter(Matcher::find)
                .map(type -> type.group(1))
                .collect(Collectors.joining(", "));
        // within its own braces a sealed type finds its subtypes by itself
        if (permitted.isEmpty() || header.length() == piece.code().length()) return piece;
        String code = header.stripTrailing() + " permits " + permitted + " "
                + piece.code().substring(header.length());
        return new Piece(code, piece.start());
    }
}
