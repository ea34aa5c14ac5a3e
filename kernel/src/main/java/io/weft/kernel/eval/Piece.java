package io.weft.kernel.eval;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One declaration or statement of a cell.
///
/// @param code       its text, from its first character or the comment above it, as the compiler gets it
/// @param start      where it stands in the text that it was cut from
/// @param insertions what the kernel has put into it, in that order
/// @param madeVolatile whether the kernel has taken the word `volatile` out of it
record Piece(String code, int start, List<Insertion> insertions, boolean madeVolatile) {
    /// In bytes: what the class file format has room for.
    private static final int LONGEST_CONSTANT = 65_535;

    private static final String MODIFIERS =
            "(?:@[\\w.]+\\s*(?:\\([^)]*\\))?\\s*|(?:public|protected|private|static|final|transient|volatile|synchronized|strictfp)\\s+)*?";
    private static final Pattern VOLATILE = Pattern.compile("(?s)\\A\\s*" + MODIFIERS + "volatile\\s.*");
    private static final Pattern FINAL = Pattern.compile("(?s)\\A\\s*" + MODIFIERS + "final\\s.*");
    private static final Pattern VOLATILE_VAR = Pattern.compile("\\s*" + MODIFIERS + "(volatile)\\s+var\\s");
    private static final Pattern SYNCHRONIZED = Pattern.compile("\\s*" + MODIFIERS + "(synchronized)\\s+(?=[^\\s(])");
    private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|record|enum)\\s+(\\w+)");
    private static final Pattern METHOD = Pattern.compile("(?s)[^=({]*?(\\w+)\\s*\\([^={]*\\{.*");
    private static final Pattern VARIABLE = Pattern.compile("(?s)[^=;]*?(\\w+)\\s*(?:\\[\\s*]\\s*)*(?:[=;].*)?");

    Piece {
        insertions = List.copyOf(insertions);
    }

    /// A piece as it stands in the cell.
    Piece(String code, int start) {
        this(code, start, List.of(), false);
    }

    /// Text that the kernel has put in.
    ///
    /// @param at     its offset in the code that has it
    /// @param length its number of characters; no line break is among them
    record Insertion(int at, int length) {}

    /// The piece with more text at an offset of its code.
    Piece insert(int offset, String text) {
        var more = new ArrayList<>(insertions);
        more.add(new Insertion(offset, text.length()));
        return new Piece(code.substring(0, offset) + text + code.substring(offset), start, more, madeVolatile);
    }

    /// The piece with blanks in place of a part of its code.
    Piece blank(int from, int to) {
        return new Piece(
                code.substring(0, from) + " ".repeat(to - from) + code.substring(to), start, insertions, madeVolatile);
    }

    /// Where an offset of the code stands in the text that the piece was cut from.
    int inSource(int offset) {
        int at = offset;
        for (Insertion insertion : insertions.reversed())
            if (at >= insertion.at() + insertion.length()) at -= insertion.length();
            else if (at > insertion.at()) at = insertion.at();
        return start + at;
    }

    /// The code without comments and literals, at the same offsets.
    String bare() {
        return Bare.of(code);
    }

    /// Whether it declares a volatile variable: JShell drops that modifier without a word.
    boolean declaresVolatile() {
        return madeVolatile || VOLATILE.matcher(bare()).matches();
    }

    /// Whether it declares something final: JShell drops that modifier, too.
    boolean declaresFinal() {
        return FINAL.matcher(bare()).matches();
    }

    /// What stands before the body of a type or method.
    String header() {
        int body = body();
        return body < 0 ? code : code.substring(0, body);
    }

    /// Where the body of a type or method begins: its first brace that is not inside an annotation; -1 where there
    /// is none.
    int body() {
        String bare = bare();
        int depth = 0;
        for (int i = 0; i < bare.length(); i++) {
            char c = bare.charAt(i);
            if (c == '(') depth++;
            else if (c == ')') depth--;
            else if (c == '{' && depth == 0) return i;
        }
        return -1;
    }

    /// Source with blanks in place of `volatile`, if it starts with a variable of no stated type that is: JShell takes
    /// one for a local variable, which cannot be.
    static String withoutVolatile(String source) {
        if (!source.contains("volatile")) return source;
        Matcher variable = VOLATILE_VAR.matcher(Bare.of(source));
        return variable.lookingAt()
                ? source.substring(0, variable.start(1)) + " ".repeat(8) + source.substring(variable.end(1))
                : source;
    }

    /// The same, of a volatile variable.
    Piece asVolatile() {
        return new Piece(code, start, insertions, true);
    }

    /// Source with blanks in place of `synchronized`, if it starts with a method that is: JShell refuses the word.
    static String withoutSynchronized(String source) {
        if (!source.contains("synchronized")) return source;
        Matcher method = SYNCHRONIZED.matcher(Bare.of(source));
        return method.lookingAt()
                ? source.substring(0, method.start(1)) + " ".repeat(12) + source.substring(method.end(1))
                : source;
    }

    /// A method that holds a lock while it runs.
    ///
    /// All synchronized methods of a notebook hold the same lock, as those of one class do. It is a string
    /// constant, of which a JVM has one however many classes mention it.
    Piece withLock() {
        int body = body();
        int end = bare().lastIndexOf('}');
        if (body < 0 || end < body) return this;
        return insert(end, "}").insert(body + 1, "synchronized (\"synchronized methods of the notebook\") {");
    }

    /// Where a string literal starts that no class can hold; -1 if there is none.
    int tooLongLiteral() {
        if (code.length() <= LONGEST_CONSTANT / 3) return -1;
        String bare = bare();
        for (int opening = bare.indexOf('"'); opening >= 0; ) {
            int closing = bare.indexOf('"', opening + 1);
            if (closing < 0) return -1;
            int bytes = code.substring(opening + 1, closing).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > LONGEST_CONSTANT) return opening;
            opening = bare.indexOf('"', closing + 1);
        }
        return -1;
    }

    /// The name that it declares, if it is a declaration; of a statement, any text.
    String declaredName() {
        String bare = bare().strip();
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
        String bare = bare();
        int depth = 0;
        for (int i = 0; i < bare.length(); i++) {
            char c = bare.charAt(i);
            if (c == '(' || c == '[' || c == '{') depth++;
            else if (c == ')' || c == ']' || c == '}') depth--;
            else if (c == '=' && depth == 0) return afterBlanks(i + 1);
        }
        return 0;
    }

    private int afterBlanks(int from) {
        int at = from;
        while (at < code.length() && Character.isWhitespace(code.charAt(at))) at++;
        return at;
    }
}
