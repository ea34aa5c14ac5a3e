package io.weft.kernel.eval;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One declaration or statement of a cell.
///
/// @param code  its text, from its first character or the comment above it
/// @param start where it stands in the text that it was cut from
record Piece(String code, int start) {
    private static final Pattern VOLATILE =
            Pattern.compile("(?s)\\A(?:(?:public|protected|private|static|transient)\\s+)*volatile\\s.*");
    private static final Pattern COMMENT = Pattern.compile("(?s)//[^\n]*|/\\*.*?\\*/");
    private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|record|enum)\\s+(\\w+)");
    private static final Pattern METHOD = Pattern.compile("(?s)[^=({]*?(\\w+)\\s*\\([^={]*\\{.*");
    private static final Pattern VARIABLE = Pattern.compile("(?s)[^=;]*?(\\w+)\\s*(?:\\[\\s*]\\s*)*(?:[=;].*)?");

    /// Whether it declares a volatile variable: JShell drops that modifier without a word.
    boolean declaresVolatile() {
        return VOLATILE.matcher(code).matches();
    }

    /// What stands before the body of a type or method.
    String header() {
        int body = code.indexOf('{');
        return body < 0 ? code : code.substring(0, body);
    }

    /// The name that it declares, if it is a declaration; of a statement, any text.
    String declaredName() {
        String bare = COMMENT.matcher(code).replaceAll(" ").strip();
        int body = bare.indexOf('{');
        Matcher type = TYPE.matcher(body < 0 ? bare : bare.substring(0, body));
        if (type.find()) return type.group(1);
        Matcher method = METHOD.matcher(bare);
        if (method.matches()) return method.group(1);
        Matcher variable = VARIABLE.matcher(bare);
        return variable.matches() ? variable.group(1) : "";
    }

    /// Where the initializer of a variable starts in the code; 0 where there is none.
    int initializer() {
        int depth = 0;
        for (int i = 0; i < code.length(); i++) {
            char c = code.charAt(i);
            if (code.startsWith("//", i)) i = end(code.indexOf('\n', i));
            else if (code.startsWith("/*", i)) i = end(code.indexOf("*/", i) + 1);
            else if (c == '(' || c == '[' || c == '{') depth++;
            else if (c == ')' || c == ']' || c == '}') depth--;
            else if (c == '=' && depth == 0) return afterBlanks(i + 1);
        }
        return 0;
    }

    private int end(int found) {
        return found <= 0 ? code.length() : found;
    }

    private int afterBlanks(int from) {
        int at = from;
        while (at < code.length() && Character.isWhitespace(code.charAt(at))) at++;
        return at;
    }
}
