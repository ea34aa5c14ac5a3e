package io.weft.kernel.assist;

import io.weft.kernel.assist.Brackets.Inside;
import io.weft.kernel.assist.Brackets.Open;
import io.weft.kernel.assist.Completeness.Status;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import jdk.jshell.SourceCodeAnalysis;

/// Tells whether code is whole, and how the next line of unfinished code is indented.
///
/// What brackets, literals and comments say needs no compiler; JShell's parser is asked about the rest. A cell
/// magic takes lines until a blank one. A blank line also ends code that lacks something other than a bracket,
/// so that the reader gets to see the compiler's complaint.
final class Wholeness {
    private static final String STEP = "    ";
    private static final Set<String> EXPECT_MORE = Set.of(
            "=",
            "+",
            "-",
            "*",
            "/",
            "%",
            ".",
            ",",
            "->",
            "::",
            "&&",
            "||",
            "&",
            "|",
            "^",
            "?",
            ":",
            "+=",
            "-=",
            "*=",
            "/=",
            "==",
            "!=",
            "<=",
            ">=",
            "<",
            "!",
            "@",
            "else",
            "do",
            "try",
            "finally",
            "new",
            "extends",
            "implements",
            "permits",
            "throws",
            "instanceof",
            "import",
            "static",
            "final",
            "public",
            "private",
            "protected",
            "abstract",
            "sealed",
            "volatile");

    /// What is in front of brackets that a body follows.
    private static final Set<String> HEADS = Set.of("if", "for", "while", "switch", "synchronized", "try", "catch");

    private final Session session;
    private final Predicate<String> lineMagic;

    Wholeness(Session session, Predicate<String> lineMagic) {
        this.session = session;
        this.lineMagic = lineMagic;
    }

    Completeness of(String code) {
        Tokens tokens = Tokens.of(code, lineMagic);
        List<Token> list = tokens.list();
        // what follows a cell magic need not be Java
        if (!list.isEmpty()
                && list.getFirst().isMagic()
                && list.getFirst().text().startsWith("%%")) return endsBlank(code) ? complete() : incomplete("");
        switch (tokens.open()) {
            case COMMENT, TEXT_BLOCK -> {
                return incomplete(indentOf(code, code.length()));
            }
            case STRING, CHARACTER -> {
                return new Completeness(Status.INVALID, "");
            }
            case NOTHING, LINE_COMMENT -> {
                // the tokens tell
            }
        }
        if (list.isEmpty()) return complete();
        if (list.getLast().isMagic()) return brackets(code, list).orElse(complete());
        Optional<Completeness> open = brackets(code, list);
        if (open.isPresent()) return open.get();
        if (endsBlank(code)) return complete();
        Piece last = Piece.cut(list).getLast();
        boolean wholeImport = last.kind() == Piece.Kind.IMPORT && list.getLast().is("*");
        boolean continues = EXPECT_MORE.contains(list.getLast().text()) && !wholeImport;
        String indent = indentOf(code, last.start()) + STEP;
        if (continues || lacksBody(last)) return incomplete(indent);
        return session.ask(analysis -> parsed(analysis, code.substring(last.start()), indent))
                .orElse(complete());
    }

    /// The answer as far as open brackets give it.
    private static Optional<Completeness> brackets(String code, List<Token> tokens) {
        List<Open> open = Brackets.of(tokens).open();
        if (open.isEmpty()) return Optional.empty();
        Open innermost = open.getLast();
        String indent = indentOf(code, tokens.get(innermost.index()).start()) + STEP;
        boolean inOldLabel = innermost.inside() == Inside.SWITCH
                && tokens.subList(innermost.index(), tokens.size()).stream().anyMatch(token -> token.is(":"))
                && !tokens.getLast().is("}");
        return Optional.of(incomplete(inOldLabel ? indent + STEP : indent));
    }

    /// Whether a statement ends behind its head, as `if (ready)` does.
    private static boolean lacksBody(Piece piece) {
        List<Token> tokens = piece.tokens();
        if (!tokens.getLast().is(")")) return false;
        int opening = Brackets.matching(tokens, tokens.size() - 1);
        if (opening < 1) return false;
        String before = tokens.get(opening - 1).text();
        boolean endOfLoop = before.equals("while") && tokens.getFirst().is("do");
        return HEADS.contains(before) && !endOfLoop;
    }

    private static Completeness parsed(SourceCodeAnalysis analysis, String code, String indent) {
        String rest = code;
        while (!rest.isBlank()) {
            var info = analysis.analyzeCompletion(rest);
            switch (info.completeness()) {
                case COMPLETE, COMPLETE_WITH_SEMI, CONSIDERED_INCOMPLETE -> {
                    if (info.remaining().length() >= rest.length()) return complete();
                    rest = info.remaining();
                }
                case DEFINITELY_INCOMPLETE -> {
                    return incomplete(indent);
                }
                case EMPTY -> {
                    return complete();
                }
                case UNKNOWN -> {
                    return new Completeness(Status.INVALID, "");
                }
            }
        }
        return complete();
    }

    private static Completeness complete() {
        return new Completeness(Status.COMPLETE, "");
    }

    private static Completeness incomplete(String indent) {
        return new Completeness(Status.INCOMPLETE, indent);
    }

    private static boolean endsBlank(String code) {
        int last = code.lastIndexOf('\n');
        return last >= 0 && code.substring(last).isBlank();
    }

    /// The white space at the start of the line in which an offset stands.
    private static String indentOf(String code, int offset) {
        int start = code.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
        int end = start;
        while (end < code.length() && (code.charAt(end) == ' ' || code.charAt(end) == '\t')) end++;
        return code.substring(start, end);
    }
}
