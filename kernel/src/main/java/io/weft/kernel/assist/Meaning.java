package io.weft.kernel.assist;

import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParameterizedTypeTree;
import com.sun.source.util.TreePath;
import io.weft.kernel.assist.Analyst.Analysis;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import org.jspecify.annotations.Nullable;

/// What a name in an attributed sketch can mean, also where the compiler was not sure.
final class Meaning {
    private static final int MAX_OVERLOADS = 12;

    private final Notebook notebook;
    private final Analysis analysis;
    private final TypeIndex index;
    private final TreePath at;
    private final String name;
    private final @Nullable Element chosen;

    /// @param at the name's place
    Meaning(Notebook notebook, Analysis analysis, TypeIndex index, TreePath at, String name) {
        this.notebook = notebook;
        this.analysis = analysis;
        this.index = index;
        this.at = at;
        this.name = name;
        Element element = analysis.trees().getElement(at);
        chosen = element == null || isUnknown(element) ? null : element;
    }

    private static boolean isUnknown(Element element) {
        return element.asType().getKind() == TypeKind.ERROR
                || (element instanceof PackageElement empty
                        && empty.getEnclosedElements().isEmpty());
    }

    /// Whether the compiler chose one method.
    boolean isOneMethod() {
        return chosen instanceof ExecutableElement;
    }

    /// What it means if it is no method: the compiler's answer, or what goes by this name alone.
    @Nullable
    Element element() {
        return chosen != null
                ? chosen
                : at.getLeaf() instanceof MemberSelectTree select ? memberOf(select) : unimported();
    }

    private @Nullable Element memberOf(MemberSelectTree select) {
        for (Element member : allMembers(new TreePath(at, select.getExpression())))
            if (member.getSimpleName().contentEquals(name)) return member;
        return null;
    }

    /// A type that has this name and lacks an import; null if there is none.
    @Nullable
    TypeElement unimported() {
        if (chosen != null || at.getLeaf() instanceof MemberSelectTree) return null;
        for (String qualified : index.named(name)) {
            TypeElement type = analysis.elements().getTypeElement(qualified);
            if (type != null && type.getModifiers().contains(Modifier.PUBLIC)) return type;
        }
        return null;
    }

    /// All overloads that the name can mean here, the one that the compiler chose first; none if it is no method.
    List<ExecutableElement> methods() {
        TreePath creation = creation();
        if (creation != null) return constructors(creation);
        if (chosen != null && !isOneMethod()) return List.of();
        var found = new LinkedHashSet<ExecutableElement>();
        if (chosen instanceof ExecutableElement method) found.add(method);
        switch (at.getLeaf()) {
            case MemberSelectTree select -> named(allMembers(new TreePath(at, select.getExpression())), found);
            case MemberReferenceTree reference ->
                named(allMembers(new TreePath(at, reference.getQualifierExpression())), found);
            case IdentifierTree _ -> unqualified(found);
            default -> {
                // a declaration stands for itself
            }
        }
        return found.stream()
                .filter(method ->
                        found.stream().noneMatch(other -> analysis.elements().hides(other, method)))
                .limit(MAX_OVERLOADS)
                .toList();
    }

    /// The creation of an object of the class that stands here, with type arguments or without.
    private @Nullable TreePath creation() {
        TreePath type = at;
        TreePath parent = at.getParentPath();
        if (parent != null
                && parent.getLeaf() instanceof ParameterizedTypeTree given
                && given.getType() == at.getLeaf()) {
            type = parent;
            parent = parent.getParentPath();
        }
        boolean created = parent != null
                && parent.getLeaf() instanceof NewClassTree creation
                && creation.getIdentifier() == type.getLeaf();
        return created ? parent : null;
    }

    private List<ExecutableElement> constructors(TreePath creation) {
        var found = new LinkedHashSet<ExecutableElement>();
        if (analysis.trees().getElement(creation) instanceof ExecutableElement used) found.add(used);
        if (element() instanceof TypeElement type && !type.getKind().isInterface())
            for (Element each : type.getEnclosedElements())
                if (each instanceof ExecutableElement method
                        && each.getKind() == ElementKind.CONSTRUCTOR
                        && (each.getModifiers().contains(Modifier.PROTECTED) || access().isAllowed(each, type)))
                    found.add(method);
        return found.stream()
                .filter(each -> !Signatures.name(each.getEnclosingElement()).isEmpty())
                .limit(MAX_OVERLOADS)
                .toList();
    }

    private List<? extends Element> allMembers(TreePath receiver) {
        if (!(analysis.trees().getTypeMirror(receiver) instanceof DeclaredType type)
                || !(type.asElement() instanceof TypeElement element)) return List.of();
        Access access = access();
        return analysis.elements().getAllMembers(element).stream()
                .filter(member -> access.isAllowed(member, element))
                .toList();
    }

    private Access access() {
        return new Access(analysis, at);
    }

    private void unqualified(Set<ExecutableElement> found) {
        for (TypeElement around : new Scope(analysis, at).enclosingTypes())
            named(analysis.elements().getAllMembers(around), found);
        for (Declared declared : notebook.declared()) {
            if (declared.kind() != Declared.Kind.METHOD || !declared.name().equals(name)) continue;
            TypeElement wrapper = analysis.elements().getTypeElement(declared.wrapper());
            if (wrapper != null) named(wrapper.getEnclosedElements(), found);
        }
        for (String statics : Imports.of(notebook.imports()).allStatics()) {
            TypeElement type = analysis.elements().getTypeElement(statics);
            if (type == null) continue;
            var members = new ArrayList<Element>(analysis.elements().getAllMembers(type));
            members.removeIf(member -> !member.getModifiers().contains(Modifier.STATIC));
            named(members, found);
        }
    }

    private void named(List<? extends Element> members, Set<ExecutableElement> found) {
        for (Element member : members)
            if (member instanceof ExecutableElement method
                    && member.getSimpleName().contentEquals(name)) found.add(method);
    }
}
