package io.weft.kernel.eval;

import io.weft.kernel.eval.CompilationException.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jdk.jshell.Diag;

/// Explains what the compiler says against a piece of a cell: in the reader's names, at the exact place, with what
/// can be done about it.
final class Diagnosis {
    /// More problems than this have one cause or tell nothing new.
    private static final int SHOWN = 5;

    private static final Pattern INTERNAL = Pattern.compile("(?:REPL\\.)?\\$JShell\\$\\w+[.$]?");
    private static final Pattern LANG = Pattern.compile("\\bjava\\.lang\\.(?=[A-Z])");
    private static final Pattern SYMBOL =
            Pattern.compile("(?s)\\s*symbol:\\s+(\\w+) ([^\\n(]+)(\\([^\\n]*\\))?(?:\\s+location:\\s+([^\\n]*))?.*");
    private static final Pattern TYPE_NAME =
            Pattern.compile("(?:.* of type |(?:class|interface|enum|record) )([\\w.]+).*");
    private static final Pattern QUOTED_PACKAGE = Pattern.compile("package ([\\w.]+) does not exist");
    private static final Pattern ASSIGNMENT = Pattern.compile("[^=!<>]=[^=]");

    private final KnownTypes types;
    private final Names names;

    Diagnosis(KnownTypes types, Names names) {
        this.types = types;
        this.names = names;
    }

    /// What the notebook knows by name.
    interface Names {
        List<String> variables();

        List<String> methods();

        List<String> types();

        /// The packages of which all classes are imported.
        Stream<String> importedPackages();

        /// A class by the name that the compiler's messages give it.
        Optional<Class<?>> type(String name);
    }

    /// The problems to show, in the order of the text; one at least.
    List<Problem> problems(Collection<Diag> diagnostics, Piece piece, Place place) {
        List<Diag> errors = diagnostics.stream()
                .filter(Diag::isError)
                .sorted(Comparator.comparingLong(Diag::getStartPosition))
                .toList();
        // what is no Java at all makes the compiler complain about the rest, too
        List<Diag> syntax = errors.stream().filter(Diagnosis::isSyntax).toList();
        List<Diag> told = syntax.isEmpty() ? withoutConsequences(errors) : firstOfEachLine(syntax, piece, place);
        var problems = new ArrayList<Problem>();
        for (Diag error : told.subList(0, Math.min(SHOWN, told.size()))) problems.add(problem(error, piece, place));
        if (told.size() > SHOWN) {
            Problem last = problems.removeLast();
            String more = "… and %d more errors of this kind below.".formatted(told.size() - SHOWN);
            problems.add(new Problem(
                    last.cell(),
                    last.line(),
                    last.sourceLine(),
                    last.start(),
                    last.end(),
                    last.message(),
                    last.hint().isEmpty() ? more : last.hint() + "\n" + more));
        }
        return problems;
    }

    private static boolean isSyntax(Diag error) {
        String code = code(error);
        return code.endsWith("expected")
                || code.startsWith("expected")
                || code.startsWith("illegal.")
                || code.startsWith("unclosed.")
                || code.equals("premature.eof")
                || code.equals("not.stmt")
                || code.equals("orphaned")
                || code.contains(".without.");
    }

    private static String code(Diag error) {
        String code = error.getCode() == null ? "" : error.getCode();
        return code.startsWith("compiler.err.") ? code.substring("compiler.err.".length()) : code;
    }

    private static List<Diag> firstOfEachLine(List<Diag> errors, Piece piece, Place place) {
        var lines = new HashSet<Integer>();
        // a literal that does not end is the cause, wherever the compiler then stumbles
        Predicate<Diag> cause = error -> code(error).startsWith("unclosed.");
        List<Diag> causes =
                errors.stream().anyMatch(cause) ? errors.stream().filter(cause).toList() : errors;
        return causes.stream()
                .filter(error -> lines.add(place.lineOf(piece.inSource((int) error.getPosition()))))
                .limit(code(causes.getFirst()).startsWith("unclosed.") ? 1 : SHOWN)
                .toList();
    }

    /// The errors without those that JShell's way to wrap a statement adds.
    private static List<Diag> withoutConsequences(List<Diag> errors) {
        if (errors.stream().allMatch(error -> code(error).equals("missing.ret.stmt"))) return errors;
        var told = new HashSet<String>();
        return errors.stream()
                .filter(error -> !code(error).equals("missing.ret.stmt"))
                .filter(error -> told.add(error.getStartPosition() + error.getMessage(Locale.ROOT)))
                .toList();
    }

