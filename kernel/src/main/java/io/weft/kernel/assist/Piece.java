package io.weft.kernel.assist;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A declaration, statement, import or magic at the top level of a cell, whole or not.
///
/// @param kind   what it is
/// @param tokens its tokens
/// @param whole  whether it has its end
/// @param type   of a variable, its type as written; else empty
/// @param name   of a declaration, its name; else empty
record Piece(Kind kind, List<Token> tokens, boolean whole, String type, String name) {
    private static final Set<String> MODIFIERS = Set.of(
            "public",
            "private",
            "protected",
            "static",
            "final",
            "abstract",
            "sealed",
            "strictfp",
            "default",
            "synchronized",
            "volatile",
            "transient",
            "native");
    private static final Set<String> COMPOUND =
            Set.of("if", "for", "while", "do", "try", "switch", "synchronized", "{");
    private static final Set<String> NO_TYPE = Set.of(
            "return",
            "throw",
            "break",
            "continue",
            "yield",
            "assert",
            "new",
            "this",
            "super",
            "case",
            "else",
            "instanceof");

    /// What a piece is.
    enum Kind {
        IMPORT,
        TYPE,
        METHOD,
        VARIABLE,
        STATEMENT,
        MAGIC
    }

    int start() {
        return tokens.getFirst().start();
    }

    int end() {
        return tokens.getLast().end();
    }

    boolean isDeclaration() {
        return kind == Kind.TYPE || kind == Kind.METHOD;
    }

    /// Cuts a cell into its pieces.
    static List<Piece> cut(List<Token> tokens) {
        var pieces = new ArrayList<Piece>();
        int at = 0;
        while (at < tokens.size()) {
            Piece piece = new Cut(tokens, at).piece();
            pieces.add(piece);
            at += piece.tokens().size();
        }
        return pieces;
    }

    private static final class Cut {
        private final List<Token> tokens;
        private final int from;
        private Kind kind = Kind.STATEMENT;
        private String type = "";
        private String name = "";

        Cut(List<Token> tokens, int from) {
            this.tokens = tokens;
            this.from = from;
        }

        Piece piece() {
            if (tokens.get(from).isMagic()) {
                kind = Kind.MAGIC;
                return cutAt(from + 1, true);
            }
            int head = afterModifiers();
            if (head >= tokens.size()) return cutAt(tokens.size(), false);
            if (is(head, "import") || is(head, "package")) {
                kind = Kind.IMPORT;
                return endOfImport(head);
            }
            if (is(head, "@") || Brackets.isTypeWord(tokens, head)) {
                kind = Kind.TYPE;
                name = wordAt(is(head, "@") ? head + 2 : head + 1);
                return endOfBody(head);
            }
            typed(head);
            return kind == Kind.METHOD ? endOfBody(head) : endOfStatement(head);
        }

        private Piece cutAt(int end, boolean whole) {
            return new Piece(kind, List.copyOf(tokens.subList(from, end)), whole, type, name);
        }

        private boolean is(int index, String text) {
            return index < tokens.size() && tokens.get(index).is(text);
        }

        private boolean isWord(int index) {
            return index < tokens.size() && tokens.get(index).isWord();
        }

        private String wordAt(int index) {
            return isWord(index) ? tokens.get(index).text() : "";
        }

        private int afterModifiers() {
            int at = from;
            while (at < tokens.size()) {
                if (is(at, "@") && !is(at + 1, "interface")) {
                    at += 2;
                    while (is(at, ".")) at += 2;
                    if (is(at, "(")) at = afterBracket(at);
                } else if (is(at, "non") && is(at + 1, "-")) at += 3;
                else if (isWord(at)
                        && MODIFIERS.contains(tokens.get(at).text())
                        && !(is(at, "synchronized") && is(at + 1, "("))) at++;
                else break;
            }
            return at;
        }

        /// The index after the bracket that closes the one at `index`; the end if none does.
        private int afterBracket(int index) {
            int depth = 0;
            for (int i = index; i < tokens.size(); i++) {
                if (is(i, "(") || is(i, "[") || is(i, "{")) depth++;
                if ((is(i, ")") || is(i, "]") || is(i, "}")) && --depth <= 0) return i + 1;
            }
            return tokens.size();
        }

