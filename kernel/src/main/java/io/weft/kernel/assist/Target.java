package io.weft.kernel.assist;

import java.util.ArrayList;
import java.util.List;
import javax.lang.model.SourceVersion;

/// A name in a cell that an inspection may be about.
///
/// @param word     the name's token
/// @param argument the argument at the cursor, if the cursor stands behind the name; else -1
record Target(Token word, int argument) {
    /// The name at the cursor, then those of the calls in whose arguments it stands, innermost first.
    static List<Target> at(List<Token> tokens, int cursor) {
        var targets = new ArrayList<Target>();
        var before = new ArrayList<Token>();
        for (Token token : tokens) {
            boolean at = token.isWord() && token.start() <= cursor && cursor <= token.end();
            if (at && !SourceVersion.isKeyword(token.text())) targets.add(new Target(token, -1));
            if (token.end() <= cursor && !(at && token.end() == cursor)) before.add(token);
        }
        var open = Brackets.of(before).open();
        for (Brackets.Open bracket : open.reversed()) {
            if (bracket.inside() != Brackets.Inside.PARENTHESES) continue;
            int name = nameBefore(before, bracket.index());
            if (name < 0) continue;
            targets.add(new Target(before.get(name), argument(before, bracket.index())));
        }
        // behind a name or a call that has ended
        if (targets.isEmpty() && !before.isEmpty()) {
            Token last = before.getLast();
            int opening = last.is(")") ? Brackets.matching(before, before.size() - 1) : -1;
            int name =
                    opening > 0 ? nameBefore(before, opening) : last.is(";") || last.is(".") ? before.size() - 2 : -1;
            if (name >= 0 && before.get(name).isWord()) targets.add(new Target(before.get(name), -1));
        }
        return targets;
    }

    /// The name before a bracket, be there type arguments between them; -1 if it is no call.
    private static int nameBefore(List<Token> tokens, int bracket) {
        int at = bracket - 1;
        if (at > 0 && tokens.get(at).is(">")) {
            int depth = 0;
            while (at >= 0) {
                if (tokens.get(at).is(">")) depth++;
                if (tokens.get(at).is("<") && --depth == 0) break;
                at--;
            }
            at--;
        }
        return at >= 0
                        && tokens.get(at).isWord()
                        && !SourceVersion.isKeyword(tokens.get(at).text())
                ? at
                : -1;
    }

    private static int argument(List<Token> tokens, int bracket) {
        int depth = 0;
        int commas = 0;
        for (Token token : tokens.subList(bracket + 1, tokens.size())) {
            if (token.is("(") || token.is("[") || token.is("{")) depth++;
            if (token.is(")") || token.is("]") || token.is("}")) depth--;
            if (token.is(",") && depth == 0) commas++;
        }
        return commas;
    }
}
