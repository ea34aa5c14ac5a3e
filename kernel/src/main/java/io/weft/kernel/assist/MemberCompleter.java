package io.weft.kernel.assist;

import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreePath;
import io.weft.kernel.assist.Analyst.Analysis;
import io.weft.kernel.assist.Candidates.Group;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.IntersectionType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;
import javax.lang.model.type.WildcardType;
import org.jspecify.annotations.Nullable;

/// Finds what can stand behind a dot or behind `::` in an attributed sketch.
///
/// @param at     the place behind the dot
/// @param offers takes the elements
/// @param found  takes the words and packages
record MemberCompleter(Analysis analysis, TreePath at, TypeIndex index, Offers offers, Candidates found) {
    /// Finds what can stand behind a dot.
    void members(MemberSelectTree select) {
        var path = new TreePath(at, select.getExpression());
        Element element = analysis.trees().getElement(path);
        String chain = chain(select.getExpression());
        if (element instanceof PackageElement || (!isType(element) && !isValue(element) && isPackage(chain))) {
            ofPackage(chain);
            return;
        }
        TypeMirror type = analysis.trees().getTypeMirror(path);
        if (type == null) return;
        boolean isStatic = isType(element) && !chain.equals("super") && !chain.equals("this");
        ofType(type, isStatic);
        if (isStatic) {
            found.add("class", "keyword", "Class<" + Signatures.type(type) + "> class", Group.KEYWORD);
            if (type instanceof DeclaredType declared
                    && declared.asElement().getKind().isInterface()) found.add("super", "keyword", "", Group.KEYWORD);
        }
    }

    /// Finds what can stand behind `::`: methods of a type, be they static or not, or those of an object.
    void references(MemberSelectTree reference) {
        var path = new TreePath(at, reference.getExpression());
        boolean ofType = isType(analysis.trees().getElement(path));
        TypeMirror type = analysis.trees().getTypeMirror(path);
        if (type == null) return;
        if (type instanceof DeclaredType declared && declared.asElement() instanceof TypeElement of) {
            for (Element member : analysis.elements().getAllMembers(of))
                if (member.getKind() == ElementKind.METHOD
                        && (ofType || !member.getModifiers().contains(Modifier.STATIC)))
                    offers.memberOf(of, declared, member);
        } else ofType(type, false);
        if (ofType) found.add("new", "keyword", "", Group.KEYWORD);
    }

    /// Names joined by dots, as written; empty for any other expression.
    private static String chain(Tree tree) {
        if (tree instanceof IdentifierTree name) return name.getName().toString();
        if (!(tree instanceof MemberSelectTree select)) return "";
        String before = chain(select.getExpression());
        return before.isEmpty() ? "" : before + "." + select.getIdentifier();
    }

    private boolean isPackage(String chain) {
        return !chain.isEmpty()
                && (!index.packagesBelow(chain).isEmpty()
                        || !index.typesOf(chain).isEmpty());
    }

    private static boolean isType(@Nullable Element element) {
        return element != null
                && (element instanceof TypeElement || element.getKind() == ElementKind.TYPE_PARAMETER)
                && element.asType().getKind() != TypeKind.ERROR;
    }

    private static boolean isValue(@Nullable Element element) {
        return element != null && (element.getKind().isVariable() || element instanceof ExecutableElement);
    }

    private void ofPackage(String name) {
        for (String below : index.packagesBelow(name))
            found.add(below, "module", "package " + name + "." + below, Group.INHERITED);
        for (String type : index.typesOf(name))
            if (found.accepts(type)) offers.type(name + "." + type, type, Group.OWN);
    }

    private void ofType(TypeMirror type, boolean isStatic) {
        switch (type) {
            case IntersectionType both -> both.getBounds().forEach(bound -> ofType(bound, isStatic));
            case TypeVariable variable -> ofType(variable.getUpperBound(), isStatic);
            case WildcardType wildcard
            when wildcard.getExtendsBound() != null -> ofType(wildcard.getExtendsBound(), isStatic);
            case ArrayType array -> ofArray(array, isStatic);
            case DeclaredType declared
            when declared.asElement() instanceof TypeElement element -> {
                if (type.getKind() == TypeKind.ERROR) return;
                for (Element member : analysis.elements().getAllMembers(element))
                    if (isOffered(member, isStatic)) offers.memberOf(element, declared, member);
            }
            default -> {
                // primitives and what could not be found have no members
            }
        }
    }

    private void ofArray(ArrayType array, boolean isStatic) {
        if (isStatic) return;
        found.add("length", "instance", "int length", Group.OWN);
        found.add("clone", "clone()", "function", Signatures.type(array) + " clone()", Group.OWN, false, false);
        ofType(analysis.elements().getTypeElement("java.lang.Object").asType(), false);
    }

    private static boolean isOffered(Element member, boolean isStatic) {
        if (member.getKind() == ElementKind.CONSTRUCTOR) return false;
        boolean ofType = member instanceof TypeElement || member.getModifiers().contains(Modifier.STATIC);
        return ofType == isStatic;
    }
}