    private Problem problem(Diag error, Piece piece, Place place) {
        String message = error.getMessage(Locale.ROOT).strip();
        int from = (int) error.getStartPosition();
        int to = (int) error.getEndPosition();
        Matcher symbol = symbol(message);
        if (symbol != null) {
            int at = piece.code().indexOf(symbol.group(2), Math.max(0, (int) error.getPosition()));
            if (at >= from
                    && at
                            < Math.max(
                                    to,
                                    (int) error.getPosition() + symbol.group(2).length() + 1)) {
                from = at;
                to = at + symbol.group(2).length();
            }
        }
        if (code(error).equals("missing.ret.stmt")) {
            from = (int) error.getPosition();
            to = from + 1;
        }
        if (piece.bare().matches("(?s)\\s*else\\b.*")) {
            int at = piece.inSource(piece.bare().indexOf("else"));
            return place.problem(
                    at,
                    at + 4,
                    "'else' without 'if'",
                    "It stands in the same cell as its 'if', with nothing between them.");
        }
        if (piece.bare().stripLeading().startsWith("}")) {
            int at = piece.inSource(piece.bare().indexOf('}'));
            return place.problem(at, at + 1, "this '}' closes nothing", "What it should close ends before it.");
        }
        if (code(error).equals("premature.eof")) {
            int bracket = Brackets.unclosed(piece.bare());
            if (bracket >= 0)
                return place.problem(
                        piece.inSource(bracket),
                        piece.inSource(bracket) + 1,
                        "reached end of the cell: this '%c' is never closed"
                                .formatted(piece.code().charAt(bracket)),
                        "Put the missing '%c' where its part ends."
                                .formatted(closing(piece.code().charAt(bracket))));
        }
        return place.problem(piece.inSource(from), piece.inSource(to), readable(message), hint(error, message, piece));
    }

    private static char closing(char opening) {
        return switch (opening) {
            case '(' -> ')';
            case '[' -> ']';
            default -> '}';
        };
    }

    private static @org.jspecify.annotations.Nullable Matcher symbol(String message) {
        int at = message.indexOf("symbol:");
        if (at < 0) return null;
        Matcher symbol = SYMBOL.matcher(message.substring(at));
        return symbol.matches() ? symbol : null;
    }

    /// A message of the compiler in the reader's names.
    static String readable(String message) {
        String own = INTERNAL.matcher(message).replaceAll("");
        own = LANG.matcher(own).replaceAll("");
        Matcher symbol = symbol(own);
        if (symbol != null && own.startsWith("cannot find symbol")) {
            String parameters = symbol.group(3) == null ? "" : symbol.group(3);
            String location = symbol.group(4) == null ? "" : symbol.group(4).strip();
            String where = location.isEmpty() || location.equals("class") ? "" : " in " + location;
            return "cannot find symbol: " + symbol.group(1) + " "
                    + symbol.group(2).strip() + parameters + where;
        }
        return own.replaceAll("\\s*\\n?\\s*location: class\\s*$", "")
                .replaceAll(" in class\\s+(?=cannot )", " ")
                .replaceAll("@[\\w.]+\\.Nullable ", "")
                .replaceAll("\\bio\\.weft\\.\\w+\\.\\w+\\.(?=\\w+\\()", "")
                .replace("<nulltype>", "null")
                .replaceAll("\\s*\\(use --enable-preview to enable [^)]*\\)", "")
                .strip();
    }

