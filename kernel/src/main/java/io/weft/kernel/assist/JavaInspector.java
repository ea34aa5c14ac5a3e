package io.weft.kernel.assist;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ErroneousTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParameterizedTypeTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import io.weft.kernel.assist.Analyst.Analysis;
import io.weft.kernel.assist.Sources.Found;
import io.weft.kernel.display.MimeBundle;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import org.jspecify.annotations.Nullable;

/// Tells what a name in a cell means: its declaration, its documentation and, of a variable, its value.
/// Used by one thread at a time.
final class JavaInspector {
    private static final int MAX_OVERLOADS = 12;

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

    /// What is asked about.
    ///
    /// @param word      the name's token
    /// @param argument  the argument at the cursor, if the cursor stands behind the name; else -1
    private record Target(Token word, int argument) {}

    Optional<MimeBundle> inspect(Notebook notebook, Tokens all, int cursor, boolean source) {
        index.use(notebook.classPath());
        for (Target target : targets(all.list(), cursor)) {
            Sketch sketch = Sketch.ofWhole(notebook, all, target.word().start(), magicTypes, Map.of());
            Optional<MimeBundle> found = analyst.ask(
                    notebook,
                    sketch.source(),
                    target.word().text()::equals,
                    analysis -> new Look(notebook, analysis, sketch.cursor(), target, source).run());
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }

    /// The name at the cursor, then those of the calls in whose arguments it stands, innermost first.
    private static List<Target> targets(List<Token> tokens, int cursor) {
        var targets = new ArrayList<Target>();
        var before = new ArrayList<Token>();
        for (Token token : tokens) {
            boolean at = token.isWord() && token.start() <= cursor && cursor <= token.end();
            if (at && !SourceVersion.isKeyword(token.text())) targets.add(new Target(token, -1));
            if (token.end() <= cursor && !(at && token.end() == cursor)) before.add(token);
        }
        var open = Brackets.of(before).open();
        for (Brackets.Open bracket : open.reversed()) {
            if (bracket.inside() != Brackets.Inside.PARENTHESES) continue;
            int name = nameBefore(before, bracket.index());
            if (name < 0) continue;
            targets.add(new Target(before.get(name), argument(before, bracket.index())));
        }
        // behind a name or a call that has ended
        if (targets.isEmpty() && !before.isEmpty()) {
            Token last = before.getLast();
            int opening = last.is(")") ? Brackets.matching(before, before.size() - 1) : -1;
            int name =
                    opening > 0 ? nameBefore(before, opening) : last.is(";") || last.is(".") ? before.size() - 2 : -1;
            if (name >= 0 && before.get(name).isWord()) targets.add(new Target(before.get(name), -1));
        }
        return targets;
    }

    /// The name before a bracket, be there type arguments between them; -1 if it is no call.
    private static int nameBefore(List<Token> tokens, int bracket) {
        int at = bracket - 1;
        if (at > 0 && tokens.get(at).is(">")) {
            int depth = 0;
            while (at >= 0) {
                if (tokens.get(at).is(">")) depth++;
                if (tokens.get(at).is("<") && --depth == 0) break;
                at--;
            }
            at--;
        }
        return at >= 0
                        && tokens.get(at).isWord()
                        && !SourceVersion.isKeyword(tokens.get(at).text())
                ? at
                : -1;
    }

    private static int argument(List<Token> tokens, int bracket) {
        int depth = 0;
        int commas = 0;
        for (Token token : tokens.subList(bracket + 1, tokens.size())) {
            if (token.is("(") || token.is("[") || token.is("{")) depth++;
            if (token.is(")") || token.is("]") || token.is("}")) depth--;
            if (token.is(",") && depth == 0) commas++;
        }
        return commas;
    }

    /// One look at an attributed sketch.
    private final class Look {
        private final Notebook notebook;
        private final Analysis analysis;
        private final Target target;
        private final boolean wantsSource;
        private final Documentation page = new Documentation();
        private final @Nullable TreePath path;

        Look(Notebook notebook, Analysis analysis, int start, Target target, boolean wantsSource) {
            this.notebook = notebook;
            this.analysis = analysis;
            this.target = target;
            this.wantsSource = wantsSource;
            path = new NameAt(analysis, target.word().text(), start).scan(new TreePath(analysis.unit()), null);
        }

        Optional<MimeBundle> run() {
            if (path == null) return Optional.empty();
            List<ExecutableElement> methods = methods(path);
            if (!methods.isEmpty()) return Optional.of(ofMethods(methods));
            Element element = analysis.trees().getElement(path);
            if (element == null || isUnknown(element)) element = named(path);
            if (element == null || (target.argument() >= 0 && !(element instanceof TypeElement)))
                return Optional.empty();
            switch (element) {
                case TypeElement type -> ofType(type);
                case PackageElement packageElement -> page.code("package " + packageElement.getQualifiedName());
                case VariableElement variable -> ofVariable(variable);
                default -> page.code(element.toString());
            }
            return Optional.of(page.bundle());
        }

        private static boolean isUnknown(Element element) {
            return element.asType().getKind() == TypeKind.ERROR
                    || (element instanceof PackageElement empty
                            && empty.getEnclosedElements().isEmpty());
        }

        /// What the compiler could not make out in this place, by its name alone.
        private @Nullable Element named(TreePath at) {
            String name = target.word().text();
            if (at.getLeaf() instanceof MemberSelectTree select) {
                TypeMirror receiver = analysis.trees().getTypeMirror(new TreePath(at, select.getExpression()));
                if (!(receiver instanceof DeclaredType type) || !(type.asElement() instanceof TypeElement element))
                    return null;
                for (Element member : analysis.elements().getAllMembers(element))
                    if (member.getSimpleName().contentEquals(name)) return member;
                return null;
            }
            for (String qualified : index.named(name)) {
                TypeElement type = analysis.elements().getTypeElement(qualified);
                if (type != null && type.getModifiers().contains(Modifier.PUBLIC)) {
                    page.note("not imported: " + qualified);
                    return type;
                }
            }
            return null;
        }

        /// All overloads that the name can mean here, the one that the compiler chose first.
        private List<ExecutableElement> methods(TreePath at) {
            var found = new LinkedHashSet<ExecutableElement>();
            Element chosen = analysis.trees().getElement(at);
            if (creation(at) != null) return constructors(at);
            if (chosen instanceof ExecutableElement method) found.add(method);
            String name = target.word().text();
            switch (at.getLeaf()) {
                case MemberSelectTree select -> members(new TreePath(at, select.getExpression()), name, found);
                case MemberReferenceTree reference ->
                    members(new TreePath(at, reference.getQualifierExpression()), name, found);
                case IdentifierTree _ -> {
                    if (chosen == null || isUnknown(chosen) || chosen instanceof ExecutableElement)
                        unqualified(at, name, found);
                }
                default -> {
                    // a declaration stands for itself
                }
            }
            if (!(chosen instanceof ExecutableElement) && chosen != null && !isUnknown(chosen)) return List.of();
            return found.stream().limit(MAX_OVERLOADS).toList();
        }

        /// The creation of an object of the class that stands here, with type arguments or without.
        private static @Nullable TreePath creation(TreePath at) {
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

        private List<ExecutableElement> constructors(TreePath at) {
            var found = new LinkedHashSet<ExecutableElement>();
            TreePath creation = creation(at);
            if (creation != null && analysis.trees().getElement(creation) instanceof ExecutableElement chosen)
                found.add(chosen);
            Element type = analysis.trees().getElement(at);
            if (type == null || isUnknown(type)) type = named(at);
            if (type instanceof TypeElement element && !element.getKind().isInterface())
                for (Element each : element.getEnclosedElements())
                    if (each instanceof ExecutableElement method
                            && each.getKind() == ElementKind.CONSTRUCTOR
                            && !each.getModifiers().contains(Modifier.PRIVATE)) found.add(method);
            return found.stream()
                    .filter(each -> !Signatures.name(each.getEnclosingElement()).isEmpty())
                    .limit(MAX_OVERLOADS)
                    .toList();
        }

        private void members(TreePath receiver, String name, Set<ExecutableElement> found) {
            if (analysis.trees().getTypeMirror(receiver) instanceof DeclaredType type
                    && type.asElement() instanceof TypeElement element)
                for (Element member : analysis.elements().getAllMembers(element))
                    if (member instanceof ExecutableElement method
                            && member.getSimpleName().contentEquals(name)) found.add(method);
        }

        private void unqualified(TreePath at, String name, Set<ExecutableElement> found) {
            for (TypeElement around : new Scope(analysis, at).enclosingTypes())
                for (Element member : analysis.elements().getAllMembers(around))
                    if (member instanceof ExecutableElement method
                            && member.getSimpleName().contentEquals(name)) found.add(method);
            for (Declared declared : notebook.declared()) {
                if (declared.kind() != Declared.Kind.METHOD || !declared.name().equals(name)) continue;
                TypeElement wrapper = analysis.elements().getTypeElement(declared.wrapper());
                if (wrapper == null) continue;
                for (Element member : wrapper.getEnclosedElements())
                    if (member instanceof ExecutableElement method
                            && member.getSimpleName().contentEquals(name)) found.add(method);
            }
            for (String statics : Imports.of(notebook.imports()).allStatics()) {
                TypeElement type = analysis.elements().getTypeElement(statics);
                if (type == null) continue;
                for (Element member : analysis.elements().getAllMembers(type))
                    if (member instanceof ExecutableElement method
                            && member.getModifiers().contains(Modifier.STATIC)
                            && member.getSimpleName().contentEquals(name)) found.add(method);
            }
        }

        private MimeBundle ofMethods(List<ExecutableElement> methods) {
            ExecutableElement documented = methods.getFirst();
            boolean chosen = path != null && analysis.trees().getElement(path) instanceof ExecutableElement;
            // in the arguments, the overload with a parameter for the one at the cursor says more
            if (target.argument() >= 0 && !chosen)
                for (ExecutableElement method : methods)
                    if (method.getParameters().size() > target.argument()) {
                        documented = method;
                        break;
                    }
            Optional<Found> found = documentation(documented);
            page.signature(signature(documented, found));
            for (ExecutableElement method : methods)
                if (!method.equals(documented)) page.signature(signature(method, source(method)));
            describe(documented, found);
            return page.bundle();
        }

        private String signature(ExecutableElement method, Optional<Found> found) {
            ExecutableType as = (ExecutableType) method.asType();
            if (path != null
                    && path.getLeaf() instanceof MemberSelectTree select
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
            return modifiers + result + Signatures.parameters(method, as, target.argument(), names) + thrown;
        }

        private void ofType(TypeElement type) {
            page.code(Signatures.declaration(type));
            describe(type, documentation(type));
        }

        private void ofVariable(VariableElement variable) {
            String declaration = Signatures.type(variable.asType()) + " " + variable.getSimpleName();
            boolean constant = variable.getConstantValue() != null;
            if (constant) declaration += " = " + analysis.elements().getConstantExpression(variable.getConstantValue());
            Element owner = variable.getEnclosingElement();
            boolean member = owner instanceof TypeElement && !Signatures.isWrapper(owner);
            page.code(declaration + (member ? "   // of " + Signatures.name(owner) : ""));
            Optional<Declared> declared = declared(variable);
            declared.filter(each -> each.kind() == Declared.Kind.VARIABLE)
                    .ifPresent(each -> page.code("= " + ValueSummary.of(session.value(each))));
            if (member || declared.isPresent()) describe(variable, documentation(variable));
            else if (variable.asType() instanceof DeclaredType type && type.asElement() instanceof TypeElement element)
                describe(element, documentation(element));
        }

        private Optional<Declared> declared(Element element) {
            Element top = element;
            while (top.getEnclosingElement() instanceof TypeElement outer && !Signatures.isWrapper(outer)) top = outer;
            if (!(top.getEnclosingElement() instanceof TypeElement wrapper)) return Optional.empty();
            String owner = wrapper.getQualifiedName().toString();
            String name = top.getSimpleName().toString();
            return notebook.declared().stream()
                    .filter(each -> each.wrapper().equals(owner) && each.name().equals(name))
                    .findFirst();
        }

        private void describe(Element element, Optional<Found> found) {
            if (analysis.elements().isDeprecated(element)) page.note("Deprecated.");
            found.map(Found::html).filter(html -> !html.isBlank()).ifPresent(page::html);
            if (found.isEmpty() && !module(element).isEmpty() && !Files.exists(Sources.ofJdk()))
                page.note("This JDK has no lib/src.zip, which holds the documentation. The package that installs it is"
                        + " often called -source or -src.");
            if (wantsSource)
                found.map(Found::source)
                        .filter(text -> !text.isBlank())
                        .ifPresent(text -> page.code(text.stripIndent()));
        }

        /// What the sources say of an element; a method without a comment has that of the one that it overrides.
        private Optional<Found> documentation(Element element) {
            Optional<Found> own = source(element);
            boolean empty = own.map(Found::html).orElse("").isBlank();
            if (!empty
                    || !(element instanceof ExecutableElement method)
                    || !(method.getEnclosingElement() instanceof TypeElement owner)) return own;
            for (Element member : inherited(owner))
                if (member instanceof ExecutableElement above
                        && above.getSimpleName().equals(method.getSimpleName())
                        && analysis.elements().overrides(method, above, owner)) {
                    Optional<Found> found =
                            source(above).filter(each -> !each.html().isBlank());
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
            var open = new java.util.ArrayDeque<TypeMirror>(analysis.types().directSupertypes(type.asType()));
            while (!open.isEmpty())
                if (open.remove() instanceof DeclaredType above
                        && above.asElement() instanceof TypeElement element
                        && seen.add(element)) {
                    members.addAll(element.getEnclosedElements());
                    open.addAll(analysis.types().directSupertypes(above));
                }
            return members;
        }

        private Optional<Found> source(Element element) {
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

        private String module(Element element) {
            var module = analysis.elements().getModuleOf(element);
            return module == null || module.isUnnamed()
                    ? ""
                    : module.getQualifiedName().toString();
        }
    }

    /// Looks for the name that stands at an offset.
    private static final class NameAt extends TreePathScanner<@Nullable TreePath, @Nullable Void> {
        private final Analysis analysis;
        private final String name;
        private final int start;

        NameAt(Analysis analysis, String name, int start) {
            this.analysis = analysis;
            this.name = name;
            this.start = start;
        }

        @Override
        public @Nullable TreePath reduce(@Nullable TreePath left, @Nullable TreePath right) {
            return left != null ? left : right;
        }

        private long startOf(Tree tree) {
            return analysis.trees().getSourcePositions().getStartPosition(analysis.unit(), tree);
        }

        private long endOf(Tree tree) {
            return analysis.trees().getSourcePositions().getEndPosition(analysis.unit(), tree);
        }

        @Override
        public @Nullable TreePath visitIdentifier(IdentifierTree tree, @Nullable Void nothing) {
            return tree.getName().contentEquals(name) && startOf(tree) == start ? getCurrentPath() : null;
        }

        @Override
        public @Nullable TreePath visitMemberSelect(MemberSelectTree tree, @Nullable Void nothing) {
            boolean found = tree.getIdentifier().contentEquals(name) && endOf(tree) == start + name.length();
            return found ? getCurrentPath() : super.visitMemberSelect(tree, null);
        }

        @Override
        public @Nullable TreePath visitMemberReference(MemberReferenceTree tree, @Nullable Void nothing) {
            boolean found = tree.getName().contentEquals(name) && endOf(tree) == start + name.length();
            return found ? getCurrentPath() : super.visitMemberReference(tree, null);
        }

        @Override
        public @Nullable TreePath visitVariable(VariableTree tree, @Nullable Void nothing) {
            TreePath inner = super.visitVariable(tree, null);
            return inner == null && isDeclared(tree, tree.getName()) ? getCurrentPath() : inner;
        }

        @Override
        public @Nullable TreePath visitMethod(MethodTree tree, @Nullable Void nothing) {
            TreePath inner = super.visitMethod(tree, null);
            return inner == null && isDeclared(tree, tree.getName()) ? getCurrentPath() : inner;
        }

        @Override
        public @Nullable TreePath visitClass(ClassTree tree, @Nullable Void nothing) {
            TreePath inner = super.visitClass(tree, null);
            return inner == null && isDeclared(tree, tree.getSimpleName()) ? getCurrentPath() : inner;
        }

        @Override
        public @Nullable TreePath visitErroneous(ErroneousTree tree, @Nullable Void nothing) {
            return scan(tree.getErrorTrees(), null);
        }

        private boolean isDeclared(Tree tree, CharSequence declared) {
            return declared.toString().contentEquals(name) && startOf(tree) <= start && start < endOf(tree);
        }
    }
}
