package io.weft.kernel.assist;

import com.sun.source.util.TreePath;
import io.weft.kernel.assist.Analyst.Analysis;
import io.weft.kernel.assist.Candidates.Group;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/// Finds the names and words of the language that can stand where no dot is before them.
///
/// @param imports of the session and the cell
/// @param at      the name's place in the sketch
/// @param offers  takes the elements
/// @param found   takes the words
record NameCompleter(
        Notebook notebook,
        Imports imports,
        Position position,
        Analysis analysis,
        TreePath at,
        TypeIndex index,
        Offers offers,
        Candidates found) {
    private static final int MAX_ELSEWHERE = 40;

    /// Finds them.
    void complete() {
        if (position.follows("@")) {
            types();
            return;
        }
        if (position.followsName()) {
            keywords();
            return;
        }
        boolean typeOnly = position.wantsType();
        if (position.isInSwitchLabel()) labels();
        if (!typeOnly) values();
        notebookTypes();
        types();
        if (!typeOnly || position.follows("final")) keywords();
        if (!found.prefix().isEmpty())
            for (String root : index.packagesBelow("")) found.add(root, "module", "package " + root, Group.ELSEWHERE);
    }

    private void values() {
        var scope = new Scope(analysis, at);
        for (Scope.Local local : scope.locals()) {
            TypeMirror type = local.type();
            String signature = type == null ? "" : Signatures.type(type) + " " + local.name();
            boolean fits = type != null && offers.fits(type);
            found.add(local.name(), local.name(), "instance", signature, Group.LOCAL, fits, false);
        }
        for (TypeElement around : scope.enclosingTypes())
            for (Element member : analysis.elements().getAllMembers(around)) {
                if (member.getKind() == ElementKind.CONSTRUCTOR || member instanceof TypeElement) continue;
                boolean inherited = Signatures.isWrapper(around) && !around.equals(member.getEnclosingElement());
                DeclaredType receiver = around.asType() instanceof DeclaredType type ? type : null;
                if (!inherited) offers.memberOf(around, receiver, member);
            }
        for (Declared declared : notebook.declared())
            if (declared.kind() != Declared.Kind.TYPE && found.accepts(declared.name())) ofCell(declared);
        if (!found.prefix().isEmpty()) statics();
    }

    /// Adds a variable or method of another cell.
    private void ofCell(Declared declared) {
        TypeElement wrapper = analysis.elements().getTypeElement(declared.wrapper());
        if (wrapper == null) {
            found.add(declared.name(), "instance", declared.type(), Group.NOTEBOOK);
            return;
        }
        for (Element member : wrapper.getEnclosedElements())
            if (member.getSimpleName().contentEquals(declared.name())) offers.member(member, null, Group.NOTEBOOK);
    }

    private void statics() {
        for (String type : imports.allStatics()) statics(type, "");
        for (String name : imports.someStatics()) {
            int dot = name.lastIndexOf('.');
            if (dot >= 0 && found.accepts(name.substring(dot + 1)))
                statics(name.substring(0, dot), name.substring(dot + 1));
        }
    }

    /// Adds static members of a type.
    ///
    /// @param only the name of those that are meant; empty for all
    private void statics(String type, String only) {
        TypeElement element = analysis.elements().getTypeElement(type);
        if (element == null) return;
        for (Element member : analysis.elements().getAllMembers(element)) {
            String name = member.getSimpleName().toString();
            if (!member.getModifiers().contains(Modifier.STATIC) || member instanceof TypeElement) continue;
            if (!member.getModifiers().contains(Modifier.PUBLIC) || !found.accepts(name)) continue;
            if (only.isEmpty() || only.equals(name)) offers.member(member, null, Group.IMPORTED);
        }
    }

    private void notebookTypes() {
        for (TypeElement around : new Scope(analysis, at).enclosingTypes())
            for (Element member : analysis.elements().getAllMembers(around))
                if (member instanceof TypeElement type
                        && found.accepts(type.getSimpleName().toString()))
                    offers.type(type, type.getSimpleName().toString(), Group.OWN);
        for (Declared declared : notebook.declared()) {
            if (declared.kind() != Declared.Kind.TYPE || !found.accepts(declared.name())) continue;
            TypeElement element = analysis.elements().getTypeElement(declared.wrapper() + "." + declared.name());
            if (element != null) offers.type(element, declared.name(), Group.NOTEBOOK);
        }
    }

    /// Types of the JDK and the class path: by their simple names if they are imported, else by the qualified ones.
    private void types() {
        String prefix = found.prefix();
        if (position.isAfterNew()) for (TypeMirror wanted : offers.expected()) created(wanted);
        if (prefix.isEmpty()) return;
        var elsewhere = new ArrayList<String>();
        for (String qualified : index.startingWith(prefix))
            if (imports.hasType(qualified)) offers.type(qualified, simpleName(qualified), Group.IMPORTED);
            else elsewhere.add(qualified);
        if (prefix.length() < 2 || !Character.isUpperCase(prefix.charAt(0))) return;
        elsewhere.stream()
                .filter(qualified -> simpleName(qualified).startsWith(prefix))
                .sorted(Comparator.<String>comparingInt(NameCompleter::distance)
                        .thenComparingInt(String::length)
                        .thenComparing(Comparator.naturalOrder()))
                .limit(MAX_ELSEWHERE)
                .forEach(qualified -> offers.type(qualified, qualified, Group.ELSEWHERE));
    }

    /// Adds the class that is wanted behind `new`.
    private void created(TypeMirror wanted) {
        if (!(wanted instanceof DeclaredType declared) || !(declared.asElement() instanceof TypeElement element))
            return;
        Set<Modifier> modifiers = element.getModifiers();
        if (!modifiers.contains(Modifier.PUBLIC) || modifiers.contains(Modifier.ABSTRACT)) return;
        if (!(element.getEnclosingElement() instanceof PackageElement)) return;
        String qualified = element.getQualifiedName().toString();
        offers.type(element, imports.hasType(qualified) ? simpleName(qualified) : qualified, Group.OWN);
    }

    private static String simpleName(String qualified) {
        return qualified.substring(qualified.lastIndexOf('.') + 1);
    }

    /// How far a type that is not imported is from what a reader means: the JDK's own are nearest.
    private static int distance(String qualified) {
        if (qualified.startsWith("java.")) return 0;
        if (qualified.startsWith("javax.")) return 2;
        if (qualified.startsWith("com.sun.") || qualified.startsWith("jdk.") || qualified.startsWith("sun.")) return 3;
        return 1;
    }

    /// What can be a label of the switch around the cursor.
    private void labels() {
        TypeMirror selector = new Expectation(analysis, at).selector();
        if (!(selector instanceof DeclaredType declared) || !(declared.asElement() instanceof TypeElement element))
            return;
        for (Element member : element.getEnclosedElements())
            if (member.getKind() == ElementKind.ENUM_CONSTANT) {
                String name = member.getSimpleName().toString();
                String signature = Signatures.type(member.asType()) + " " + name;
                found.add(name, name, "instance", signature, Group.LOCAL, true, false);
            }
        permitted(element, new HashSet<>());
        found.add("null", "keyword", "", Group.KEYWORD);
    }

    private void permitted(TypeElement element, Set<TypeElement> seen) {
        if (!seen.add(element)) return;
        for (TypeMirror each : element.getPermittedSubclasses()) {
            if (!(each instanceof DeclaredType declared) || !(declared.asElement() instanceof TypeElement sub))
                continue;
            if (found.accepts(sub.getSimpleName().toString())) offers.type(sub, Signatures.name(sub), Group.LOCAL);
            permitted(sub, seen);
        }
        if (element.getKind() == ElementKind.RECORD) offers.type(element, Signatures.name(element), Group.LOCAL);
    }

    private void keywords() {
        boolean truth = offers.expected().stream().anyMatch(type -> type.getKind() == TypeKind.BOOLEAN);
        for (String keyword : position.keywords()) {
            boolean wanted = truth && (keyword.equals("true") || keyword.equals("false"));
            found.add(keyword, keyword, "keyword", "", Group.KEYWORD, wanted, false);
        }
    }
}
