package io.weft.kernel.assist;

import io.weft.kernel.assist.Brackets.Inside;
import io.weft.kernel.assist.Brackets.Open;
import io.weft.kernel.assist.Piece.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import javax.lang.model.SourceVersion;

/// A compilation unit that stands for an unfinished cell, so that the compiler can say what is what in it.
///
/// Declarations of the cell become members of one class and its statements the body of a method. Of what other
/// cells declared, only the names that occur are imported, so that a long session costs no more than a short one.
///
/// @param source   the compilation unit
/// @param cursor   where the cursor stands in it
/// @param inferred the variables without a stated type whose types are needed to complete it; empty if there are none
record Sketch(String source, int cursor, Set<String> inferred) {
    /// Stands for the word that is being completed.
    static final String MARK = "$weft$";

    /// The name of the class.
    static final String CLASS = "$Weft$";

    /// The method that holds the statements.
    static final String METHOD = "$do";

    /// Sketches the cell up to the cursor, with [#MARK] in the place of the word before it.
    ///
    /// @param before the tokens before that word
    /// @param all    the tokens of the whole cell
    /// @param types  the types found for variables without a stated type
    static Sketch ofPrefix(
            Notebook notebook, Tokens before, Tokens all, UnaryOperator<String> magicTypes, Map<String, String> types) {
        var builder = new Builder(notebook, all, magicTypes, types);
        List<Piece> pieces = Piece.cut(before.list());
        boolean goesOn = !pieces.isEmpty()
                && !pieces.getLast().whole()
                && pieces.getLast().kind() != Kind.MAGIC
                && pieces.getLast().kind() != Kind.IMPORT;
        List<Piece> complete = goesOn ? pieces.subList(0, pieces.size() - 1) : pieces;
        Kind kind = goesOn ? pieces.getLast().kind() : Kind.STATEMENT;
        List<Token> current = goesOn ? pieces.getLast().tokens() : List.of();
        int end = before.code().length();
        List<Piece> later = Piece.cut(all.list()).stream()
                .filter(piece -> piece.start() > end && piece.whole() && piece.isDeclaration())
                .toList();
        String text = builder.text(goesOn ? pieces.getLast().start() : end, end, before.list());
        // where no functional interface is known to be wanted, the compiler does not look at a method reference
        boolean reference = !current.isEmpty() && current.getLast().is("::");
        if (reference) text = text.substring(0, text.lastIndexOf("::")) + ".";
        String marked = text + MARK + closing(kind, current);
        return builder.build(complete, kind, marked, text.length(), later);
    }

    /// Sketches the whole cell.
    ///
    /// @param cursor an offset in the cell
    static Sketch ofWhole(
            Notebook notebook, Tokens all, int cursor, UnaryOperator<String> magicTypes, Map<String, String> types) {
        var builder = new Builder(notebook, all, magicTypes, types);
        List<Piece> pieces = Piece.cut(all.list());
        int index = 0;
        while (index + 1 < pieces.size() && pieces.get(index + 1).start() <= cursor) index++;
        if (pieces.isEmpty()) return builder.build(List.of(), Kind.STATEMENT, "", 0, List.of());
        Piece current = pieces.get(index);
        List<Piece> later = pieces.subList(index + 1, pieces.size()).stream()
                .filter(Piece::isDeclaration)
                .toList();
        int end = Math.max(current.end(), Math.min(all.since(), cursor));
        String text = builder.text(current.start(), end, all.list());
        String closed = current.whole() ? text : text + closing(current.kind(), current.tokens());
        int at = Math.clamp(cursor - current.start(), 0, text.length());
        return builder.build(pieces.subList(0, index), current.kind(), closed, at, later);
    }

    /// What makes unfinished Java whole enough for a parser.
    private static String closing(Kind kind, List<Token> tokens) {
        var text = new StringBuilder();
        List<Open> open = Brackets.of(tokens).open();
        text.append(afterMark(kind, tokens, open));
        boolean body = false;
        boolean label = Position.isInSwitchLabel(tokens);
        for (Open bracket : open.reversed()) {
            boolean block = bracket.inside() == Inside.BLOCK
                    || (bracket.inside() == Inside.SWITCH && !(label && bracket.equals(open.getLast())));
            text.append(block ? ";" : "").append(bracket.inside().closing());
            if (bracket.inside() == Inside.TYPE) body = true;
        }
        boolean hasBody = body || open.stream().anyMatch(one -> one.inside() == Inside.BLOCK);
        if (kind == Kind.TYPE && !hasBody) return text + " {}";
        if (kind == Kind.METHOD && !hasBody) return text + " { throw null; }";
        return kind == Kind.TYPE || kind == Kind.METHOD ? text.toString() : text + ";";
    }

    private static String afterMark(Kind kind, List<Token> tokens, List<Open> open) {
        if (tokens.isEmpty()) return "";
        Token last = tokens.getLast();
        if (Position.isAfterNew(tokens)) return "()";
        Open innermost = open.isEmpty() ? null : open.getLast();
        if (last.is("@")) return " Object $v";
        if (innermost == null) return "";
        int index = innermost.index();
        boolean inParentheses = innermost.inside() == Inside.PARENTHESES;
        if (inParentheses && index > 0 && tokens.get(index - 1).is("catch")) return " $v";
        boolean signature = inParentheses && open.size() == 1 && (kind == Kind.METHOD || kind == Kind.TYPE);
        if (signature && (last.is("(") || last.is(",") || last.is("final"))) return " $v";
        boolean label = Position.isInSwitchLabel(tokens);
        if (innermost.inside() == Inside.SWITCH && label) return " -> {}";
        if (innermost.inside() == Inside.TYPE
                && (last.is("{") || last.is("}") || last.is(";") || (last.isWord() && isModifier(last)))) return " $v;";
        return innermost.inside() == Inside.TYPE ? ";" : "";
    }

