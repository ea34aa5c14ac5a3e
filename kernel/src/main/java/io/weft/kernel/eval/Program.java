package io.weft.kernel.eval;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jshell.MethodSnippet;
import jdk.jshell.Snippet;
import jdk.jshell.TypeDeclSnippet;
import jdk.jshell.VarSnippet;
import org.jspecify.annotations.Nullable;

/// Recognises cells that are whole programs of one source file.
///
/// A cell that only declares things, among them a method `void main()` or `void main(String[])`, is run as the
/// launcher `java` runs such a file. One that declares a class with a `main` is not, as the next cell may call it; the
/// reader is told how. One for each cell.
final class Program {
    private static final Pattern MAIN_OF_CLASS =
            Pattern.compile("\\bvoid\\s+main\\s*\\(\\s*([\\w.]+\\s*(?:\\[\\s*]|\\.\\.\\.)\\s*\\w+\\s*)?\\)");
    private static final Pattern STATIC = Pattern.compile("\\bstatic\\b");

    private boolean declaresOnly = true;
    private @Nullable MethodSnippet main;
    private @Nullable String ofClass;

    /// Takes what a piece of the cell has become.
    void add(Snippet snippet, Piece piece) {
        switch (snippet) {
            case MethodSnippet method
            when isMain(method) -> {
                // the launcher, too, prefers the one with arguments
                if (main == null || !takesArguments(main)) main = method;
            }
            case TypeDeclSnippet type -> noteMainOf(type.name(), piece);
            case VarSnippet variable
            when variable.subKind() == Snippet.SubKind.TEMP_VAR_EXPRESSION_SUBKIND -> declaresOnly = false;
            default ->
                declaresOnly &= snippet.kind() != Snippet.Kind.EXPRESSION && snippet.kind() != Snippet.Kind.STATEMENT;
        }
    }

    private static boolean isMain(MethodSnippet method) {
        return method.name().equals("main")
                && method.signature().endsWith(")void")
                && (method.parameterTypes().isEmpty() || takesArguments(method));
    }

    private static boolean takesArguments(MethodSnippet method) {
        return method.parameterTypes().matches("String\\s*(?:\\[]|\\.\\.\\.)");
    }

    private void noteMainOf(String type, Piece piece) {
        String bare = piece.bare();
        Matcher method = MAIN_OF_CLASS.matcher(bare);
        if (piece.body() < 0 || !method.find(piece.body())) return;
        int before = method.start();
        while (";{}".indexOf(bare.charAt(before)) < 0) before--;
        boolean isStatic = STATIC.matcher(bare).region(before, method.start()).find();
        String receiver = isStatic ? type : "new " + type + "()";
        ofClass = receiver + (method.group(1) == null ? ".main()" : ".main(new String[0])");
    }

    /// The call that runs the program that the cell is, if it is one.
    Optional<Piece> call(String source) {
        MethodSnippet program = main;
        if (!declaresOnly || program == null) return Optional.empty();
        int start = Math.max(0, source.lastIndexOf("main"));
        return Optional.of(new Piece(takesArguments(program) ? "main(new String[0]);" : "main();", start));
    }

    /// What the reader of a cell should know that declares a class with a `main`.
    Optional<String> notice() {
        return Optional.ofNullable(ofClass)
                .filter(_ -> declaresOnly && main == null)
                .map(call -> "The class is declared, and not run. To run it: " + call);
    }
}
