package io.weft.kernel.magic;

import io.weft.kernel.magic.Magic.Kind;
import io.weft.kernel.magic.Magic.Syntax;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds the magics of a cell without mistaking Java for one.
///
/// `%name` is a magic where a Java statement could start, and after an assignment's `=`; it takes the rest of the line,
/// or as much of it as is inside its block, or, if it takes words, as stands before a `;`. A line that
/// starts in its first column with the name of a known magic is one too when the statement above
/// lacks its semicolon. Strings, text blocks, characters and comments never hold one, nor does an
/// expression such as `a %b`. `%%name` is a magic where only blank lines and comments stand above it.
///
/// A magic outside all brackets becomes a part of its own; one inside a block or after `=` becomes
/// a call of [NotebookFunctions#lineMagic], so that it can stand wherever an expression can.
///
/// Short forms of magics, all but commands outside all brackets only:
///
/// - `!command` at the start of a line is `%sh command`, and `var lines = !command` is `%sx command`, unless it can be
///   Java: `!` before a bracket, a call, or a name that the notebook or the cell above knows, where what follows the
///   name can follow a boolean, is Java.
/// - `?name` in the first column, `%name?`, and `name?` as a line of its own are `%help name`.
/// - `//DEPS` and `//REPOS` in the first column above all Java are `%maven` and `%mavenRepo`.
///
/// Immutable; any thread.
public final class MagicLexer {
    private static final Pattern COMMENT_MAGIC = Pattern.compile("//(DEPS|REPOS)[ \\t]+(\\S.*)");
    private static final Pattern LINES_DECLARED =
            Pattern.compile("\\s*(?:var|(?:java\\.util\\.)?List\\s*<\\s*String\\s*>)\\s+([\\w$]+)\\s*=\\s*");
    /// What stands behind `!` when it is Java: a call, also on a string, a name of a class, a literal.
    private static final Pattern NEGATED_JAVA = Pattern.compile(
            "(?s)(?:[(!]|\"(?:[^\"\\\\]|\\\\.)*\"\\s*\\.\\s*\\w+\\s*\\(|(?:\\w+\\s*\\.\\s*)*\\w+\\s*\\(|[A-Z]\\w*\\s*\\.|(?:true|false|this|super|new|switch)\\b).*");

    /// What stands behind a name of Java when `!` before it begins a command: no boolean can be followed by it.
    private static final Pattern WORDS_BEHIND_NAME = Pattern.compile(
            "(?s)(?:-\\w|\\s+(?:(?!instanceof\\b)[\\w\"'`$~@%{\\\\*<>-]|/(?![/*])|\\.(?!\\s*[A-Za-z_$]))).*");

    private final Names names;
    private final Predicate<String> declared;

    /// What the lexer has to know of the magics.
    public interface Names {
        /// Whether there is a line magic of this name.
        boolean isLineMagic(String name);

        /// The Java type, as source, of what a line magic gives; empty where it gives nothing or is unknown.
        String resultType(String name);

        /// How the arguments of a magic are written.
        Syntax syntax(Kind kind, String name);
    }

    /// @param names    the magics
    /// @param declared whether Java declared in the notebook has a name: a variable, method or type
    public MagicLexer(Names names, Predicate<String> declared) {
        this.names = names;
        this.declared = declared;
    }

    /// Cuts a cell into its parts, in order; together they hold the whole cell.
    ///
    /// @throws MagicException if a quote in the arguments of a magic is never closed
    public List<Part> split(String cell) {
        return new Scan(cell).run();
    }