    private static boolean isModifier(Token token) {
        return Set.of("public", "private", "protected", "static", "final", "abstract", "volatile", "default")
                .contains(token.text());
    }

    private record Builder(Notebook notebook, Tokens all, UnaryOperator<String> magicTypes, Map<String, String> types) {
        /// A stretch of the cell in which magics that give a value are replaced by an expression of its type.
        String text(int from, int end, List<Token> tokens) {
            var text = new StringBuilder();
            int at = from;
            for (Token token : tokens) {
                if (!token.isMagic() || token.start() < from || token.end() > end) continue;
                text.append(all.code(), at, token.start());
                String type = magicTypes.apply(magicName(token));
                text.append(type.isEmpty() ? "null" : "(" + type + ") null").append(";");
                at = token.end();
            }
            return text.append(all.code(), Math.min(at, end), end).toString();
        }

        Sketch build(List<Piece> complete, Kind kind, String current, int cursor, List<Piece> later) {
            var source = new StringBuilder("package REPL;\n");
            notebook.imports().forEach(line -> source.append(line).append('\n'));
            importUsed(source);
            for (Piece piece : complete)
                if (piece.kind() == Kind.IMPORT) source.append(plain(piece)).append(piece.whole() ? "\n" : ";\n");
            source.append("class ").append(CLASS).append(" {\n");
            boolean declaration = kind == Kind.TYPE || kind == Kind.METHOD;
            var inferred = new HashSet<String>();
            var variables = new TreeMap<String, String>();
            for (Piece piece : complete) collect(piece, variables, inferred);
            for (Piece piece : complete) if (piece.isDeclaration()) documented(source, piece);
            for (Piece piece : later) documented(source, piece);
            if (declaration) {
                variables.forEach((name, type) -> source.append("static ")
                        .append(type)
                        .append(' ')
                        .append(name)
                        .append(";\n"));
                int start = member(source, current);
                return new Sketch(source.append("\n}\n").toString(), start + cursor, inferred);
            }
            source.append("static Object ").append(METHOD).append("() throws Throwable {\n");
            for (Piece piece : complete) statement(source, piece);
            int start = source.length();
            source.append(current).append("\n}\n}\n");
            return new Sketch(source.toString(), start + cursor, Set.of());
        }

        private void importUsed(StringBuilder source) {
            var words = new HashSet<String>();
            for (Token token : all.list()) if (token.isWord()) words.add(token.text());
            for (Declared declared : notebook.declared()) {
                if (!words.contains(declared.name())) continue;
                source.append(declared.kind() == Declared.Kind.TYPE ? "import " : "import static ")
                        .append(declared.wrapper())
                        .append('.')
                        .append(declared.name())
                        .append(";\n");
            }
        }

        private String plain(Piece piece) {
            return text(piece.start(), piece.end(), piece.tokens());
        }

        /// Adds a declaration with the comments above it.
        private void documented(StringBuilder source, Piece piece) {
            int previous = 0;
            for (Token token : all.list()) if (token.end() <= piece.start()) previous = token.end();
            source.append(all.code(), previous, piece.start());
            member(source, plain(piece));
        }

        /// Adds a declaration as a static member.
        ///
        /// @return where its text starts
        private static int member(StringBuilder source, String text) {
            boolean marked = text.startsWith("static ") || text.startsWith("public static ");
            source.append(marked ? "" : "static ");
            int start = source.length();
            source.append(text).append('\n');
            return start;
        }

        private void collect(Piece piece, Map<String, String> variables, Set<String> inferred) {
            if (piece.kind() == Kind.MAGIC) {
                String type = magicTypes.apply(magicName(piece.tokens().getFirst()));
                if (!type.isEmpty()) variables.put(magicVariable(piece.tokens().getFirst()), type);
            } else if (piece.kind() == Kind.VARIABLE && piece.type().equals("var")) {
                String type = types.get(piece.name());
                if (type == null) inferred.add(piece.name());
                else variables.put(piece.name(), type);
            } else if (piece.kind() == Kind.VARIABLE) variables.put(piece.name(), piece.type());
        }

        private void statement(StringBuilder source, Piece piece) {
            switch (piece.kind()) {
                case MAGIC -> {
                    Token magic = piece.tokens().getFirst();
                    String type = magicTypes.apply(magicName(magic));
                    if (!type.isEmpty())
                        source.append(type)
                                .append(' ')
                                .append(magicVariable(magic))
                                .append(" = null;\n");
                }
                case VARIABLE, STATEMENT -> source.append(plain(piece)).append(piece.whole() ? "\n" : ";\n");
                case IMPORT, TYPE, METHOD -> {
                    // they stand elsewhere
                }
            }
        }

        private static String magicName(Token magic) {
            return magic.text().replaceFirst("^%+", "").replaceFirst("(?s)\\W.*", "");
        }

        /// The variable in which a magic leaves what it gives: the first argument, or named like the magic.
        private static String magicVariable(Token magic) {
            String[] words = magic.text().replace(";", " ").strip().split("\\s+", -1);
            boolean named = words.length > 1 && SourceVersion.isName(words[1]) && words[1].indexOf('.') < 0;
            return named ? words[1] : magicName(magic);
        }
    }
}
