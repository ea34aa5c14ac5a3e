package io.weft.kernel.magic;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How the text behind a magic's name is cut into arguments.
public final class MagicArguments {
    private static final Pattern QUOTED = Pattern.compile("\\\\.|\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'");
    /// A comment behind words, or the semicolon that ends them.
    private static final Pattern END_OF_WORDS = Pattern.compile("\\s//|(;)(?=\\s+(?!//)\\S)");

    private static final Pattern OPTION = Pattern.compile("-(?:[a-zA-Z]\\w*|-[a-zA-Z][\\w-]*)(?:=\\S*)?");

    private MagicArguments() {}

    /// Cuts the text after a magic's name into arguments: separated by white space, except
    /// inside `"…"` or `'…'`; a backslash takes the next quote, backslash or space as it is. Two slashes
    /// behind white space begin a comment.
    ///
    /// @throws MagicException if a quote is never closed
    public static List<String> of(String text) {
        var arguments = new ArrayList<String>();
        var current = new StringBuilder();
        boolean inside = false;
        char quote = 0;
        int opened = 0;
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
                opened = i;
                inside = true;
            } else if (Character.isWhitespace(c)) {
                if (inside) arguments.add(current.toString());
                current.setLength(0);
                inside = false;
            } else if ((!inside && text.startsWith("//", i)) || (c == ';' && isEnd(text, i + 1))) {
                break;
            } else {
                current.append(c);
                inside = true;
            }
        }
        if (quote != 0)
            throw new MagicException(
                    "the quote %c is opened but never closed: %s  Close it, or write \\%c for the character itself."
                            .formatted(quote, text.substring(opened).strip(), quote));
        if (inside) arguments.add(current.toString());
        return List.copyOf(arguments);
    }

    private static boolean isEnd(String text, int from) {
        String rest = text.substring(from).strip();
        return rest.isEmpty() || rest.startsWith("//");
    }

    private static boolean isEscapable(char c) {
        return c == '"' || c == '\'' || c == '\\' || c == ' ';
    }

    /// Cuts off the options at the start; the rest is one argument, as it is.
    static List<String> optionsAndCode(String text) {
        var arguments = new ArrayList<String>();
        String rest = text.strip();
        while (rest.startsWith("-")) {
            String word = firstWord(rest);
            if (word.equals("--")) {
                rest = rest.substring(word.length()).strip();
                break;
            }
            if (!OPTION.matcher(word).matches()) break;
            arguments.add(word);
            rest = rest.substring(word.length()).strip();
            String value = firstWord(rest);
            if (word.matches("-[a-zA-Z]|--[a-zA-Z][\\w-]*") && value.matches("\\d+")) {
                arguments.add(value);
                rest = rest.substring(value.length()).strip();
            }
        }
        if (!rest.isEmpty()) {
            // so that picocli takes no part of the code for an option
            arguments.add("--");
            arguments.add(rest);
        }
        return List.copyOf(arguments);
    }

    private static String firstWord(String text) {
        int end = 0;
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) end++;
        return text.substring(0, end);
    }

    /// Where the brace stands that closes a block around the text; the text's length if none does.
    public static int closingBrace(String text) {
        int open = 0;
        String bare = withoutQuoted(text);
        for (int i = 0; i < bare.length(); i++) {
            if (bare.charAt(i) == '{') open++;
            else if (bare.charAt(i) == '}' && open-- == 0) return i;
        }
        return text.length();
    }

    /// The text with blanks in place of what stands in quotes.
    private static String withoutQuoted(String text) {
        return QUOTED.matcher(text).replaceAll(quoted -> "_".repeat(quoted.end() - quoted.start()));
    }

    /// Where words end with a semicolon behind which there is more; -1 where they do not.
    static int semicolon(String text) {
        Matcher end = END_OF_WORDS.matcher(withoutQuoted(text));
        return end.find() && end.group(1) != null ? end.start(1) : -1;
    }
}