    /// The text as a Java string literal.
    static String literal(String text) {
        var literal = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> literal.append("\\\"");
                case '\\' -> literal.append("\\\\");
                case '\n' -> literal.append("\\n");
                case '\r' -> literal.append("\\r");
                case '\t' -> literal.append("\\t");
                default -> literal.append(c);
            }
        }
        return literal.append('"').toString();
    }

    /// One pass over one cell.
    private final class Scan {
        private final String cell;
        private final List<Part> parts = new ArrayList<>();
        private final StringBuilder java = new StringBuilder();
        /// The words of Java so far, outside literals and comments.
        private final Set<String> words = new HashSet<>();
        private int javaLine;
        private int at;
        private int line;
        private int depth;
        /// The lines in which the brackets were opened that are still open.
        private final ArrayDeque<Integer> opened = new ArrayDeque<>();
        /// The last character of Java outside comments and white space; `;` at the start.
        private char previous = ';';
        /// The one before `previous`.
        private char beforePrevious = ';';
        private boolean onlyBlankSoFar = true;

        Scan(String cell) {
            this.cell = cell;
        }

        List<Part> run() {
            while (at < cell.length()) {
                char c = cell.charAt(at);
                if (c == '\n') {
                    line++;
                    copy(1);
                } else if (Character.isWhitespace(c)) copy(1);
                else if (cell.startsWith("//", at)) lineComment();
                else if (cell.startsWith("/*", at)) copyThrough("*/", 2);
                else if (c == '%' && onlyBlankSoFar && cell.startsWith("%%", at) && isName(at + 2)) return cellMagic();
                else if (c == '%' && isName(at + 1) && startsStatement()) lineMagic();
                else if (c == '%' && isName(at + 1) && isAssigned()) assignedMagic();
                else if (c == '!' && startsCommand()) command();
                else if (c == '!' && isAssignedCommand()) assignedCommand();
                else if (c == '?' && startsHelp()) help(takeRestOfLine(at + 1));
                else if (Character.isJavaIdentifierStart(c) && asksForHelp())
                    help(takeRestOfLine(at).replace("?", ""));
                else token(c);
            }
            endJava();
            return List.copyOf(parts);
        }

        private void token(char c) {
            onlyBlankSoFar = false;
            boolean isMember = previous == '.' || (previous == ':' && beforePrevious == ':');
            beforePrevious = previous;
            previous = c;
            switch (c) {
                case '"' -> {
                    if (cell.startsWith("\"\"\"", at)) copyThrough("\"\"\"", 3);
                    else copyThrough("\"", 1);
                }
                case '\'' -> copyThrough("'", 1);
                case '(', '[', '{' -> {
                    depth++;
                    opened.push(line);
                    copy(1);
                }
                case ')', ']', '}' -> {
                    depth = Math.max(0, depth - 1);
                    opened.poll();
                    copy(1);
                }
                default -> {
                    if (Character.isJavaIdentifierStart(c)) word(isMember);
                    else copy(1);
                }
            }
        }

        /// @param isMember whether it is the name of a member of what stands before it
        private void word(boolean isMember) {
            String word = nameAt(at);
            if (!isMember) words.add(word);
            if (word.length() > 1) beforePrevious = word.charAt(word.length() - 2);
            previous = word.charAt(word.length() - 1);
            copy(word.length());
        }

        private boolean isName(int index) {
            return index < cell.length() && Character.isJavaIdentifierStart(cell.charAt(index));
        }

        private boolean startsStatement() {
            if (previous == ';' || previous == '{') return true;
            if (!isFirstInLine()) return false;
            if (previous == '}') return true;
            return isInFirstColumn() && depth == 0 && isOperandAbove() && names.isLineMagic(nameAt(at + 1));
        }

        private boolean isFirstInLine() {
            return cell.substring(lineStart(), at).isBlank();
        }

        private boolean isInFirstColumn() {
            return at == lineStart();
        }

        private int lineStart() {
            return cell.lastIndexOf('\n', at - 1) + 1;
        }

        private boolean isOperandAbove() {
            return Character.isJavaIdentifierPart(previous) || ")]\"'".indexOf(previous) >= 0;
        }

        private boolean isAssigned() {
            return previous == '=' && "=!<>+-*/%&|^".indexOf(beforePrevious) < 0;
        }

        private boolean startsCommand() {
            if (!names.isLineMagic("sh") || !isFirstInLine()) return false;
            boolean between = previous == ';' || previous == '}' || (depth > 0 && previous == '{');
            boolean unfinishedAbove = depth == 0 && isInFirstColumn() && isOperandAbove();
            return (between || unfinishedAbove) && isCommand("");
        }

        private boolean isAssignedCommand() {
            if (depth > 0 || !isAssigned() || !names.isLineMagic("sx")) return false;
            Matcher declaration = LINES_DECLARED.matcher(cell.substring(lineStart(), at));
            return declaration.matches() && isCommand(declaration.group(1));
        }

        /// Whether what follows the `!` under the cursor cannot be Java.
        ///
        /// @param assigned the variable to which it is assigned, whose value it cannot be
        private boolean isCommand(String assigned) {
            String command = restOfLine(at + 1);
            if (command.isBlank() || Character.isWhitespace(command.charAt(0)) || command.charAt(0) == '=')
                return false;
            if (NEGATED_JAVA.matcher(command).matches()) return false;
            String word = isName(at + 1) ? nameAt(at + 1) : "";
            if (word.isEmpty() || word.equals(assigned)) return true;
            boolean isKnown = words.contains(word) || declared.test(word);
            return !isKnown
                    || WORDS_BEHIND_NAME
                            .matcher(command.substring(word.length()))
                            .matches();
        }

        private boolean startsHelp() {
            boolean between = previous == ';' || previous == '}';
            return depth == 0
                    && isInFirstColumn()
                    && between
                    && names.isLineMagic("help")
                    && restOfLine(at + 1).matches("%{0,2}\\w+\\s*;?\\s*");
        }

        /// Whether a line is nothing but a magic's name and a question mark; of another name, the last line.
        private boolean asksForHelp() {
            boolean between = previous == ';' || previous == '}';
            if (depth > 0 || !between || !isFirstInLine() || !names.isLineMagic("help")) return false;
            String text = restOfLine(at);
            if (!text.matches("\\w+\\?\\s*;?\\s*")) return false;
            return names.isLineMagic(nameAt(at))
                    || cell.substring(at + text.length()).isBlank();
        }

        private String nameAt(int index) {
            int end = index;
            while (end < cell.length() && Character.isJavaIdentifierPart(cell.charAt(end))) end++;
            return cell.substring(index, end);
        }

        private List<Part> cellMagic() {
            java.setLength(0);
            String name = nameAt(at + 2);
            int start = at + 2 + name.length();
            String text = restOfLine(start);
            int lineEnd = start + text.length();
            String body = lineEnd < cell.length() ? cell.substring(lineEnd + 1) : "";
            if (text.strip().equals("?")) parts.add(new Part.LineMagic("help", List.of("%%" + name), line));
            else parts.add(new Part.CellMagic(name, parsed(Kind.CELL, name, text), body, line));
            return List.copyOf(parts);
        }

        private void lineMagic() {
            String name = nameAt(at + 1);
            int before = line;
            String text = takeArguments(name, at + 1 + name.length());
            if (depth > 0) insert(call(name, parsed(Kind.LINE, name, text)), before);
            else if (text.strip().equals("?")) part("help", List.of("%" + name), before);
            else part(name, parsed(Kind.LINE, name, text), before);
        }

        private void assignedMagic() {
            String name = nameAt(at + 1);
            int before = line;
            String text = takeArguments(name, at + 1 + name.length());
            insert(call(name, parsed(Kind.LINE, name, text)), before);
        }

        private void assignedCommand() {
            int before = line;
            insert(call("sx", List.of("--", takeCommand(at + 1).strip())), before);
        }

        private void command() {
            int before = line;
            var arguments = List.of("--", takeCommand(at + 1).strip());
            if (depth > 0) insert(call("sh", arguments), before);
            else part("sh", arguments, before);
        }

        private void help(String name) {
            part("help", MagicArguments.of(name), line);
        }

        /// Puts a call in place of a magic, which began in a line before if it is a command of several.
        private void insert(String call, int firstLine) {
            java.append(call).append(';').repeat('\n', line - firstLine);
            afterMagic();
        }

        /// The text behind a magic's name, up to where it ends: with its line, or before that where the words end
        /// with `;`, or the block that began in this line with its brace.
        private String takeArguments(String name, int start) {
            if (name.equals("sh") || name.equals("sx")) return takeCommand(start);
            String text = restOfLine(start);
            boolean code = names.syntax(Kind.LINE, name) == Syntax.CODE;
            int end = depth > 0 && (!code || isOpenedHere()) ? MagicArguments.closingBrace(text) : text.length();
            int semicolon = code ? -1 : MagicArguments.semicolon(text.substring(0, end));
            if (semicolon < 0) {
                at = start + end;
                return text.substring(0, end);
            }
            at = start + semicolon + 1;
            return text.substring(0, semicolon);
        }

        /// A command of the shell: its line, and the next one too if it ends with a backslash.
        private String takeCommand(int start) {
            String text = restOfLine(start);
            if (depth > 0 && isOpenedHere()) text = text.substring(0, MagicArguments.closingBrace(text));
            int end = start + text.length();
            while (text.endsWith("\\") && end < cell.length() && cell.charAt(end) == '\n') {
                end += 1 + restOfLine(end + 1).length();
                text = cell.substring(start, end);
                line++;
            }
            at = end;
            return text;
        }

        private boolean isOpenedHere() {
            return !opened.isEmpty() && opened.peek() == line;
        }

        private void lineComment() {
            String text = restOfLine(at);
            Matcher magic = COMMENT_MAGIC.matcher(text);
            if (!onlyBlankSoFar || !isInFirstColumn() || !magic.matches() || !names.isLineMagic("maven")) {
                copy(text.length());
                return;
            }
            takeRestOfLine(at);
            var items = List.of(magic.group(2).strip().split("[\\s,]+"));
            if (magic.group(1).equals("DEPS")) part("maven", items);
            else for (String item : items) part("mavenRepo", List.of(item));
            onlyBlankSoFar = true;
        }

        private void part(String name, List<String> arguments) {
            part(name, arguments, line);
        }

        private void part(String name, List<String> arguments, int firstLine) {
            endJava();
            parts.add(new Part.LineMagic(name, arguments, firstLine));
            javaLine = line;
            afterMagic();
        }

        private void afterMagic() {
            onlyBlankSoFar = false;
            previous = ';';
        }

        private List<String> parsed(Kind kind, String name, String text) {
            try {
                return names.syntax(kind, name) == Syntax.CODE
                        ? MagicArguments.optionsAndCode(text)
                        : MagicArguments.of(text);
            } catch (MagicException wrong) {
                throw new MagicException(
                        "%s%s in line %d: %s".formatted(kind.prefix(), name, line + 1, wrong.getMessage()), wrong);
            }
        }

        private String restOfLine(int start) {
            int end = cell.indexOf('\n', start);
            return cell.substring(start, end < 0 ? cell.length() : end);
        }

        /// The text from `start` to the end of the line, to which the cursor moves.
        private String takeRestOfLine(int start) {
            String text = restOfLine(start);
            at = start + text.length();
            return text;
        }

        private String call(String name, List<String> arguments) {
            var list = new StringBuilder();
            for (String argument : arguments)
                list.append(list.isEmpty() ? "" : ", ").append(literal(argument));
            // a cast alone is no statement, so it is given only where the value is used
            String cast = previous == '=' ? castTo(names.resultType(name)) : "";
            return cast + "lineMagic(" + literal(name) + ", java.util.List.<String>of(" + list + "))";
        }

        private String castTo(@Nullable String type) {
            return type == null || type.isEmpty() ? "" : "(" + type + ") ";
        }

        /// Copies a literal or comment up to and with its end, or up to the end of the line for
        /// a string or character that is never closed.
        private void copyThrough(String end, int opening) {
            boolean multiline = !end.equals("\"") && !end.equals("'");
            int index = at + opening;
            while (index < cell.length() && !cell.startsWith(end, index)) {
                if (cell.charAt(index) == '\n') {
                    if (!multiline) break;
                    line++;
                }
                boolean escape = cell.charAt(index) == '\\' && !end.equals("*/");
                index += escape && index + 1 < cell.length() && cell.charAt(index + 1) != '\n' ? 2 : 1;
            }
            int stop = index < cell.length() && cell.startsWith(end, index) ? index + end.length() : index;
            copy(stop - at);
        }

        private void copy(int length) {
            int end = Math.min(cell.length(), at + length);
            java.append(cell, at, end);
            at = end;
        }

        private void endJava() {
            if (!java.isEmpty()) parts.add(new Part.Java(java.toString(), javaLine));
            java.setLength(0);
        }
    }
}
