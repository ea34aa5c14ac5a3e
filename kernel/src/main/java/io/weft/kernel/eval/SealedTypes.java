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
    private static final Pattern ARGUMENTS = Pattern.compile("<[^<>]*>");

    private SealedTypes() {}

    /// The pieces of one cell, with the missing `permits` put in.
    static List<Piece> completed(List<Piece> pieces) {
        return pieces.stream().map(piece -> completed(piece, pieces)).toList();
    }

    private static Piece completed(Piece piece, List<Piece> pieces) {
        int body = piece.body();
        String header = header(piece);
        Matcher sealed = SEALED.matcher(header);
        if (body < 0 || !sealed.find() || header.matches("(?s).*\\bpermits\\b.*")) return piece;
        Pattern extending =
                Pattern.compile("(?s).*\\b(?:extends|implements)\\b.*\\b" + Pattern.quote(sealed.group(1)) + "\\b.*");
        // within its own braces a sealed type finds its subtypes by itself
        String permitted = pieces.stream()
                .filter(other -> !other.equals(piece))
                .map(SealedTypes::header)
                .filter(other -> extending.matcher(other).matches())
                .map(TYPE::matcher)
                .filter(Matcher::find)
                .map(type -> type.group(1))
                .distinct()
                .collect(Collectors.joining(", "));
        return permitted.isEmpty() ? piece : piece.insert(body, " permits " + permitted + " ");
    }

    /// What stands before the body of a type, without type arguments; empty for anything else.
    private static String header(Piece piece) {
        String header = piece.bare().substring(0, Math.max(0, piece.body()));
        for (String longer = ""; !longer.equals(header); ) {
            longer = header;
            header = ARGUMENTS.matcher(header).replaceAll("");
        }
        return header;
    }
}
