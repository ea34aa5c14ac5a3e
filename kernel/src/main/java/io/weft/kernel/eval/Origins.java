package io.weft.kernel.eval;

import io.weft.kernel.eval.ClassRewriter.Origin;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.attribute.NestMembersAttribute;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Knows which cell and line each of JShell's wrapper classes comes from.
///
/// JShell numbers its wrappers: `$JShell$12` first, then `$JShell$12B`, … when it compiles the same
/// declaration again, because something that it uses has changed or because a cell declares it anew. A number is
/// therefore remembered with the cell that declared it last.
///
/// Where the reader's code starts in a wrapper depends on what it is, which the wrapper's members tell; to ask
/// JShell for it would take as long as the evaluation itself. Used by the evaluating thread only.
final class Origins {
    private static final Pattern WRAPPER = Pattern.compile("REPL[./]\\$JShell\\$(\\d+)\\w*");
    /// The line of a wrapper in which a statement, method or type starts.
    private static final int CODE_LINE = 5;
    /// The line in which the initializer of a variable starts.
    private static final int INITIALIZER_LINE = 7;
    /// The line in which an expression starts that is kept in a variable of JShell's own.
    private static final int EXPRESSION_LINE = 8;

    private final Map<String, Origin> byNumber = new HashMap<>();
    private final FinalVariables finals = new FinalVariables();
    private Source current = new Source("notebook", 1, 1, false, "");

    /// A piece of a cell that is about to be evaluated.
    ///
    /// @param file              the name that stack traces show
    /// @param line              the line of the cell in which the piece starts, from 1
    /// @param initializerLine   the line in which the initializer of its variable starts
    /// @param volatileVariables whether its variables are volatile
    /// @param declaredName      the name that it declares, if it is a declaration
    record Source(String file, int line, int initializerLine, boolean volatileVariables, String declaredName) {}

    /// What is loaded for the first time from now on comes from here.
    void enter(Source source) {
        current = source;
    }

    /// The variables that cells have declared final.
    FinalVariables finals() {
        return finals;
    }

    /// Looks at a class that is about to be loaded.
    void note(String className, byte[] bytes) {
        finals.inspect(className, bytes);
        Matcher wrapper = WRAPPER.matcher(className);
        if (!wrapper.matches()) return;
        ClassModel model = ClassFile.of().parse(bytes);
        boolean known = byNumber.containsKey(wrapper.group(1));
        if (!known || declares(model, current.declaredName())) byNumber.put(wrapper.group(1), origin(model));
    }

    private Origin origin(ClassModel model) {
        Optional<String> variable = model.fields().stream()
                .map(FieldModel::fieldName)
                .map(Object::toString)
                .findFirst();
        int line = current.line();
        int wrapperLine = CODE_LINE;
        if (variable.isPresent() && variable.get().matches("\\$\\d+")) {
            wrapperLine = EXPRESSION_LINE;
        } else if (variable.isPresent()) {
            line = current.initializerLine();
            wrapperLine = INITIALIZER_LINE;
        }
        return new Origin(current.file(), line, line - wrapperLine, current.volatileVariables());
    }

    private static boolean declares(ClassModel wrapper, String name) {
        String nested = wrapper.thisClass().asInternalName() + "$" + name;
        return wrapper.fields().stream().anyMatch(field -> field.fieldName().equalsString(name))
                || wrapper.methods().stream()
                        .anyMatch(method -> method.methodName().equalsString(name))
                || wrapper.findAttribute(Attributes.nestMembers()).map(NestMembersAttribute::nestMembers).stream()
                        .flatMap(members -> members.stream())
                        .anyMatch(member -> member.asInternalName().equals(nested));
    }

    /// Where a class comes from that [#note] has seen with its wrapper.
    Origin of(String className) {
        Matcher wrapper = WRAPPER.matcher(className);
        String number = wrapper.lookingAt() ? wrapper.group(1) : "";
        return byNumber.getOrDefault(number, new Origin(current.file(), 1, 0, false));
    }
}
