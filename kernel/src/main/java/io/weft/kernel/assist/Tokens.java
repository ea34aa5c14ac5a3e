package io.weft.kernel.assist;

import io.weft.kernel.assist.Token.Kind;
import io.weft.kernel.magic.MagicArguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// A cell, or the part of it before the cursor, cut into tokens; whole or not.
///
/// @param code  the text
/// @param list  its tokens, without comments
/// @param open  what the text ends inside of
/// @param since where that began; the length of the text if nothing is open
record Tokens(String code, List<Token> list, Open open, int since) {
    private static final Set<String> OPERATORS = Set.of(
            "->", "::", "++", "--", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "|=", "&=");

    /// What a text can end inside of.
    enum Open {
        NOTHING,
        LINE_COMMENT,
        COMMENT,
        STRING,
        TEXT_BLOCK,
        CHARACTER
    }

    /// Reads a text.
    ///
    /// @param lineMagic whether a name is that of a line magic
    static Tokens of(String code, Predicate<String> lineMagic) {
        return new Scan(code, lineMagic).run();
    }

    boolean isOpen() {
        return open != Open.NOTHING;
    }

    private static final class Scan {
        private final String code;
        private final Predicate<String> lineMagic;
        private final List<Token> tokens = new ArrayList<>();
        private int at;
        private int depth;

        Scan(String code, Predicate<String> lineMagic) {
            this.code = code;
            this.lineMagic = lineMagic;
        }

        Tokens run() {
            while (at < code.length()) {
                char c = code.charAt(at);
                if (Character.isWhitespace(c)) at++;
                else if (code.startsWith("//", at)) {
                    int end = code.indexOf('\n', at);
                    if (end < 0) return ended(Open.LINE_COMMENT, at);
                    at = end;
                } else if (code.startsWith("/*", at)) {
                    int end = code.indexOf("*/", at + 2);
                    if (end < 0) return ended(Open.COMMENT, at);
                    at = end + 2;
                } else if (c == '%' && startsMagic()) {
                    int end = code.indexOf('\n', at);
                    String line = code.substring(at, end < 0 ? code.length() : end);
                    add(Kind.MAGIC, at + (depth > 0 ? MagicArguments.closingBrace(line) : line.length()));
                } else if (code.startsWith("\"\"\"", at)) {
                    int end = closing("\"\"\"", at + 3);
                    if (end < 0) return ended(Open.TEXT_BLOCK, at);
                    add(Kind.STRING, end);
                } else if (c == '"' || c == '\'') {
                    int end = closing(String.valueOf(c), at + 1);
                    if (end < 0) return ended(c == '"' ? Open.STRING : Open.CHARACTER, at);
                    add(Kind.STRING, end);
                } else if (Character.isJavaIdentifierStart(c) || Character.isHighSurrogate(c)) {
                    int end = at + Character.charCount(code.codePointAt(at));
                    while (end < code.length() && Character.isJavaIdentifierPart(code.codePointAt(end)))
                        end += Character.charCount(code.codePointAt(end));
                    add(Kind.WORD, end);
                } else if (Character.isDigit(c)) number();
                else operator(c);
            }
            return ended(Open.NOTHING, code.length());
        }

        private Tokens ended(Open open, int since) {
            return new Tokens(code, List.copyOf(tokens), open, since);
        }

        private void add(Kind kind, int end) {
            tokens.add(new Token(kind, at, code.substring(at, end)));
            at = end;
        }

        private void number() {
            int end = at;
            while (end < code.length()
                    && (Character.isLetterOrDigit(code.charAt(end))
                            || code.charAt(end) == '_'
                            || (code.charAt(end) == '.' && end + 1 < code.length() && isDigit(end + 1)))) end++;
            add(Kind.NUMBER, end);
        }

        private boolean isDigit(int index) {
            return Character.isDigit(code.charAt(index));
        }

        private void operator(char c) {
            if ("([{".indexOf(c) >= 0) depth++;
            if (")]}".indexOf(c) >= 0) depth = Math.max(0, depth - 1);
            boolean two = at + 1 < code.length() && OPERATORS.contains(code.substring(at, at + 2));
            add(Kind.OPERATOR, at + (two ? 2 : 1));
        }

        /// The end of a literal; -1 if the text ends inside it. A string that ends with its line is closed there.
        private int closing(String quotes, int from) {
            int index = from;
            while (index < code.length() && !code.startsWith(quotes, index)) {
                if (quotes.length() == 1 && code.charAt(index) == '\n') return index;
                index += code.charAt(index) == '\\' ? 2 : 1;
            }
            return index < code.length() ? index + quotes.length() : -1;
        }

        private boolean startsMagic() {
            int name = at + 1 < code.length() && code.charAt(at + 1) == '%' ? at + 2 : at + 1;
            if (name < code.length()
                    && code.charAt(name) != '\n'
                    && !Character.isJavaIdentifierStart(code.charAt(name))) return false;
            if (name == at + 2) return tokens.isEmpty();
            Token before = tokens.isEmpty() ? null : tokens.getLast();
            int lineStart = code.lastIndexOf('\n', at - 1) + 1;
            if (!code.substring(lineStart, at).isBlank())
                return before != null && (before.is("=") || before.is(";") || before.is("{")) && name < code.length();
            if (before == null || before.isMagic() || before.is(";") || before.is("{") || before.is("}")) return true;
            int end = name;
            while (end < code.length() && Character.isJavaIdentifierPart(code.charAt(end))) end++;
            return at == lineStart && depth == 0 && lineMagic.test(code.substring(name, end));
        }
    }
}