    private String hint(Diag error, String message, Piece piece) {
        String code = code(error);
        String slip = Slips.hint(code, message, piece, (int) error.getPosition());
        if (!slip.isEmpty()) return slip;
        if (code.startsWith("preview.feature") || code.equals("is.preview")) return PreviewFeatures.HOW_TO;
        if (code.startsWith("cant.resolve")) return unknownSymbol(message);
        if (code.startsWith("prob.found.req") || code.startsWith("incompatible"))
            return wrongType(error, message, piece);
        if (code.startsWith("cant.inherit.from.sealed") || code.startsWith("sealed.class.must.have"))
            return "Declare a sealed type and all its subtypes in one cell, or name them behind 'permits'.";
        return switch (code) {
            case "doesnt.exist" -> unknownPackage(message, piece);
            case "missing.ret.stmt" ->
                "A path through it ends here without a value: return one, or throw an exception.";
            case "unreported.exception.need.to.catch.or.throw" -> unreported(error, message, piece);
            case "cant.deref" ->
                message.startsWith("<nulltype>")
                        ? "null is no object: it has no methods and no fields."
                        : "A value of a primitive type has no methods or fields; its class has some, such as Integer.toString(n) or Integer.compare(a, b).";
            case "unclosed.text.block" -> "A text block ends with another \"\"\".";
            case "unclosed.str.lit" ->
                "A string ends in the line in which it begins, with a \". Text over several lines stands between \"\"\" and \"\"\".";
            case "unclosed.char.lit" -> "'…' holds one character; a text stands in \"…\".";
            case "local.variables.referenced.from.lambda",
                    "cant.ref.non.effectively.final.var",
                    "local.var.accessed.from.icls.needs.final" ->
                "Copy it into a variable that is never changed, or keep the number in an AtomicInteger.";
            case "var.might.not.have.been.initialized" -> "Give it a value where it is declared.";
            case "non-static.cant.be.ref" ->
                piece.bare().matches("(?s).*\\b(?:this|super)\\b.*")
                        ? "A cell's statements and methods belong to no object: there is no 'this'."
                        : "";
            case "not.exhaustive", "not.exhaustive.statement" -> "Add the cases that are missing, or 'default -> …'.";
            case "const.expr.req", "string.const.req", "pattern.or.enum.req" ->
                "A variable of a cell is no constant; that of a class or interface is: interface Limits { int MAX = 3; }";
            case "else.without.if", "catch.without.try", "finally.without.try" ->
                "It belongs to the statement before it: both in one cell, with nothing between them.";
            case "missing.meth.body.or.decl.abstract" -> "Give it a body in braces.";
            case "operator.cant.be.applied" -> negatedCommand(piece);
            case "ret.outside.meth" -> "A cell is no method that could return: its last expression is its value.";
            default -> ofJShell(message);
        };
    }

    /// Of `!name` where the name is Java's: a reader may have meant a command.
    private static String negatedCommand(Piece piece) {
        String statement = piece.bare().strip();
        return statement.matches("![\\w$]+\\b.*")
                ? "A command of this name runs with: %%sh %s".formatted(statement.substring(1))
                : "";
    }

    private static String ofJShell(String message) {
        if (message.startsWith("Modifier 'native'")) return "Put it into a class, which loads the library that has it.";
        if (message.startsWith("Modifier '"))
            return "A method or variable of a cell can't have it; one in a class can.";
        if (message.startsWith("JShell method names")) return "Choose another name, or put it into a class.";
        return "";
    }

    private String unknownSymbol(String message) {
        Matcher symbol = symbol(message);
        if (symbol == null) return "";
        return unknownSymbol(symbol.group(1), symbol.group(2).strip(), symbol.group(4) == null ? "" : symbol.group(4));
    }

    /// What may be meant by something that no cell has declared, as JShell names it: `class HttpClient`.
    String ofUnresolved(String symbol) {
        int space = symbol.indexOf(' ');
        String name = symbol.substring(space + 1).replaceAll("\\(.*", "");
        return space < 0 ? "" : unknownSymbol(symbol.substring(0, space), name, "");
    }

    private String unknownSymbol(String kind, String name, String location) {
        Matcher owner = TYPE_NAME.matcher(location.strip());
        if (owner.matches()) return nearMember(kind, name, owner.group(1));
        if (kind.equals("method")) return didYouMean(Spelling.nearest(name, names.methods()), "()");
        String imports = imports(name);
        if (!imports.isEmpty()) return imports;
        var known = new ArrayList<String>(names.types());
        if (kind.equals("variable")) known.addAll(names.variables());
        Optional<String> own = Spelling.nearest(name, known);
        if (own.isEmpty() && Character.isUpperCase(name.charAt(0))) own = Spelling.nearest(name, importedTypes());
        return didYouMean(own, "");
    }

    private List<String> importedTypes() {
        return types.namesIn(Stream.concat(Stream.of("java.lang"), names.importedPackages()));
    }

    private String nearMember(String kind, String name, String owner) {
        Optional<Class<?>> type = names.type(owner);
        if (type.isEmpty()) return "";
        try {
            Stream<String> members = kind.equals("method")
                    ? Arrays.stream(type.get().getMethods()).map(method -> method.getName())
                    : Stream.concat(
                            Arrays.stream(type.get().getFields()).map(field -> field.getName()),
                            Arrays.stream(type.get().getMethods())
                                    .filter(method -> method.getParameterCount() == 0)
                                    .map(method -> method.getName() + "()"));
            List<String> known = members.distinct().toList();
            if (kind.equals("variable") && known.contains(name + "()")) return "Did you mean " + name + "()?";
            return didYouMean(Spelling.nearest(name, known), kind.equals("method") ? "()" : "");
        } catch (LinkageError incomplete) {
            return "";
        }
    }

