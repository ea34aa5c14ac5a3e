package io.weft.kernel.assist;

import java.util.List;
import java.util.Set;

/// Where the cursor stands in the Java of a cell, as far as the tokens before it tell.
///
/// @param before the tokens before the word at the cursor
record Position(Tokens before) {
    private static final Set<String> STATEMENT_WORDS = words("""
            var int long double boolean char byte short float if for while do switch try return throw
            break continue yield assert synchronized new this super final class interface record enum
            else catch finally case default import void static public private protected abstract
            sealed null true false""");
    private static final Set<String> EXPRESSION_WORDS = words("""
            new this super null true false switch int long double boolean char byte short float final
            instanceof var""");
    private static final Set<String> MEMBER_WORDS = words("""
            public private protected static final abstract sealed default synchronized volatile
            transient native void int long double boolean char byte short float class interface record
            enum""");
    /// What can follow a name or type.
    private static final Set<String> AFTER_NAME = words("instanceof extends implements permits throws when default");

    private static final Set<String> BEFORE_TYPE = words("extends implements throws instanceof permits final record &");
    private static final Set<String> BEFORE_EXPRESSION = words("""
            return throw new case else do yield assert instanceof extends implements throws permits
            final static public private protected abstract default sealed volatile synchronized
            transient native try finally when""");
    private static final Set<String> BEFORE_STATEMENT = words("""
            ; { } ) -> : else do try finally static public private protected final abstract""");

    private static Set<String> words(String text) {
        return Set.of(text.split("\\s+", 0));
    }

    private List<Token> tokens() {
        return before.list();
    }

    /// Whether the token before the word is this one.
    boolean follows(String text) {
        return !tokens().isEmpty() && tokens().getLast().is(text);
    }

    /// Whether the cursor touches a number, whose fraction is nothing to complete.
    boolean isInNumber() {
        return !tokens().isEmpty()
                && tokens().getLast().kind() == Token.Kind.NUMBER
                && tokens().getLast().end() == before.code().length();
    }

    /// Whether the word is the name of a class to be instantiated.
    boolean isAfterNew() {
        return isAfterNew(tokens());
    }

    /// Whether a name at the end of the tokens is that of a class to be instantiated.
    static boolean isAfterNew(List<Token> tokens) {
        int i = tokens.size() - 1;
        while (i > 0 && tokens.get(i).is(".") && tokens.get(i - 1).isWord()) i -= 2;
        return i >= 0 && tokens.get(i).is("new");
    }

    /// Whether the word is a switch label.
    boolean isInSwitchLabel() {
        return isInSwitchLabel(tokens());
    }

    /// Whether a name at the end of the tokens is a switch label.
    static boolean isInSwitchLabel(List<Token> tokens) {
        for (int i = tokens.size() - 1; i >= 0; i--) {
            Token token = tokens.get(i);
            if (token.is("case")) return true;
            if (!token.isWord() && !token.is(",") && !token.is(".")) return false;
        }
        return false;
    }

    /// Whether the word is the type that a `catch` takes.
    boolean isInCatch() {
        int size = tokens().size();
        return size > 1
                && tokens().get(size - 1).is("(")
                && tokens().get(size - 2).is("catch");
    }

    /// Whether only a type can stand here.
    boolean wantsType() {
        if (tokens().isEmpty()) return false;
        Token last = tokens().getLast();
        return isAfterNew() || isInCatch() || (last.isWord() && BEFORE_TYPE.contains(last.text()));
    }

    /// Whether the word would be a second one after a name: the name of a declaration, or `instanceof`.
    boolean followsName() {
        if (tokens().isEmpty()) return false;
        Token last = tokens().getLast();
        if (!last.isWord() || BEFORE_EXPRESSION.contains(last.text())) return false;
        return before.code().indexOf('\n', last.end()) < 0
                || !Brackets.of(tokens()).open().isEmpty()
                || !Piece.cut(tokens()).getLast().whole();
    }

    /// The words of the language that can stand here.
    Set<String> keywords() {
        if (followsName()) return AFTER_NAME;
        if (tokens().isEmpty()) return STATEMENT_WORDS;
        Token last = tokens().getLast();
        var open = Brackets.of(tokens()).open();
        if (!open.isEmpty() && open.getLast().inside() == Brackets.Inside.TYPE && !last.is("=")) return MEMBER_WORDS;
        return last.isMagic() || BEFORE_STATEMENT.contains(last.text()) ? STATEMENT_WORDS : EXPRESSION_WORDS;
    }
}
