package io.weft.kernel.assist;

import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.util.TreePath;
import io.weft.kernel.assist.Analyst.Analysis;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Types;

/// Which members Java lets a reader name at a place of a sketch.
///
/// @param analysis what the compiler knows
/// @param at       the place
record Access(Analysis analysis, TreePath at) {
    /// Whether a member may be named.
    ///
    /// @param through the type that is asked for the member
    boolean isAllowed(Element member, TypeElement through) {
        if (!(member.getEnclosingElement() instanceof TypeElement owner)) return true;
        Set<Modifier> modifiers = member.getModifiers();
        if (modifiers.contains(Modifier.PUBLIC)) return true;
        boolean here = analysis.outermost(member).getSimpleName().contentEquals(Sketch.CLASS);
        if (modifiers.contains(Modifier.PRIVATE)) return here && sharesType(member);
        boolean samePackage =
                analysis.elements().getPackageOf(member).getQualifiedName().contentEquals("REPL");
        if (samePackage) return true;
        if (!modifiers.contains(Modifier.PROTECTED)) return false;
        // inherited by the class around the cursor, and asked of that class itself
        for (TypeElement around : new Scope(analysis, at).enclosingTypes())
            if (isSubtype(around, owner) && isSubtype(through, around)) return !through.equals(owner);
        return isOfSuper();
    }

    private boolean isSubtype(TypeElement below, TypeElement above) {
        Types types = analysis.types();
        TypeMirror erased = types.erasure(above.asType());
        return types.isSubtype(types.erasure(below.asType()), erased);
    }

    private boolean isOfSuper() {
        return at.getLeaf() instanceof MemberSelectTree select
                && select.getExpression() instanceof IdentifierTree name
                && name.getName().contentEquals("super");
    }

    /// Whether a private member is in the declaration in which the cursor stands, however deep.
    private boolean sharesType(Element member) {
        Element top = member;
        while (top.getEnclosingElement() instanceof TypeElement outer
                && !outer.getSimpleName().contentEquals(Sketch.CLASS)) top = outer;
        Element declaration = top;
        return top.getEnclosingElement() instanceof TypeElement
                && (new Scope(analysis, at).enclosingTypes().contains(declaration) || declaration.equals(member));
    }
}