    private static String didYouMean(Optional<String> name, String suffix) {
        return name.map(near -> "Did you mean " + near + suffix + "?").orElse("");
    }

    private String imports(String name) {
        List<String> found = types.named(name);
        if (found.isEmpty()) return "";
        var hint = new StringBuilder(found.size() == 1 ? "Import it:" : "Import the one that you mean:");
        for (String type : found) hint.append("\n    import ").append(type).append(';');
        return hint.toString();
    }

    private String unknownPackage(String message, Piece piece) {
        Matcher named = QUOTED_PACKAGE.matcher(message);
        if (!named.find()) return "";
        String name = named.group(1);
        if (name.indexOf('.') >= 0 || piece.bare().stripLeading().startsWith("import"))
            return "No library on the class path has it. %maven GROUP:ARTIFACT:VERSION adds one, with what it needs.";
        String imports = imports(name);
        if (!imports.isEmpty()) return imports;
        var known = new ArrayList<>(importedTypes());
        known.addAll(names.types());
        known.addAll(names.variables());
        return didYouMean(Spelling.nearest(name, known), "");
    }

    private static String wrongType(Diag error, String message, Piece piece) {
        if (message.contains("missing return value"))
            return "A cell is no method that could return: its last expression is its value.";
        if (message.contains("java.lang.Object is not a functional interface"))
            return "A lambda alone has no type. Give it one: Function<Integer, Integer> f = n -> n + 1;";
        int from = Math.clamp(error.getStartPosition(), 0, piece.code().length());
        int to = Math.clamp(error.getEndPosition(), from, piece.code().length());
        String text = piece.code().substring(from, to);
        if (message.contains("cannot be converted to boolean")
                && ASSIGNMENT.matcher(text).find()) return "= assigns; == compares.";
        Matcher lossy =
                Pattern.compile("lossy conversion from (\\w+) to (\\w+)").matcher(message);
        if (lossy.find()) return "If the rest may be lost, say so: (%s) (%s)".formatted(lossy.group(2), text);
        if (message.contains("java.lang.String cannot be converted to char"))
            return "A char stands in single quotes: 'a'.";
        if (message.contains("java.lang.String cannot be converted to int"))
            return "Integer.parseInt(text) reads a number.";
        if (message.contains("java.lang.String cannot be converted to double"))
            return "Double.parseDouble(text) reads a number.";
        if (message.endsWith("cannot be converted to java.lang.String")) return "String.valueOf(x) makes a text of it.";
        return "";
    }

    private static String unreported(Diag error, String message, Piece piece) {
        Matcher named = Pattern.compile("exception ([\\w.$]+)").matcher(message);
        String exception = named.find() ? named.group(1).replaceAll(".*[.$]", "") : "Exception";
        if (isInLambda(piece.bare(), (int) error.getPosition()))
            return "What the lambda implements declares no such exception: catch it inside the lambda, with try { … } catch (%s e) { … }."
                    .formatted(exception);
        return "Write 'throws %s' behind the method's parameters, or catch it.".formatted(exception);
    }

    private static boolean isInLambda(String bare, int position) {
        for (int arrow = bare.indexOf("->"); arrow >= 0 && arrow < position; arrow = bare.indexOf("->", arrow + 2)) {
            int clause = Math.max(
                    bare.lastIndexOf(';', arrow), Math.max(bare.lastIndexOf('{', arrow), bare.lastIndexOf('}', arrow)));
            boolean ofSwitch = bare.substring(clause + 1, arrow).matches("(?s)\\s*(?:case|default)\\b.*");
            if (!ofSwitch && endOfBody(bare, arrow + 2) > position) return true;
        }
        return false;
    }

    /// Where the body of a lambda ends that begins behind its arrow.
    private static int endOfBody(String bare, int from) {
        int depth = 0;
        for (int i = from; i < bare.length(); i++) {
            char c = bare.charAt(i);
            if ("([{".indexOf(c) >= 0) depth++;
            boolean closes = ")]}".indexOf(c) >= 0;
            if (closes && --depth < 0) return i;
            if (closes && depth == 0 && c == '}') return i + 1;
            if (depth == 0 && (c == ',' || c == ';')) return i;
        }
        return bare.length();
    }
}
