package io.weft.kernel.assist;

import com.sun.source.tree.MemberSelectTree;
import com.sun.source.util.TreePath;
import io.weft.kernel.assist.Analyst.Analysis;
import io.weft.kernel.assist.Sources.Found;
import io.weft.kernel.display.MimeBundle;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;

/// Tells what a name in a cell means: its declaration, its documentation and, of a variable, its value.
/// Used by one thread at a time.
final class JavaInspector {
    private final Session session;
    private final Analyst analyst;
    private final TypeIndex index;
    private final UnaryOperator<String> magicTypes;
    private final Sources sources = new Sources();

    JavaInspector(Session session, Analyst analyst, TypeIndex index, UnaryOperator<String> magicTypes) {
        this.session = session;
        this.analyst = analyst;
        this.index = index;
        this.magicTypes = magicTypes;
    }

    Optional<MimeBundle> inspect(Notebook notebook, Tokens all, int cursor, boolean source) {
        index.use(notebook.classPath());
        for (Target target : Target.at(all.list(), cursor)) {
            Sketch sketch = Sketch.ofWhole(notebook, all, target.word().start(), magicTypes, Map.of());
            Optional<MimeBundle> found = analyst.ask(
                    notebook,
                    sketch.source(),
                    target.word().text()::equals,
                    analysis -> Optional.ofNullable(
                                    NameAt.find(analysis, target.word().text(), sketch.cursor()))
                            .flatMap(path -> new Look(notebook, analysis, path, target, source).run()));
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }

    /// One look at an attributed sketch.
    private final class Look {
        private final Analysis analysis;
        private final TreePath path;
        private final int argument;
        private final boolean wantsSource;
        private final Meaning meaning;
        private final Comments comments;
        private final Documentation page = new Documentation();

        Look(Notebook notebook, Analysis analysis, TreePath path, Target target, boolean wantsSource) {
            this.analysis = analysis;
            this.path = path;
            this.wantsSource = wantsSource;
            argument = target.argument();
            meaning = new Meaning(notebook, analysis, index, path, target.word().text());
            comments = new Comments(notebook, analysis, sources);
        }

        Optional<MimeBundle> run() {
            List<ExecutableElement> methods = meaning.methods();
            Element element = methods.isEmpty() ? meaning.element() : methods.getFirst();
            if (element == null || (methods.isEmpty() && argument >= 0 && !(element instanceof TypeElement)))
                return Optional.empty();
            TypeElement unimported = meaning.unimported();
            if (unimported != null && unimported.equals(analysis.outermost(element)))
                page.note("not imported: " + unimported.getQualifiedName());
            switch (element) {
                case ExecutableElement _ when !methods.isEmpty() -> ofMethods(methods);
                case TypeElement type -> ofType(type);
                case PackageElement packageElement -> page.code("package " + packageElement.getQualifiedName());
                case VariableElement variable -> ofVariable(variable);
                default -> page.code(element.toString());
            }
            return Optional.of(page.bundle());
        }

        private void ofMethods(List<ExecutableElement> methods) {
            ExecutableElement documented = methods.getFirst();
            // in the arguments, the overload with a parameter for the one at the cursor says more
            if (argument >= 0 && !meaning.isOneMethod())
                for (ExecutableElement method : methods)
                    if (method.getParameters().size() > argument) {
                        documented = method;
                        break;
                    }
            Optional<Found> found = comments.of(documented);
            page.signature(signature(documented, found));
            for (ExecutableElement method : methods)
                if (!method.equals(documented)) page.signature(signature(method, comments.own(method)));
            describe(documented, found);
        }

        private String signature(ExecutableElement method, Optional<Found> found) {
            ExecutableType as = (ExecutableType) method.asType();
            if (path.getLeaf() instanceof MemberSelectTree select
                    && analysis.trees().getTypeMirror(new TreePath(path, select.getExpression()))
                            instanceof DeclaredType receiver
                    && !method.getModifiers().contains(Modifier.STATIC)) {
                try {
                    as = (ExecutableType) analysis.types().asMemberOf(receiver, method);
                } catch (IllegalArgumentException notItsMember) {
                    // then as it is declared
                }
            }
            var names = found.map(Found::parameters).orElse(List.of());
            boolean constructor = method.getKind() == ElementKind.CONSTRUCTOR;
            Element owner = method.getEnclosingElement();
            String qualifier = constructor || Signatures.isWrapper(owner) ? "" : Signatures.name(owner) + ".";
            String modifiers =
                    method.getModifiers().contains(Modifier.STATIC) && !Signatures.isWrapper(owner) ? "static " : "";
            String result = constructor
                    ? Signatures.name(owner)
                    : Signatures.type(as.getReturnType()) + " " + qualifier + method.getSimpleName();
            String thrown = as.getThrownTypes().isEmpty()
                    ? ""
                    : " throws "
                            + String.join(
                                    ", ",
                                    as.getThrownTypes().stream()
                                            .map(Signatures::type)
                                            .toList());
            return modifiers + result + Signatures.parameters(method, as, argument, names) + thrown;
        }

        private void ofType(TypeElement type) {
            page.code(Signatures.declaration(type));
            describe(type, comments.of(type));
        }

        private void ofVariable(VariableElement variable) {
            String declaration = Signatures.type(variable.asType()) + " " + variable.getSimpleName();
            boolean constant = variable.getConstantValue() != null;
            if (constant) declaration += " = " + analysis.elements().getConstantExpression(variable.getConstantValue());
            Element owner = variable.getEnclosingElement();
            boolean member = owner instanceof TypeElement && !Signatures.isWrapper(owner);
            page.code(declaration + (member ? "   // of " + Signatures.name(owner) : ""));
            Optional<Declared> declared = comments.declared(variable);
            declared.filter(each -> each.kind() == Declared.Kind.VARIABLE)
                    .ifPresent(each -> page.code("= " + ValueSummary.of(session.value(each))));
            if (member || declared.isPresent()) describe(variable, comments.of(variable));
            else if (variable.asType() instanceof DeclaredType type && type.asElement() instanceof TypeElement element)
                describe(element, comments.of(element));
        }

        private void describe(Element element, Optional<Found> found) {
            if (analysis.elements().isDeprecated(element)) page.note("Deprecated.");
            found.map(Found::html).filter(html -> !html.isBlank()).ifPresent(page::html);
            if (found.isEmpty() && !comments.module(element).isEmpty() && !Files.exists(Sources.ofJdk()))
                page.note("This JDK has no lib/src.zip, which holds the documentation. The package that installs it is"
                        + " often called -source or -src.");
            if (wantsSource)
                found.map(Found::source)
                        .filter(text -> !text.isBlank())
                        .ifPresent(text -> page.code(text.stripIndent()));
        }
    }
}
