package io.weft.kernel.assist;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.TreePath;
import io.weft.kernel.assist.Analyst.Analysis;
import io.weft.kernel.assist.Sources.Found;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;

/// Finds what is written above the declaration of an element: in this cell, in another one, or in a library's sources.
///
/// @param sources of the JDK and the class path
record Comments(Notebook notebook, Analysis analysis, Sources sources) {
    /// What the sources say of an element; a method without a comment has that of the one that it overrides.
    Optional<Found> of(Element element) {
        Optional<Found> own = own(element);
        boolean empty = own.map(Found::html).orElse("").isBlank();
        if (!empty
                || !(element instanceof ExecutableElement method)
                || !(method.getEnclosingElement() instanceof TypeElement owner)) return own;
        for (Element member : inherited(owner))
            if (member instanceof ExecutableElement above
                    && above.getSimpleName().equals(method.getSimpleName())
                    && analysis.elements().overrides(method, above, owner)) {
                Optional<Found> found = own(above).filter(each -> !each.html().isBlank());
                if (found.isPresent()) {
                    String html = found.get().html() + "<p>(documented in "
                            + Signatures.name(above.getEnclosingElement()) + ")</p>";
                    return Optional.of(new Found(
                            html,
                            own.map(Found::source).orElse(""),
                            own.orElse(found.get()).parameters()));
                }
            }
        return own;
    }

    private List<Element> inherited(TypeElement type) {
        var members = new ArrayList<Element>();
        var seen = new LinkedHashSet<TypeElement>();
        var open = new ArrayDeque<TypeMirror>(analysis.types().directSupertypes(type.asType()));
        while (!open.isEmpty())
            if (open.remove() instanceof DeclaredType above
                    && above.asElement() instanceof TypeElement element
                    && seen.add(element)) {
                members.addAll(element.getEnclosedElements());
                open.addAll(analysis.types().directSupertypes(above));
            }
        return members;
    }

    /// What the sources say of the element itself.
    Optional<Found> own(Element element) {
        TypeElement outermost = analysis.outermost(element);
        if (outermost.getSimpleName().contentEquals(Sketch.CLASS)) return here(element);
        Optional<Declared> declared = declared(element);
        if (declared.isPresent()) return sources.inCell(declared.get().source(), element);
        return sources.find(module(element), outermost, element, notebook.classPath());
    }

    /// The comment above a declaration of the cell itself.
    private Optional<Found> here(Element element) {
        TreePath declaration = analysis.trees().getPath(element);
        if (declaration == null || !(analysis.trees() instanceof DocTrees trees)) return Optional.empty();
        DocCommentTree comment = trees.getDocCommentTree(declaration);
        return Optional.of(new Found(comment == null ? "" : JavadocHtml.of(comment), "", List.of()));
    }

    /// The name of the module that an element is in; empty for the class path and cells.
    String module(Element element) {
        var module = analysis.elements().getModuleOf(element);
        return module == null || module.isUnnamed()
                ? ""
                : module.getQualifiedName().toString();
    }

    /// The declaration of another cell in which an element stands.
    Optional<Declared> declared(Element element) {
        Element top = element;
        while (top.getEnclosingElement() instanceof TypeElement outer && !Signatures.isWrapper(outer)) top = outer;
        if (!(top.getEnclosingElement() instanceof TypeElement wrapper)) return Optional.empty();
        String owner = wrapper.getQualifiedName().toString();
        String name = top.getSimpleName().toString();
        return notebook.declared().stream()
                .filter(each -> each.wrapper().equals(owner) && each.name().equals(name))
                .findFirst();
    }
}
