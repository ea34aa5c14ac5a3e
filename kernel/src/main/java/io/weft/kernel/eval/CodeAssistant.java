package io.weft.kernel.eval;

import io.weft.kernel.display.Html;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.eval.Completeness.Status;
import io.weft.kernel.eval.Completion.Match;
import io.weft.kernel.magic.MagicException;
import io.weft.kernel.magic.MagicLexer;
import io.weft.kernel.magic.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Suggestion;

/// Answers a front end's questions about code that has not been run. Any thread.
final class CodeAssistant {
    private final JavaSession session;
    private final MagicLexer lexer;

    CodeAssistant(JavaSession session, MagicLexer lexer) {
        this.session = session;
        this.lexer = lexer;
    }

    Completion complete(String code, int codePoints) {
        int cursor = offset(code, codePoints);
        String magic = magicBefore(code, cursor);
        if (!magic.isEmpty()) return completeMagic(magic, codePoints);
        String java = withoutMagics(code);
        var anchor = new int[1];
        List<Suggestion> suggestions = session.ask(analysis -> analysis.completionSuggestions(java, cursor, anchor));
        if (suggestions.isEmpty()) {
            int start = lastPiece(java, cursor);
            suggestions = session.ask(
                    analysis -> analysis.completionSuggestions(java.substring(start), cursor - start, anchor));
            anchor[0] += start;
        }
        var matches = suggestions.stream()
                .sorted((left, right) -> Boolean.compare(right.matchesType(), left.matchesType()))
                .map(Suggestion::continuation)
                .distinct()
                .map(text -> new Match(text, kind(text), ""))
                .toList();
        if (matches.isEmpty()) return new Completion(codePoints, codePoints, List.of());
        return new Completion(code.codePointCount(0, anchor[0]), codePoints, matches);
    }

    private static String kind(String text) {
        if (text.endsWith("(") || text.endsWith("()")) return "function";
        if (Character.isUpperCase(text.charAt(0))) return "class";
        if (text.endsWith(".")) return "module";
        return "variable";
    }

    private Completion completeMagic(String line, int codePoints) {
        String word = line.substring(line.lastIndexOf(' ') + 1);
        var matches = session.magics().complete(line).stream()
                .map(text -> new Match(text, "magic", ""))
                .toList();
        return new Completion(codePoints - word.codePointCount(0, word.length()), codePoints, matches);
    }

    /// The text from a magic's `%` to the cursor, if the cursor stands in a magic's line; else empty.
    private static String magicBefore(String code, int cursor) {
        String line =
                code.substring(code.lastIndexOf('\n', cursor - 1) + 1, cursor).stripLeading();
        return line.startsWith("%") ? line : "";
    }

    /// The code with blanks in the place of lines that hold a magic, so that offsets stay what they are.
    private static String withoutMagics(String code) {
        return Stream.of(code.split("(?<=\n)"))
                .map(line -> line.stripLeading().startsWith("%")
                        ? " ".repeat(line.length() - (line.endsWith("\n") ? 1 : 0)) + (line.endsWith("\n") ? "\n" : "")
                        : line)
                .reduce("", String::concat);
    }

    /// Where the statement or declaration in which the cursor stands begins.
    private int lastPiece(String code, int cursor) {
        return session.ask(analysis -> {
            String rest = code.substring(0, cursor);
            while (!rest.isBlank()) {
                var info = analysis.analyzeCompletion(rest);
                if (!info.completeness().isComplete() || info.remaining().isBlank()) break;
                rest = info.remaining();
            }
            return cursor - rest.length();
        });
    }

    Optional<MimeBundle> inspect(String code, int codePoints) {
        int cursor = offset(code, codePoints);
        String magic = magicBefore(code, endOfWord(code, cursor));
        if (!magic.isEmpty()) return session.magics().help(magic).map(MimeBundle::text);
        String java = withoutMagics(code);
        int end = endOfWord(java, cursor);
        var documentation = session.ask(analysis -> {
            var found = documentation(analysis, java, end);
            return found.isEmpty() ? documentation(analysis, java, cursor) : found;
        });
        if (documentation.isEmpty()) return Optional.empty();
        var html = new StringBuilder();
        var text = new StringBuilder();
        for (var entry : documentation) {
            String javadoc = entry.javadoc() == null ? "" : plain(entry.javadoc());
            text.append(entry.signature())
                    .append("\n")
                    .append(javadoc.indent(4))
                    .append("\n");
            html.append("<p><code>")
                    .append(Html.escape(entry.signature()))
                    .append("</code></p><pre>")
                    .append(Html.escape(javadoc))
                    .append("</pre>");
        }
        return Optional.of(MimeBundle.html(html.toString(), text.toString()));
    }

    /// JShell documents a type for its name, and a method for the text up to its bracket.
    private static List<SourceCodeAnalysis.Documentation> documentation(
            SourceCodeAnalysis analysis, String code, int end) {
        var found = new ArrayList<SourceCodeAnalysis.Documentation>();
        String upTo = code.substring(0, end);
        for (String candidate : List.of(upTo, upTo + "("))
            if (found.isEmpty()) found.addAll(analysis.documentation(candidate, candidate.length(), true));
        return found;
    }

    private static int endOfWord(String code, int cursor) {
        int end = cursor;
        while (end < code.length() && Character.isJavaIdentifierPart(code.charAt(end))) end++;
        return end;
    }

    private static String plain(String javadoc) {
        return javadoc.replaceAll("\\{@(?:code|link|linkplain|literal)\\s+([^}]*)}", "$1")
                .replaceAll("<(?:p|br|li)[^>]*>", "\n")
                .replaceAll("</?[a-zA-Z][^>]*>", "")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&nbsp;", " ")
                .replace("&amp;", "&")
                .strip();
    }

    Completeness completeness(String code) {
        List<Part> parts;
        try {
            parts = lexer.split(code);
        } catch (MagicException openQuote) {
            return new Completeness(Status.INVALID, "");
        }
        if (parts.isEmpty() || !(parts.getLast() instanceof Part.Java(String source, int _)))
            return new Completeness(Status.COMPLETE, "");
        return session.ask(analysis -> {
            String rest = source;
            while (!rest.isBlank()) {
                var info = analysis.analyzeCompletion(rest);
                switch (info.completeness()) {
                    case COMPLETE, COMPLETE_WITH_SEMI, CONSIDERED_INCOMPLETE -> rest = info.remaining();
                    case DEFINITELY_INCOMPLETE -> {
                        return new Completeness(Status.INCOMPLETE, indent(source));
                    }
                    case EMPTY -> {
                        return new Completeness(Status.COMPLETE, "");
                    }
                    case UNKNOWN -> {
                        return new Completeness(Status.INVALID, "");
                    }
                }
            }
            return new Completeness(Status.COMPLETE, "");
        });
    }

    /// The indent of the last line, and a step more behind an opening bracket.
    private static String indent(String source) {
        String line = source.substring(source.stripTrailing().lastIndexOf('\n') + 1);
        String indent = line.substring(0, line.length() - line.stripLeading().length());
        return line.stripTrailing().endsWith("{") || line.stripTrailing().endsWith("(") ? indent + "    " : indent;
    }

    private static int offset(String code, int codePoints) {
        int count = Math.clamp(codePoints, 0, code.codePointCount(0, code.length()));
        return code.offsetByCodePoints(0, count);
    }
}
