package io.weft.kernel.eval;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import javax.lang.model.SourceVersion;

/// The names in a piece of Java, found without a compiler: at times more than there are, never fewer.
final class Names {
    private static final Set<String> TYPE_KEYWORDS = Set.of("class", "interface", "enum", "record");
    private static final Set<String> PRIMITIVES =
            Set.of("boolean", "byte", "char", "double", "float", "int", "long", "short", "void");

    private final String code;
    private final Set<String> declared = new LinkedHashSet<>();

    private Names(String code) {
        this.code = code;
    }

    /// Every name in the code, those in its comments and strings included.
    static Set<String> in(String code) {
        var names = new HashSet<String>();
        int at = 0;
        while (at < code.length()) {
            if (Character.isJavaIdentifierStart(code.charAt(at))) {
                int end = endOfName(code, at);
                names.add(code.substring(at, end));
                at = end;
            } else at++;
        }
        return names;
    }

    /// The names that the code may declare: each that stands, outside of all brackets, where one can be declared.
    static Set<String> declaredBy(String code) {
        var names = new Names(code);
        names.scan();
        return names.declared;
    }

    private void scan() {
        int depth = 0;
        boolean afterType = false;
        int at = 0;
        while (at < code.length()) {
            char c = code.charAt(at);
            if (code.startsWith("//", at)) {
                at = end("\n", at + 2);
            } else if (code.startsWith("/*", at)) {
                at = end("*/", at + 2);
            } else if (code.startsWith("\"\"\"", at)) {
                at = endOfLiteral("\"\"\"", at + 3);
                afterType = false;
            } else if (c == '"' || c == '\'') {
                at = endOfLiteral(String.valueOf(c), at + 1);
                afterType = false;
            } else if (Character.isJavaIdentifierStart(c)) {
                int end = endOfName(code, at);
                String name = code.substring(at, end);
                boolean keyword = SourceVersion.isKeyword(name);
                if (depth == 0 && afterType && !keyword) declared.add(name);
                // a modifier or another keyword does not name a type, except those that do
                afterType = !keyword || PRIMITIVES.contains(name) || TYPE_KEYWORDS.contains(name);
                at = end;
            } else {
                if (c == '(' || c == '[' || c == '{') depth++;
                else if (c == ')' || c == ']' || c == '}') depth = Math.max(0, depth - 1);
                if (!Character.isWhitespace(c)) afterType = c == '>' || c == ']' || c == ',' || c == ')';
                at++;
            }
        }
    }

    private int end(String mark, int from) {
        int found = code.indexOf(mark, from);
        return found < 0 ? code.length() : found + mark.length();
    }

    private int endOfLiteral(String quote, int from) {
        int at = from;
        while (at < code.length() && !code.startsWith(quote, at)) at += code.charAt(at) == '\\' ? 2 : 1;
        return Math.min(code.length(), at + quote.length());
    }

    private static int endOfName(String code, int start) {
        int end = start + 1;
        while (end < code.length() && Character.isJavaIdentifierPart(code.charAt(end))) end++;
        return end;
    }
}
