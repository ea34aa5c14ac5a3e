package io.weft.kernel.assist;

import io.weft.kernel.assist.Candidates.Group;
import io.weft.kernel.assist.Completion.Match;
import io.weft.kernel.magic.Magic;
import io.weft.kernel.magic.MagicException;
import io.weft.kernel.magic.MagicLexer;
import io.weft.kernel.magic.MagicRegistry;
import io.weft.kernel.magic.Part;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Completes lines that are neither Java nor `%name`: files in commands of the shell, and magics behind `?`.
final class ShortForms {
    private static final Pattern QUESTION = Pattern.compile("\\?(%{0,2}\\w*)");
    private static final Pattern FIRST_WORD = Pattern.compile("(?:.*[=\\s])?(?:!|%s[hx]\\s+)");
    private static final Pattern CALL = Pattern.compile("(?s).*\\blineMagic\\(\"s[hx]\", [^\n]*");

    private final MagicRegistry magics;

    ShortForms(MagicRegistry magics) {
        this.magics = magics;
    }

    /// What a word can be.
    ///
    /// @param start where the part of the word stands that a match replaces
    record Found(int start, List<Match> matches) {}

    /// What the word at the end of a text can be; empty where it stands in Java or behind `%name`.
    Optional<Found> complete(Notebook notebook, String text) {
        int lineStart = text.lastIndexOf('\n') + 1;
        String line = text.substring(lineStart);
        Matcher question = QUESTION.matcher(line);
        if (question.matches()) return asked(text, lineStart + question.start(1), question.group(1));
        if (!line.contains("!") && !text.contains("%")) return Optional.empty();
        return isCommand(notebook, text) ? files(text, line) : Optional.empty();
    }

    private Optional<Found> asked(String text, int start, String typed) {
        List<Token> before =
                Tokens.of(text.substring(0, start - 1), magics::isLineMagic).list();
        boolean between = before.isEmpty()
                || before.getLast().isMagic()
                || before.getLast().is(";")
                || before.getLast().is("}");
        if (!between) return Optional.empty();
        var found = new Candidates(typed);
        for (Magic magic : magics.all())
            found.add(typed.startsWith("%") ? magic.fullName() : magic.name(), "magic", "", Group.LOCAL);
        return Optional.of(new Found(start, found.matches()));
    }

    private boolean isCommand(Notebook notebook, String text) {
        List<Part> parts;
        try {
            parts = new MagicLexer(
                            magics,
                            name -> notebook.declared().stream()
                                    .anyMatch(declared -> declared.name().equals(name)))
                    .split(text);
        } catch (MagicException openQuote) {
            return false;
        }
        return !parts.isEmpty()
                && switch (parts.getLast()) {
                    case Part.LineMagic magic ->
                        magic.name().equals("sh") || magic.name().equals("sx");
                    case Part.CellMagic magic ->
                        magic.name().equals("sh") || magic.name().equals("bash");
                    case Part.Java java -> CALL.matcher(java.source()).matches();
                };
    }

    private static Optional<Found> files(String text, String line) {
        int at = line.length();
        while (at > 0
                && "\"'=<>|;&(:`".indexOf(line.charAt(at - 1)) < 0
                && !Character.isWhitespace(line.charAt(at - 1))) at--;
        if (at == 0 && line.startsWith("!")) at = 1;
        String word = line.substring(at);
        int slash = word.lastIndexOf('/');
        boolean first = FIRST_WORD.matcher(line.substring(0, at)).matches();
        if (first && slash < 0) return Optional.empty();
        var found = new Candidates(word.substring(slash + 1));
        boolean home = word.startsWith("~/");
        FileNames.complete(
                Path.of(home ? System.getProperty("user.home") : ""), home ? word.substring(2) : word, found);
        return Optional.of(new Found(text.length() - found.prefix().length(), found.matches()));
    }
}
