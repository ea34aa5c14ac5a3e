package io.weft.kernel.assist;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The brackets that are open at the end of unfinished Java, outermost first.
///
/// @param open each with what it encloses
record Brackets(List<Open> open) {
    private static final Set<String> TYPE_WORDS = Set.of("class", "interface", "enum", "record");

    /// What stands between two brackets.
    enum Inside {
        PARENTHESES("(", ")"),
        INDEX("[", "]"),
        BLOCK("{", "}"),
        SWITCH("{", "}"),
        TYPE("{", "}"),
        ARRAY("{", "}");

        private final String opening;
        private final String closing;

        Inside(String opening, String closing) {
            this.opening = opening;
            this.closing = closing;
        }

        String opening() {
            return opening;
        }

        String closing() {
            return closing;
        }
    }

    /// An open bracket.
    ///
    /// @param inside what it encloses
    /// @param index  the index of its token
    record Open(Inside inside, int index) {}

    static Brackets of(List<Token> tokens) {
        Deque<Open> open = new ArrayDeque<>();
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.is("(")) open.addLast(new Open(Inside.PARENTHESES, i));
            else if (token.is("[")) open.addLast(new Open(Inside.INDEX, i));
            else if (token.is("{")) open.addLast(new Open(braces(tokens, i, open.peekLast()), i));
            else if (token.is(")") || token.is("]") || token.is("}")) close(open, token);
        }
        return new Brackets(new ArrayList<>(open));
    }

    /// Closes the nearest bracket of that form; what is open inside it was left unclosed by mistake.
    private static void close(Deque<Open> open, Token token) {
        boolean any = open.stream().anyMatch(one -> one.inside().closing().equals(token.text()));
        if (!any) return;
        while (!open.removeLast().inside().closing().equals(token.text())) {
            // an inner bracket that nobody closed
        }
    }

    private static Inside braces(List<Token> tokens, int index, @Nullable Open outer) {
        if (index == 0) return Inside.BLOCK;
        Token before = tokens.get(index - 1);
        boolean inArray = outer != null && outer.inside() == Inside.ARRAY && (before.is("{") || before.is(","));
        if (inArray || before.is("=") || before.is("]") || before.is("(")) return Inside.ARRAY;
        if (before.is("->")) return Inside.BLOCK;
        if (before.is(")")) {
            int opening = matching(tokens, index - 1);
            if (opening > 0 && tokens.get(opening - 1).is("switch")) return Inside.SWITCH;
            if (followsNew(tokens, opening)) return Inside.TYPE;
        }
        for (int i = index - 1; i >= 0; i--) {
            Token token = tokens.get(i);
            if (token.is(")")) i = Math.max(0, matching(tokens, i));
            if (token.is(";") || token.is("{") || token.is("}") || token.is("=") || token.is("(")) break;
            if (isTypeWord(tokens, i)) return Inside.TYPE;
        }
        return Inside.BLOCK;
    }

    /// Whether the token announces a type: `record` only before its name and what follows a name.
    static boolean isTypeWord(List<Token> tokens, int index) {
        Token token = tokens.get(index);
        if (!token.isWord() || !TYPE_WORDS.contains(token.text())) return false;
        if (index > 0 && tokens.get(index - 1).is(".")) return false;
        if (!token.is("record")) return true;
        return index + 1 < tokens.size()
                && tokens.get(index + 1).isWord()
                && (index + 2 >= tokens.size()
                        || tokens.get(index + 2).is("(")
                        || tokens.get(index + 2).is("<"));
    }

    /// The index of the bracket that the closing one at `index` closes; -1 if there is none.
    static int matching(List<Token> tokens, int index) {
        int depth = 0;
        for (int i = index; i >= 0; i--) {
            Token token = tokens.get(i);
            if (token.is(")") || token.is("]") || token.is("}")) depth++;
            if ((token.is("(") || token.is("[") || token.is("{")) && --depth == 0) return i;
        }
        return -1;
    }

    /// Whether the bracket at `index` holds the arguments of a constructor: `new Name<…>(`.
    private static boolean followsNew(List<Token> tokens, int index) {
        int depth = 0;
        for (int i = index - 1; i >= 0; i--) {
            Token token = tokens.get(i);
            if (token.is(">")) depth++;
            else if (token.is("<")) depth--;
            else if (token.is("new")) return true;
            else if (depth == 0 && !token.isWord() && !token.is(".")) return false;
            else if (depth == 0
                    && token.isWord()
                    && i > 0
                    && tokens.get(i - 1).isWord()
                    && !tokens.get(i - 1).is("new")) return false;
        }
        return false;
    }
}
