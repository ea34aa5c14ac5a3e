package io.weft.kernel.assist;

import com.sun.source.util.TreePath;
import io.weft.kernel.assist.Analyst.Analysis;
import io.weft.kernel.assist.Candidates.Group;
import java.util.List;
import java.util.stream.Collectors;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import org.jspecify.annotations.Nullable;

/// Makes candidates of the compiler's elements: what is put in for each, what is told of it, and whether it fits.
final class Offers {
    private final Analysis analysis;
    private final Position position;
    private final boolean nameOnly;
    private final Candidates found;
    private final Access access;
    private final List<TypeMirror> expected;

    /// @param at       the place that is completed
    /// @param nameOnly whether a method's bracket stands there already
    Offers(Analysis analysis, TreePath at, Position position, boolean nameOnly, Candidates found) {
        this.analysis = analysis;
        this.position = position;
        this.nameOnly = nameOnly || position.follows("::");
        this.found = found;
        access = new Access(analysis, at);
        expected = new Expectation(analysis, at).types();
    }

    /// The types that would fit, without those that everything fits.
    List<TypeMirror> expected() {
        return expected;
    }

    /// Whether a value of a type is one of those that are expected.
    boolean fits(TypeMirror type) {
        return expected.stream().anyMatch(wanted -> isAssignable(type, wanted));
    }

    private boolean isAssignable(TypeMirror type, TypeMirror wanted) {
        try {
            return analysis.types().isAssignable(type, wanted)
                    || analysis.types().isAssignable(type, analysis.types().erasure(wanted));
        } catch (IllegalArgumentException notComparable) {
            return false;
        }
    }

    /// Adds a member of a type, if it can be named here.
    ///
    /// @param receiver the type of the object that is asked; null where none is
    void memberOf(TypeElement type, @Nullable DeclaredType receiver, Element member) {
        String name = member.getSimpleName().toString();
        if (name.isEmpty() || name.startsWith("$") || name.startsWith("<") || !found.accepts(name)) return;
        if (member.getKind() == ElementKind.STATIC_INIT || member.getKind() == ElementKind.INSTANCE_INIT) return;
        if (!access.isAllowed(member, type)) return;
        Element owner = member.getEnclosingElement();
        boolean ofObject = String.valueOf(owner).equals("java.lang.Object");
        member(member, receiver, type.equals(owner) ? Group.OWN : ofObject ? Group.OBJECT : Group.INHERITED);
    }

    /// Adds a method or a variable.
    ///
    /// @param receiver the type of the object that is asked; null where none is
    void member(Element member, @Nullable DeclaredType receiver, Group group) {
        String name = member.getSimpleName().toString();
        String text = name;
        TypeMirror as = seenThrough(receiver, member);
        TypeMirror given = as;
        if (member instanceof ExecutableElement method) {
            if (!nameOnly) text += method.getParameters().isEmpty() ? "()" : "(";
            given = as instanceof ExecutableType type ? type.getReturnType() : method.getReturnType();
        }
        boolean fits = given.getKind() != TypeKind.VOID && !(member instanceof TypeElement) && fits(given);
        boolean deprecated = analysis.elements().isDeprecated(member);
        found.add(name, text, kind(member), signature(member, as), group, fits, deprecated);
    }

    private TypeMirror seenThrough(@Nullable DeclaredType receiver, Element member) {
        if (receiver == null
                || member instanceof TypeElement
                || member.getModifiers().contains(Modifier.STATIC)) return member.asType();
        try {
            return analysis.types().asMemberOf(receiver, member);
        } catch (IllegalArgumentException notItsMember) {
            return member.asType();
        }
    }

    /// Jupyter's word for what an element is.
    static String kind(Element element) {
        return switch (element.getKind()) {
            case METHOD, CONSTRUCTOR -> "function";
            case CLASS, INTERFACE, ENUM, RECORD, ANNOTATION_TYPE -> "class";
            case PACKAGE, MODULE -> "module";
            default -> "instance";
        };
    }

    /// A member as its user sees it.
    ///
    /// @param as the member's type for its user
    static String signature(Element member, TypeMirror as) {
        if (member instanceof TypeElement type) return Signatures.declaration(type);
        if (member instanceof ExecutableElement method && as instanceof ExecutableType type)
            return Signatures.method(method, type);
        return Signatures.type(as) + " " + member.getSimpleName();
    }

    /// Adds a type by its qualified name, if it can be used.
    void type(String qualified, String text, Group group) {
        TypeElement element = analysis.elements().getTypeElement(qualified);
        if (element != null && element.getModifiers().contains(Modifier.PUBLIC)) type(element, text, group);
    }

    /// Adds a type.
    ///
    /// @param text what is put in: the simple or the qualified name
    void type(TypeElement element, String text, Group group) {
        if (position.follows("@") && element.getKind() != ElementKind.ANNOTATION_TYPE) return;
        boolean creating = position.isAfterNew();
        if (creating && element.getKind() == ElementKind.ENUM) return;
        boolean pattern = position.follows("instanceof") || position.follows("case");
        boolean fits = fits(analysis.types().erasure(element.asType()));
        String signature = Signatures.declaration(element);
        if (text.indexOf('.') >= 0) signature += "\nnot imported: " + element.getQualifiedName();
        found.add(
                element.getSimpleName().toString(),
                text,
                "class",
                signature,
                group,
                fits && (creating || pattern || position.isInCatch()),
                analysis.elements().isDeprecated(element));
        if (pattern && element.getKind() == ElementKind.RECORD) recordPattern(element, text, group, fits);
    }

    /// Adds `Point(int x, int y)`, which takes a record apart.
    private void recordPattern(TypeElement element, String text, Group group, boolean fits) {
        boolean generic = !element.getTypeParameters().isEmpty();
        String components = element.getRecordComponents().stream()
                .map(component ->
                        (generic ? "var" : Signatures.type(component.asType())) + " " + component.getSimpleName())
                .collect(Collectors.joining(", ", "(", ")"));
        String name = element.getSimpleName().toString();
        found.add(name, text + components, "class", "record pattern", group, fits, false);
    }
}
