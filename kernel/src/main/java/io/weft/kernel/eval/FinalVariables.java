package io.weft.kernel.eval;

import io.weft.kernel.eval.CompilationException.Problem;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds assignments to the variables that cells have declared `final`: JShell drops that modifier, so that
/// the compiler lets them pass.
///
/// An assignment is found in the compiled class, where no local variable of the same name can be mistaken for the
/// notebook's. Guarded by the session's lock.
final class FinalVariables {
    private static final Pattern WRAPPER = Pattern.compile("REPL/\\$JShell\\$\\w+");

    private final Set<String> names = new HashSet<>();
    private @Nullable Assignment found;

    /// An assignment that must not be.
    ///
    /// @param variable  the final variable
    /// @param className the class that has the assignment
    /// @param line      its line in that class, before lines are made those of the cell; 0 if unknown
    record Assignment(String variable, String className, int line) {
        /// What the compiler would have said.
        ///
        /// @param cell     the cell that has the assignment, and its line there
        /// @param cellLine the line there
        /// @param hint     what the reader can do
        Problem problem(String cell, int cellLine, String hint, CellSources sources, Place place) {
            String text = sources.line(cell, cellLine)
                    .orElseGet(() -> place.source()
                            .lines()
                            .skip(Math.max(0, cellLine - place.line() - 1L))
                            .findFirst()
                            .orElse(""));
            Matcher written = Pattern.compile(
                            "(?:\\+\\+|--)\\s*VAR\\b|\\bVAR\\s*(?:\\+\\+|--|[-+*/%&|^]?=(?!=)|<<=|>>>?=)"
                                    .replace("VAR", variable))
                    .matcher(Bare.of(text));
            int start = 0;
            int end = text.stripTrailing().length();
            while (written.find()) {
                start = written.start();
                end = written.end();
            }
            return new Problem(
                    cell, cellLine, text, start, end, "cannot assign a value to final variable " + variable, hint);
        }
    }

    /// Takes a variable's declaration, which replaces one of the same name.
    void declared(String name, boolean isFinal) {
        if (isFinal) names.add(name);
        else names.remove(name);
    }

    /// Whether a variable is final.
    boolean contains(String name) {
        return names.contains(name);
    }

    /// Looks for an assignment in a class that is about to be loaded.
    void inspect(String className, byte[] bytes) {
        if (names.isEmpty()) return;
        for (MethodModel method : ClassFile.of().parse(bytes).methods())
            method.code().ifPresent(code -> inspect(className, method, code));
    }

    private void inspect(String className, MethodModel method, CodeModel code) {
        int line = 0;
        for (CodeElement element : code) {
            if (element instanceof LineNumber number) line = number.line();
            if (element instanceof FieldInstruction access
                    && access.opcode() == Opcode.PUTSTATIC
                    && WRAPPER.matcher(access.owner().asInternalName()).matches()
                    && names.contains(access.name().stringValue())
                    && !isInitializer(className, method, access))
                found = new Assignment(access.name().stringValue(), className, line);
        }
    }

    /// Whether this is how JShell gives a variable its first value.
    private static boolean isInitializer(String className, MethodModel method, FieldInstruction access) {
        return className.replace('.', '/').equals(access.owner().asInternalName())
                && method.methodName().stringValue().startsWith("do_it$");
    }

    /// Whether a class has been loaded that assigns to a final variable.
    boolean violated() {
        return found != null;
    }

    /// What was found, and forgets it.
    @Nullable
    Assignment take() {
        Assignment taken = found;
        found = null;
        return taken;
    }
}