        /// Looks for `Type name` and what follows.
        private void typed(int head) {
            int at = is(head, "<") ? afterTypeArguments(head) : head;
            if (!isWord(at)
                    || NO_TYPE.contains(tokens.get(at).text())
                    || COMPOUND.contains(tokens.get(at).text())) return;
            int end = at + 1;
            while (is(end, ".") && isWord(end + 1)) end += 2;
            if (is(end, "<")) end = afterTypeArguments(end);
            while (is(end, "[") && is(end + 1, "]")) end += 2;
            if (!isWord(end) || is(end, "instanceof")) return;
            boolean method = is(end + 1, "(");
            boolean variable = end + 1 >= tokens.size()
                    || is(end + 1, "=")
                    || is(end + 1, ";")
                    || is(end + 1, ",")
                    || is(end + 1, "[")
                    || tokens.get(end + 1).isMagic();
            if (!method && !variable) return;
            kind = method ? Kind.METHOD : Kind.VARIABLE;
            name = tokens.get(end).text();
            var words = new StringBuilder();
            for (int i = at; i < end; i++)
                words.append(tokens.get(i).text()).append(isWord(i) && isWord(i + 1) ? " " : "");
            type = words.toString().strip();
        }

        private int afterTypeArguments(int index) {
            int depth = 0;
            for (int i = index; i < tokens.size(); i++) {
                Token token = tokens.get(i);
                if (token.is("<")) depth++;
                else if (token.is(">") && --depth == 0) return i + 1;
                else if (!token.isWord() && ".,?&[]@<>".indexOf(token.text().charAt(0)) < 0) return index;
            }
            return tokens.size();
        }

        private Piece endOfImport(int head) {
            for (int i = head + 1; i < tokens.size(); i++) {
                if (is(i, ";")) return cutAt(i + 1, true);
                Token token = tokens.get(i);
                boolean goesOn =
                        token.is(".") || token.is("*") || tokens.get(i - 1).is(".");
                boolean words = token.isWord() && (is(i - 1, "import") || is(i - 1, "static") || is(i - 1, "module"));
                if (!goesOn && !words) return cutAt(i, true);
            }
            return cutAt(tokens.size(), false);
        }

        private Piece endOfBody(int head) {
            for (int i = head; i < tokens.size(); i++) {
                if (is(i, "(") || is(i, "[")) i = afterBracket(i) - 1;
                else if (is(i, "{")) {
                    int end = afterBracket(i);
                    boolean closed = end < tokens.size()
                            || (is(end - 1, "}")
                                    && Brackets.of(tokens.subList(from, end))
                                            .open()
                                            .isEmpty());
                    return cutAt(end, closed);
                } else if (is(i, ";")) return cutAt(i + 1, true);
            }
            return cutAt(tokens.size(), false);
        }

        private Piece endOfStatement(int head) {
            boolean compound = COMPOUND.contains(tokens.get(head).text());
            boolean loop = is(head, "do");
            for (int i = head; i < tokens.size(); i++) {
                if (i > from && tokens.get(i).isMagic()) {
                    if (!is(i - 1, "=")) return cutAt(i, true);
                    return cutAt(i + 1, true);
                }
                boolean block = is(i, "{");
                if (is(i, "(") || is(i, "[") || block) {
                    int end = afterBracket(i);
                    if (end >= tokens.size()
                            && !Brackets.of(tokens.subList(i, end)).open().isEmpty())
                        return cutAt(tokens.size(), false);
                    i = end - 1;
                    if (block && compound && !goesOn(i + 1, loop)) return cutAt(i + 1, true);
                } else if (is(i, ";") && !(compound && goesOn(i + 1, loop))) return cutAt(i + 1, true);
            }
            return cutAt(tokens.size(), false);
        }

        private boolean goesOn(int index, boolean loop) {
            return is(index, "else") || is(index, "catch") || is(index, "finally") || (loop && is(index, "while"));
        }
    }
}
