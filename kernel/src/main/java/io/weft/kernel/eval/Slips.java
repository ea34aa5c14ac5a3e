package io.weft.kernel.eval;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Knows what people mean who write Java as another language, or paste it from a document.
final class Slips {
    private static final Pattern PRINT = Pattern.compile("symbol:\\s+method (print|println)\\(");
    private static final Pattern ASSIGNMENT = Pattern.compile("(\\w+)\\s*=(?!=).*", Pattern.DOTALL);
    private static final Pattern LIST = Pattern.compile("(?:.*=)?\\s*\\[(.*)].*", Pattern.DOTALL);
    private static final Pattern ILLEGAL = Pattern.compile("illegal character: '\\\\u(\\p{XDigit}{4})'");

    private static final Pattern NO_RESULT = Pattern.compile("lower bounds:\\s+void\\b|\\bvoid cannot be converted to");

    private Slips() {}

    /// What to write instead; empty where the error is no such slip.
    ///
    /// @param code     the compiler's code of the error
    /// @param message  its message
    /// @param position where it is, in the code of the piece
    static String hint(String code, String message, Piece piece, int position) {
        if (code.startsWith("cant.resolve")) return unknown(message, piece, position);
        if (NO_RESULT.matcher(message).find())
            return "This function has no result, and one is needed here. forEach is for actions, such as printing; else return a value.";
        return switch (code) {
            case "int.number.too.large" ->
                "Whole numbers above 2,147,483,647 end in an L: " + number(piece, position)
                        + ". BigInteger takes what a long has no room for.";
            case "illegal.char" -> illegal(message);
            case "array.req.but.found" -> notAnArray(message);
            case "illegal.start.of.expr" -> {
                Matcher list = LIST.matcher(piece.bare());
                boolean begins =
                        position < piece.code().length() && piece.code().charAt(position) == '[';
                yield begins && list.matches()
                        ? "A list is written List.of(1, 2, 3), an array new int[] {1, 2, 3}."
                        : "";
            }
            default -> "";
        };
    }

    private static String unknown(String message, Piece piece, int position) {
        Matcher print = PRINT.matcher(message);
        if (print.find()) return "Did you mean IO.%1$s(…) or System.out.%1$s(…)?".formatted(print.group(1));
        String bare = piece.bare();
        Matcher assignment = ASSIGNMENT.matcher(bare.substring(Math.clamp(position, 0, bare.length())));
        boolean begins =
                bare.substring(0, Math.clamp(position, 0, bare.length())).isBlank();
        return begins && assignment.matches()
                ? "A variable is declared with its type, or with var: var %s = …".formatted(assignment.group(1))
                : "";
    }

    private static String number(Piece piece, int position) {
        String code = piece.code();
        int end = Math.clamp(position, 0, code.length());
        while (end < code.length() && (Character.isLetterOrDigit(code.charAt(end)) || code.charAt(end) == '_')) end++;
        return code.substring(Math.clamp(position, 0, code.length()), end) + "L";
    }

    private static String notAnArray(String message) {
        if (message.endsWith("but java.lang.String found")) return "A text's characters are had with charAt(0).";
        if (message.contains("java.util.List") || message.contains("java.util.ArrayList"))
            return "A list's elements are had with get(0), and changed with set(0, …).";
        if (message.contains("java.util.") && message.contains("Map<"))
            return "A map's values are had with get(key), and changed with put(key, …).";
        return "";
    }

    private static String illegal(String message) {
        Matcher character = ILLEGAL.matcher(message);
        if (!character.find()) return "";
        return switch (Integer.parseInt(character.group(1), 16)) {
            case 0x201C, 0x201D, 0x201E, 0x00AB, 0x00BB ->
                "These are the quotation marks of a text program: Java's are the straight \".";
            case 0x2018, 0x2019, 0x201A, 0x2032, 0x00B4 ->
                "This is the apostrophe of a text program: Java's is the straight '.";
            case 0x00A0, 0x2002, 0x2003, 0x2007, 0x2009, 0x202F, 0x3000 ->
                "This looks like a blank, but is another character, as web pages have it: write a blank in its place.";
            case 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF ->
                "This character can't be seen, and comes from copied text: delete it.";
            case 0x2013, 0x2014, 0x2212 -> "This is a dash: Java's minus is the -.";
            case 0x2026 -> "This is one character: write three dots.";
            case 0x00D7 -> "Java multiplies with *.";
            case 0x2264 -> "Java writes it <=.";
            case 0x2265 -> "Java writes it >=.";
            case 0x2260 -> "Java writes it !=.";
            default -> "";
        };
    }
}
