package io.weft.kernel.magic;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Finds the magics of a cell without mistaking Java for one.
///
/// `%name` is a magic where a Java statement could start, and after an assignment's `=`. A line that
/// starts in its first column with the name of a known magic is one too when the statement above
/// lacks its semicolon. Strings, text blocks, characters and comments never hold one, nor does an
/// expression such as `a %b`. `%%name` is a magic where only blank lines and comments stand above it.
///
/// A magic outside all brackets becomes a part of its own; one inside a block or after `=` becomes
/// a call of [NotebookFunctions#lineMagic], so that it can stand wherever an expression can.
/// Immutable; any thread.
public final class MagicLexer {
    private final Predicate<String> known;
    private final Function<String, String> resultType;

    /// @param known      whether a name is that of a magic
    /// @param resultType the Java type, as source, of what a magic of that name gives
    public MagicLexer(Predicate<String> known, Function<String, String> resultType) {
        this.known = known;
        this.resultType = resultType;
    }

    /// Cuts a cell into its parts, in order; together they hold the whole cell.
    public List<Part> split(String cell) {
        return new Scan(cell).run();
    }

    /// Cuts the text after a magic's name into arguments: separated by white space, except
    /// inside `"…"` or `'…'`; a backslash takes the next quote, backslash or space as it is.
    public static List<String> arguments(String text) {
        var arguments = new ArrayList<String>();
        var current = new StringBuilder();
        boolean inside = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length() && isEscapable(text.charAt(i + 1))) {
                current.append(text.charAt(++i));
                inside = true;
            } else if (quote != 0) {
                if (c == quote) quote = 0;
                else current.append(c);
            } else if (c == '"' || c == '\'') {
                quote = c;
                inside = true;
            } else if (Character.isWhitespace(c)) {
                if (inside) arguments.add(current.toString());
                current.setLength(0);
                inside = false;
            } else {
                current.append(c);
                inside = true;
            }
        }
        if (inside) arguments.add(current.toString());
        return List.copyOf(arguments);
    }

    private static boolean isEscapable(char c) {
        return c == '"' || c == '\'' || c == '\\' || c == ' ';
    }

    /// The text as a Java string literal.
    static String literal(String text) {
        var literal = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> literal.append("\\\"");
                case '\\' -> literal.append("\\\\");
                case '\n' -> literal.append("\\n");
                case '\r' -> literal.append("\\r");
                case '\t' -> literal.append("\\t");
                default -> literal.append(c);
            }
        }
        return literal.append('"').toString();
    }

    /// One pass over one cell.
    private final class Scan {
        private final String cell;
        private final List<Part> parts = new ArrayList<>();
        private final StringBuilder java = new StringBuilder();
        private int javaLine;
        private int at;
        private int line;
        private int depth;
        /// The last character of Java outside comments and white space; `;` at the start.
        private char previous = ';';
        /// The one before `previous`.
        private char beforePrevious = ';';
        private boolean onlyBlankSoFar = true;

        Scan(String cell) {
            this.cell = cell;
        }

        List<Part> run() {
            while (at < cell.length()) {
                char c = cell.charAt(at);
                if (c == '\n') {
                    line++;
                    copy(1);
                } else if (Character.isWhitespace(c)) copy(1);
                else if (cell.startsWith("//", at)) copy(lengthToLineEnd());
                else if (cell.startsWith("/*", at)) copyThrough("*/", 2);
                else if (c == '%' && onlyBlankSoFar && cell.startsWith("%%", at) && isName(at + 2)) return cellMagic();
                else if (c == '%' && isName(at + 1) && startsStatement()) lineMagic();
                else if (c == '%' && isName(at + 1) && isAssigned()) assignedMagic();
                else token(c);
            }
            endJava();
            return List.copyOf(parts);
        }

        private void token(char c) {
            onlyBlankSoFar = false;
            beforePrevious = previous;
            previous = c;
            switch (c) {
                case '"' -> {
                    if (cell.startsWith("\"\"\"", at)) copyThrough("\"\"\"", 3);
                    else copyThrough("\"", 1);
                }
                case '\'' -> copyThrough("'", 1);
                case '(', '[', '{' -> {
                    depth++;
                    copy(1);
                }
                case ')', ']', '}' -> {
                    depth = Math.max(0, depth - 1);
                    copy(1);
                }
                default -> copy(1);
            }
        }

        private boolean isName(int index) {
            return index < cell.length() && Character.isJavaIdentifierStart(cell.charAt(index));
        }

        private boolean startsStatement() {
            int lineStart = cell.lastIndexOf('\n', at - 1) + 1;
            if (!cell.substring(lineStart, at).isBlank()) return false;
            if (previous == ';' || previous == '{' || previous == '}') return true;
            boolean operandAbove = Character.isJavaIdentifierPart(previous) || ")]\"'".indexOf(previous) >= 0;
            return at == lineStart && depth == 0 && operandAbove && known.test(nameAt(at + 1));
        }

        private boolean isAssigned() {
            return previous == '=' && "=!<>+-*/%&|^".indexOf(beforePrevious) < 0;
        }

        private String nameAt(int index) {
            int end = index;
            while (end < cell.length() && Character.isJavaIdentifierPart(cell.charAt(end))) end++;
            return cell.substring(index, end);
        }

        private List<Part> cellMagic() {
            java.setLength(0);
            String name = nameAt(at + 2);
            int lineEnd = at + lengthToLineEnd();
            var arguments = arguments(cell.substring(at + 2 + name.length(), lineEnd));
            String body = lineEnd < cell.length() ? cell.substring(lineEnd + 1) : "";
            parts.add(new Part.CellMagic(name, arguments, body, line));
            return List.copyOf(parts);
        }

        private void lineMagic() {
            String name = nameAt(at + 1);
            var arguments = restOfLine(name);
            if (depth > 0) {
                java.append(call(name, arguments)).append(';');
            } else {
                endJava();
                parts.add(new Part.LineMagic(name, arguments, line));
                javaLine = line;
            }
            afterMagic();
        }

        private void assignedMagic() {
            String name = nameAt(at + 1);
            java.append(call(name, restOfLine(name))).append(';');
            afterMagic();
        }

        /// The arguments of the magic at the cursor; moves the cursor to the end of the line.
        private List<String> restOfLine(String name) {
            int lineEnd = at + lengthToLineEnd();
            String text = cell.substring(at + 1 + name.length(), lineEnd).strip();
            if (text.endsWith(";")) text = text.substring(0, text.length() - 1);
            at = lineEnd;
            return arguments(text);
        }

        private void afterMagic() {
            onlyBlankSoFar = false;
            previous = ';';
        }

        private String call(String name, List<String> arguments) {
            var list = new StringBuilder();
            for (String argument : arguments)
                list.append(list.isEmpty() ? "" : ", ").append(literal(argument));
            // a cast alone is no statement, so it is given only where the value is used
            String cast = previous == '=' ? castTo(resultType.apply(name)) : "";
            return cast + "lineMagic(" + literal(name) + ", java.util.List.<String>of(" + list + "))";
        }

        private String castTo(@Nullable String type) {
            return type == null || type.isEmpty() ? "" : "(" + type + ") ";
        }

        private int lengthToLineEnd() {
            int end = cell.indexOf('\n', at);
            return (end < 0 ? cell.length() : end) - at;
        }

        /// Copies a literal or comment up to and with its end, or up to the end of the line for
        /// a string or character that is never closed.
        private void copyThrough(String end, int opening) {
            boolean multiline = !end.equals("\"") && !end.equals("'");
            int index = at + opening;
            while (index < cell.length() && !cell.startsWith(end, index)) {
                if (cell.charAt(index) == '\n') {
                    if (!multiline) break;
                    line++;
                }
                boolean escape = cell.charAt(index) == '\\' && !end.equals("*/");
                index += escape && index + 1 < cell.length() && cell.charAt(index + 1) != '\n' ? 2 : 1;
            }
            int stop = index < cell.length() && cell.startsWith(end, index) ? index + end.length() : index;
            copy(stop - at);
        }

        private void copy(int length) {
            java.append(cell, at, Math.min(cell.length(), at + length));
            at += length;
        }

        private void endJava() {
            if (!java.isEmpty()) parts.add(new Part.Java(java.toString(), javaLine));
            java.setLength(0);
        }
    }
}
