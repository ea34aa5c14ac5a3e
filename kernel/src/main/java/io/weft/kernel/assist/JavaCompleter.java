package io.weft.kernel.assist;

import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreePath;
import io.weft.kernel.assist.Analyst.Analysis;
import io.weft.kernel.assist.Candidates.Group;
import io.weft.kernel.assist.Completion.Match;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.IntersectionType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;
import javax.lang.model.type.WildcardType;
import org.jspecify.annotations.Nullable;

/// Completes a word of Java in a cell that is being typed. Used by one thread at a time.
final class JavaCompleter {
    private static final int MAX_ELSEWHERE = 40;
    private static final Set<String> STATEMENT_WORDS = words("""
            var int long double boolean char byte short float if for while do switch try return throw
            break continue yield assert synchronized new this super final class interface record enum
            else catch finally case default import void static public private protected abstract
            sealed null true false""");
    private static final Set<String> EXPRESSION_WORDS = words("""
            new this super null true false switch int long double boolean char byte short float final
            instanceof var""");
    private static final Set<String> MEMBER_WORDS = words("""
            public private protected static final abstract sealed default synchronized volatile
            transient native void int long double boolean char byte short float class interface record
            enum""");
    /// What can follow a name or type.
    private static final Set<String> AFTER_NAME =
            Set.of("instanceof", "extends", "implements", "permits", "throws", "when", "default");
    private static final Set<String> TYPE_FOLLOWS =
            Set.of("extends", "implements", "throws", "instanceof", "permits", "final", "record", "&");
    private static final Set<String> BEFORE_EXPRESSION = Set.of(
            "return",
            "throw",
            "new",
            "case",
            "else",
            "do",
            "yield",
            "assert",
            "instanceof",
            "extends",
            "implements",
            "throws",
            "permits",
            "final",
            "static",
            "public",
            "private",
            "protected",
            "abstract",
            "default",
            "sealed",
            "volatile",
            "synchronized",
            "transient",
            "native",
            "try",
            "finally",
            "when");

    private static Set<String> words(String text) {
        return Set.of(text.split("\\s+", 0));
    }

    private final Analyst analyst;
    private final TypeIndex index;
    private final UnaryOperator<String> magicTypes;

    JavaCompleter(Analyst analyst, TypeIndex index, UnaryOperator<String> magicTypes) {
        this.analyst = analyst;
        this.index = index;
        this.magicTypes = magicTypes;
    }

    /// Completes a word.
    ///
    /// @param before   the tokens before the word
    /// @param all      the tokens of the cell
    /// @param prefix   what of the word stands before the cursor
    /// @param nameOnly whether a method's bracket stands there already
    List<Match> complete(Notebook notebook, Tokens before, Tokens all, String prefix, boolean nameOnly) {
        index.use(notebook.classPath());
        List<Token> tokens = before.list();
        List<Token> ofImport = importBefore(tokens);
        if (!ofImport.isEmpty()) return ofImport(notebook, ofImport, prefix);
        if (!tokens.isEmpty()
                && tokens.getLast().kind() == Token.Kind.NUMBER
                && tokens.getLast().end() == before.code().length()) return List.of();
        var cell = new Cell(notebook, before, all, new Candidates(prefix), nameOnly);
        boolean member = cell.follows(".") || cell.follows("::");
        return analyst.ask(
                notebook,
                sketch(cell).source(),
                name -> !member && cell.found().accepts(name),
                analysis -> new Search(cell, analysis).run());
    }

    /// The sketch, for which the compiler first finds the types of variables without a stated one, if needed.
    private Sketch sketch(Cell cell) {
        Sketch sketch = Sketch.ofPrefix(cell.notebook(), cell.before(), cell.all(), magicTypes, Map.of());
        if (sketch.inferred().isEmpty()) return sketch;
        List<Piece> pieces = Piece.cut(cell.before().list());
        String statements = cell.before().code().substring(0, pieces.getLast().start());
        Tokens earlier = new Tokens(
                statements,
                cell.before().list().stream()
                        .filter(token -> token.end() <= statements.length())
                        .toList(),
                Tokens.Open.NOTHING,
                statements.length());
        String source = Sketch.ofPrefix(cell.notebook(), earlier, earlier, magicTypes, Map.of())
                .source();
        Map<String, String> types = analyst.ask(
                cell.notebook(),
                source,
                _ -> false,
                analysis -> new Scope(analysis, analysis.find(Sketch.MARK)).typesOfLocals());
        return Sketch.ofPrefix(cell.notebook(), cell.before(), cell.all(), magicTypes, types);
    }

    /// What is asked.
    private record Cell(Notebook notebook, Tokens before, Tokens all, Candidates found, boolean nameOnly) {
        List<Token> tokens() {
            return before.list();
        }

        boolean follows(String text) {
            return !tokens().isEmpty() && tokens().getLast().is(text);
        }

        Imports imports() {
            var declarations = new ArrayList<>(notebook.imports());
            for (Piece piece : Piece.cut(all.list()))
                if (piece.kind() == Piece.Kind.IMPORT)
                    declarations.add(all.code().substring(piece.start(), piece.end()));
            return Imports.of(declarations);
        }
    }

    /// The tokens of the import declaration in which the text ends; none if it does not.
    private static List<Token> importBefore(List<Token> tokens) {
        List<Piece> pieces = Piece.cut(tokens);
        if (pieces.isEmpty()) return List.of();
        Piece last = pieces.getLast();
        return last.kind() == Piece.Kind.IMPORT && !last.whole() ? last.tokens() : List.of();
    }

    private List<Match> ofImport(Notebook notebook, List<Token> tokens, String prefix) {
        var found = new Candidates(prefix);
        boolean isStatic = tokens.size() > 1 && tokens.get(1).is("static");
        boolean module = tokens.size() > 1 && tokens.get(1).is("module");
        String name = tokens.stream()
                .skip(isStatic || module ? 2 : 1)
                .map(Token::text)
                .collect(Collectors.joining());
        String qualifier = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (!name.isEmpty() && !name.endsWith(".")) return List.of();
        if (module) {
            String start = name + prefix;
            var modules = new Candidates(start);
            for (String each : index.modules())
                modules.add(
                        each,
                        each.substring(Math.min(name.length(), each.length())),
                        "module",
                        "module " + each,
                        Group.OWN,
                        false,
                        false);
            return modules.matches();
        }
        if (qualifier.isEmpty()) {
            found.add("static", "keyword", "", Group.KEYWORD);
            found.add("module", "keyword", "", Group.KEYWORD);
        }
        for (String below : index.packagesBelow(qualifier))
            found.add(below, below + ".", "module", "package " + join(qualifier, below), Group.OWN, false, false);
        Set<String> types = index.typesOf(qualifier);
        String source = "import " + qualifier + ".*; class " + Sketch.CLASS + " {}";
        analyst.ask(notebook, "package REPL;\n" + source, _ -> false, analysis -> {
            for (String type : types) {
                if (!found.accepts(type)) continue;
                TypeElement element = analysis.elements().getTypeElement(join(qualifier, type));
                if (element != null && element.getModifiers().contains(Modifier.PUBLIC))
                    found.add(
                            type,
                            isStatic ? type + "." : type,
                            "class",
                            Signatures.declaration(element),
                            Group.IMPORTED,
                            false,
                            analysis.elements().isDeprecated(element));
            }
            TypeElement outer = qualifier.isEmpty() ? null : analysis.elements().getTypeElement(qualifier);
            if (outer != null) ofImportedType(analysis, outer, isStatic, found);
            return null;
        });
        return found.matches();
    }

    private static void ofImportedType(Analysis analysis, TypeElement outer, boolean isStatic, Candidates found) {
        for (Element member : analysis.elements().getAllMembers(outer)) {
            boolean type = member.getKind().isClass() || member.getKind().isInterface();
            boolean offered = type || (isStatic && member.getModifiers().contains(Modifier.STATIC));
            if (!offered || !member.getModifiers().contains(Modifier.PUBLIC)) continue;
            String name = member.getSimpleName().toString();
            found.add(
                    name,
                    name,
                    kind(member),
                    signature(analysis, member, null),
                    Group.OWN,
                    false,
                    analysis.elements().isDeprecated(member));
        }
    }

    private static String join(String qualifier, String name) {
        return qualifier.isEmpty() ? name : qualifier + "." + name;
    }

    /// Jupyter's word for what an element is.
    private static String kind(Element element) {
        return switch (element.getKind()) {
            case METHOD, CONSTRUCTOR -> "function";
            case CLASS, INTERFACE, ENUM, RECORD, ANNOTATION_TYPE -> "class";
            case PACKAGE, MODULE -> "module";
            default -> "instance";
        };
    }

    /// A member as its user sees it.
    ///
    /// @param receiver the type of what stands before the dot, if there is one
    private static String signature(Analysis analysis, Element member, @Nullable TypeMirror receiver) {
        if (member instanceof TypeElement type) return Signatures.declaration(type);
        TypeMirror as = member.asType();
        if (receiver instanceof DeclaredType declared && !member.getModifiers().contains(Modifier.STATIC)) {
            try {
                as = analysis.types().asMemberOf(declared, member);
            } catch (IllegalArgumentException notItsMember) {
                as = member.asType();
            }
        }
        if (member instanceof ExecutableElement method && as instanceof ExecutableType type)
            return Signatures.method(method, type);
        return Signatures.type(as) + " " + member.getSimpleName();
    }

    /// One search in an attributed sketch.
    private final class Search {
        private final Cell cell;
        private final Candidates found;
        private final Analysis analysis;
        private final TreePath at;
        private final List<TypeMirror> expected;

        Search(Cell cell, Analysis analysis) {
            this.cell = cell;
            this.found = cell.found();
            this.analysis = analysis;
            at = analysis.find(Sketch.MARK);
            expected = new Expectation(analysis, at).types();
        }

        List<Match> run() {
            switch (at.getLeaf()) {
                case MemberSelectTree select when cell.follows("::") -> reference(select);
                case MemberSelectTree select -> members(select);
                default -> word();
            }
            return found.matches();
        }

        private void members(MemberSelectTree select) {
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
                        && declared.asElement().getKind().isInterface())
                    found.add("super", "keyword", "", Group.KEYWORD);
            }
        }

        private boolean isPackage(String chain) {
            return !chain.isEmpty()
                    && (!index.packagesBelow(chain).isEmpty()
                            || !index.typesOf(chain).isEmpty());
        }

        private static boolean isType(@Nullable Element element) {
            return element != null
                    && (element.getKind().isClass()
                            || element.getKind().isInterface()
                            || element.getKind() == ElementKind.TYPE_PARAMETER)
                    && element.asType().getKind() != TypeKind.ERROR;
        }

        private static boolean isValue(@Nullable Element element) {
            return element != null && (element.getKind().isVariable() || element instanceof ExecutableElement);
        }

        /// Names joined by dots, as written; empty for any other expression.
        private static String chain(Tree tree) {
            if (tree instanceof IdentifierTree name) return name.getName().toString();
            if (!(tree instanceof MemberSelectTree select)) return "";
            String before = chain(select.getExpression());
            return before.isEmpty() ? "" : before + "." + select.getIdentifier();
        }

        private void ofPackage(String name) {
            for (String below : index.packagesBelow(name))
                found.add(below, "module", "package " + join(name, below), Group.INHERITED);
            for (String type : index.typesOf(name)) if (found.accepts(type)) type(join(name, type), type, Group.OWN);
        }

        /// Adds a type by its qualified name, if it can be used.
        private void type(String qualified, String text, Group group) {
            TypeElement element = analysis.elements().getTypeElement(qualified);
            if (element == null || !element.getModifiers().contains(Modifier.PUBLIC)) return;
            addType(element, text, group);
        }

        private void addType(TypeElement element, String text, Group group) {
            if (cell.follows("@") && element.getKind() != ElementKind.ANNOTATION_TYPE) return;
            boolean creating = Sketch.isAfterNew(cell.tokens());
            if (creating && element.getKind() == ElementKind.ENUM) return;
            boolean fits = expected.stream()
                    .anyMatch(type -> isExpected(type, analysis.types().erasure(element.asType())));
            boolean wanted = creating || cell.follows("case") || cell.follows("instanceof") || isInCatch();
            String name = element.getSimpleName().toString();
            boolean deprecated = analysis.elements().isDeprecated(element);
            String signature = Signatures.declaration(element);
            if (text.indexOf('.') >= 0) signature += "\nnot imported: " + element.getQualifiedName();
            found.add(name, text, "class", signature, group, fits && wanted, deprecated);
            boolean pattern = cell.follows("instanceof") || cell.follows("case");
            if (pattern && element.getKind() == ElementKind.RECORD) addPattern(element, text, group, fits);
        }

        /// Adds `Point(int x, int y)`, which takes a record apart.
        private void addPattern(TypeElement element, String text, Group group, boolean fits) {
            boolean generic = !element.getTypeParameters().isEmpty();
            String components = element.getRecordComponents().stream()
                    .map(component ->
                            (generic ? "var" : Signatures.type(component.asType())) + " " + component.getSimpleName())
                    .collect(Collectors.joining(", ", "(", ")"));
            found.add(
                    element.getSimpleName().toString(),
                    text + components,
                    "class",
                    "record pattern",
                    group,
                    fits,
                    false);
        }

        private boolean isInCatch() {
            List<Token> tokens = cell.tokens();
            int size = tokens.size();
            return size > 1
                    && tokens.get(size - 1).is("(")
                    && tokens.get(size - 2).is("catch");
        }

        private boolean isExpected(TypeMirror wanted, TypeMirror type) {
            try {
                return analysis.types().isAssignable(type, wanted)
                        || analysis.types().isAssignable(type, analysis.types().erasure(wanted));
            } catch (IllegalArgumentException notComparable) {
                return false;
            }
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
                        if (isOffered(member, isStatic)) member(member, declared, element);
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
            TypeElement object = analysis.elements().getTypeElement("java.lang.Object");
            ofType(object.asType(), false);
        }

        private static boolean isOffered(Element member, boolean isStatic) {
            boolean type = member.getKind().isClass() || member.getKind().isInterface();
            boolean ofType = type || member.getModifiers().contains(Modifier.STATIC);
            if (isStatic) return ofType && member.getKind() != ElementKind.CONSTRUCTOR;
            return !ofType && member.getKind() != ElementKind.CONSTRUCTOR;
        }

        private void member(Element member, @Nullable DeclaredType receiver, TypeElement of) {
            String name = member.getSimpleName().toString();
            if (name.isEmpty() || name.startsWith("$") || name.startsWith("<") || !found.accepts(name)) return;
            if (member.getKind() == ElementKind.STATIC_INIT || member.getKind() == ElementKind.INSTANCE_INIT) return;
            if (!isAccessible(member, of)) return;
            Element owner = member.getEnclosingElement();
            boolean ofObject = String.valueOf(owner).equals("java.lang.Object");
            Group group = of.equals(owner) ? Group.OWN : ofObject ? Group.OBJECT : Group.INHERITED;
            add(member, receiver, group);
        }

        private void add(Element member, @Nullable DeclaredType receiver, Group group) {
            String name = member.getSimpleName().toString();
            String text = name;
            TypeMirror gives = member.asType();
            if (member instanceof ExecutableElement method) {
                if (!cell.nameOnly() && !cell.follows("::"))
                    text += method.getParameters().isEmpty() ? "()" : "(";
                gives = method.getReturnType();
                if (receiver != null && !method.getModifiers().contains(Modifier.STATIC))
                    gives = returnType(method, receiver);
            }
            TypeMirror given = gives;
            boolean fits = given.getKind() != TypeKind.VOID
                    && !(member instanceof TypeElement)
                    && expected.stream().anyMatch(type -> isExpected(type, given));
            boolean deprecated = analysis.elements().isDeprecated(member);
            found.add(name, text, kind(member), signature(analysis, member, receiver), group, fits, deprecated);
        }

        private TypeMirror returnType(ExecutableElement method, DeclaredType receiver) {
            try {
                return ((ExecutableType) analysis.types().asMemberOf(receiver, method)).getReturnType();
            } catch (IllegalArgumentException notItsMember) {
                return method.getReturnType();
            }
        }

        private boolean isAccessible(Element member, TypeElement through) {
            if (!(member.getEnclosingElement() instanceof TypeElement owner)) return true;
            Set<Modifier> modifiers = member.getModifiers();
            if (modifiers.contains(Modifier.PUBLIC)) return true;
            TypeElement outermost = analysis.outermost(member);
            boolean here = outermost.getSimpleName().contentEquals(Sketch.CLASS);
            if (modifiers.contains(Modifier.PRIVATE)) return here && sharesType(member);
            boolean samePackage =
                    analysis.elements().getPackageOf(member).getQualifiedName().contentEquals("REPL");
            if (samePackage) return true;
            if (!modifiers.contains(Modifier.PROTECTED)) return false;
            // inherited by the class around the cursor, and asked of that class itself
            for (TypeElement around : enclosing())
                if (analysis.types()
                                .isSubtype(
                                        analysis.types().erasure(around.asType()),
                                        analysis.types()
                                                .erasure(member.getEnclosingElement()
                                                        .asType()))
                        && analysis.types()
                                .isSubtype(
                                        analysis.types().erasure(through.asType()),
                                        analysis.types().erasure(around.asType()))) return !through.equals(owner);
            return chainIsSuper();
        }

        private boolean chainIsSuper() {
            return at.getLeaf() instanceof MemberSelectTree select
                    && chain(select.getExpression()).equals("super");
        }

        /// Whether a private member is in the declaration in which the cursor stands, however deep.
        private boolean sharesType(Element member) {
            Element top = member;
            while (top.getEnclosingElement() instanceof TypeElement outer
                    && !outer.getSimpleName().contentEquals(Sketch.CLASS)) top = outer;
            Element declaration = top;
            return top.getEnclosingElement() instanceof TypeElement
                    && (enclosing().contains(declaration) || declaration.equals(member));
        }

        private List<TypeElement> enclosing() {
            return new Scope(analysis, at).enclosingTypes();
        }

        /// What can stand behind `::`: methods of a type, be they static or not, or those of an object.
        private void reference(MemberSelectTree reference) {
            var path = new TreePath(at, reference.getExpression());
            boolean ofType = isType(analysis.trees().getElement(path));
            TypeMirror type = analysis.trees().getTypeMirror(path);
            if (type == null) return;
            if (type instanceof DeclaredType declared && declared.asElement() instanceof TypeElement of) {
                for (Element member : analysis.elements().getAllMembers(of))
                    if (member.getKind() == ElementKind.METHOD
                            && (ofType || !member.getModifiers().contains(Modifier.STATIC)))
                        member(member, declared, of);
            } else ofType(type, false);
            if (ofType) found.add("new", "keyword", "", Group.KEYWORD);
        }

        /// A word without a dot before it.
        private void word() {
            if (cell.follows("@")) {
                types();
                return;
            }
            if (followsName()) {
                for (String keyword : AFTER_NAME) found.add(keyword, "keyword", "", Group.KEYWORD);
                return;
            }
            boolean typeOnly = isTypePosition();
            if (Sketch.inSwitchLabel(cell.tokens())) labels();
            if (!typeOnly) values();
            notebookTypes();
            types();
            if (!typeOnly || cell.follows("final")) keywords();
            if (!found.prefix().isEmpty())
                for (String root : index.packagesBelow(""))
                    found.add(root, "module", "package " + root, Group.ELSEWHERE);
        }

        /// Whether the word would be a second one after a name: the name of a declaration, or `instanceof`.
        private boolean followsName() {
            if (cell.tokens().isEmpty()) return false;
            Token last = cell.tokens().getLast();
            if (!last.isWord() || BEFORE_EXPRESSION.contains(last.text())) return false;
            return cell.before().code().indexOf('\n', last.end()) < 0
                    || !Brackets.of(cell.tokens()).open().isEmpty()
                    || !Piece.cut(cell.tokens()).getLast().whole();
        }

        private boolean isTypePosition() {
            if (cell.tokens().isEmpty()) return false;
            Token last = cell.tokens().getLast();
            if (Sketch.isAfterNew(cell.tokens()) || isInCatch()) return true;
            return last.isWord() && TYPE_FOLLOWS.contains(last.text());
        }

        private void values() {
            var scope = new Scope(analysis, at);
            for (Scope.Local local : scope.locals()) {
                TypeMirror type = local.type();
                boolean fits = type != null && expected.stream().anyMatch(wanted -> isExpected(wanted, type));
                String signature = type == null ? "" : Signatures.type(type) + " " + local.name();
                found.add(local.name(), local.name(), "instance", signature, Group.LOCAL, fits, false);
            }
            for (TypeElement around : scope.enclosingTypes())
                for (Element member : analysis.elements().getAllMembers(around)) {
                    if (member.getKind() == ElementKind.CONSTRUCTOR || member instanceof TypeElement) continue;
                    boolean inherited = Signatures.isWrapper(around) && !around.equals(member.getEnclosingElement());
                    if (!inherited) member(member, around.asType() instanceof DeclaredType type ? type : null, around);
                }
            for (Declared declared : cell.notebook().declared()) {
                if (declared.kind() == Declared.Kind.TYPE || !found.accepts(declared.name())) continue;
                TypeElement wrapper = analysis.elements().getTypeElement(declared.wrapper());
                if (wrapper == null) {
                    found.add(declared.name(), "instance", declared.type(), Group.NOTEBOOK);
                    continue;
                }
                for (Element member : wrapper.getEnclosedElements())
                    if (member.getSimpleName().contentEquals(declared.name())) add(member, null, Group.NOTEBOOK);
            }
            if (!found.prefix().isEmpty()) statics(cell.imports());
        }

        private void statics(Imports imports) {
            for (String type : imports.allStatics()) {
                TypeElement element = analysis.elements().getTypeElement(type);
                if (element != null) statics(element, "");
            }
            for (String name : imports.someStatics()) {
                int dot = name.lastIndexOf('.');
                if (dot < 0 || !found.accepts(name.substring(dot + 1))) continue;
                TypeElement element = analysis.elements().getTypeElement(name.substring(0, dot));
                if (element != null) statics(element, name.substring(dot + 1));
            }
        }

        private void statics(TypeElement element, String only) {
            for (Element member : analysis.elements().getAllMembers(element)) {
                String name = member.getSimpleName().toString();
                if (!member.getModifiers().contains(Modifier.STATIC) || member instanceof TypeElement) continue;
                if (!member.getModifiers().contains(Modifier.PUBLIC) || !found.accepts(name)) continue;
                if (only.isEmpty() || only.equals(name)) add(member, null, Group.IMPORTED);
            }
        }

        private void notebookTypes() {
            for (TypeElement around : new Scope(analysis, at).enclosingTypes())
                for (Element member : analysis.elements().getAllMembers(around))
                    if (member instanceof TypeElement type
                            && found.accepts(type.getSimpleName().toString()))
                        addType(type, type.getSimpleName().toString(), Group.OWN);
            for (Declared declared : cell.notebook().declared()) {
                if (declared.kind() != Declared.Kind.TYPE || !found.accepts(declared.name())) continue;
                TypeElement element = analysis.elements().getTypeElement(declared.wrapper() + "." + declared.name());
                if (element != null) addType(element, declared.name(), Group.NOTEBOOK);
            }
        }

        /// Types of the JDK and the class path: by their simple names if they are imported, else by the qualified ones.
        private void types() {
            Imports imports = cell.imports();
            String prefix = found.prefix();
            for (TypeMirror wanted : expected)
                if (Sketch.isAfterNew(cell.tokens())
                        && wanted instanceof DeclaredType declared
                        && declared.asElement() instanceof TypeElement element
                        && isPublic(element)) {
                    String qualified = element.getQualifiedName().toString();
                    addType(
                            element,
                            imports.hasType(qualified) ? element.getSimpleName().toString() : qualified,
                            Group.OWN);
                }
            if (prefix.isEmpty()) return;
            var elsewhere = new ArrayList<String>();
            for (String qualified : index.startingWith(prefix)) {
                String name = qualified.substring(qualified.lastIndexOf('.') + 1);
                if (!imports.hasType(qualified)) elsewhere.add(qualified);
                else type(qualified, name, Group.IMPORTED);
            }
            if (prefix.length() < 2 || !Character.isUpperCase(prefix.charAt(0))) return;
            elsewhere.stream()
                    .filter(qualified ->
                            qualified.regionMatches(qualified.lastIndexOf('.') + 1, prefix, 0, prefix.length()))
                    .sorted(Comparator.<String>comparingInt(JavaCompleter::distance)
                            .thenComparingInt(String::length)
                            .thenComparing(Comparator.naturalOrder()))
                    .limit(MAX_ELSEWHERE)
                    .forEach(qualified -> type(qualified, qualified, Group.ELSEWHERE));
        }

        private static boolean isPublic(TypeElement element) {
            return element.getModifiers().contains(Modifier.PUBLIC)
                    && element.getEnclosingElement() instanceof PackageElement
                    && !element.getModifiers().contains(Modifier.ABSTRACT);
        }

        /// What can be a label of the switch around the cursor.
        private void labels() {
            TypeMirror selector = new Expectation(analysis, at).selector();
            if (!(selector instanceof DeclaredType declared) || !(declared.asElement() instanceof TypeElement element))
                return;
            for (Element member : element.getEnclosedElements())
                if (member.getKind() == ElementKind.ENUM_CONSTANT) {
                    String name = member.getSimpleName().toString();
                    found.add(
                            name,
                            name,
                            "instance",
                            Signatures.type(member.asType()) + " " + name,
                            Group.LOCAL,
                            true,
                            false);
                }
            permitted(element, new HashSet<>());
            found.add("null", "keyword", "", Group.KEYWORD);
        }

        private void permitted(TypeElement element, Set<TypeElement> seen) {
            if (!seen.add(element)) return;
            for (TypeMirror each : element.getPermittedSubclasses()) {
                if (!(each instanceof DeclaredType declared) || !(declared.asElement() instanceof TypeElement sub))
                    continue;
                if (found.accepts(sub.getSimpleName().toString())) addType(sub, Signatures.name(sub), Group.LOCAL);
                permitted(sub, seen);
            }
            if (element.getKind() == ElementKind.RECORD) addType(element, Signatures.name(element), Group.LOCAL);
        }

        private void keywords() {
            for (String keyword : keywordsHere()) {
                boolean wanted = (keyword.equals("true") || keyword.equals("false"))
                        && expected.stream().anyMatch(type -> type.getKind() == TypeKind.BOOLEAN);
                found.add(keyword, keyword, "keyword", "", Group.KEYWORD, wanted, false);
            }
        }

        private Set<String> keywordsHere() {
            List<Token> tokens = cell.tokens();
            if (tokens.isEmpty()) return STATEMENT_WORDS;
            Token last = tokens.getLast();
            var open = Brackets.of(tokens).open();
            if (!open.isEmpty() && open.getLast().inside() == Brackets.Inside.TYPE && !last.is("="))
                return MEMBER_WORDS;
            boolean starts = last.isMagic()
                    || Set.of(
                                    ";",
                                    "{",
                                    "}",
                                    ")",
                                    "->",
                                    ":",
                                    "else",
                                    "do",
                                    "try",
                                    "finally",
                                    "static",
                                    "public",
                                    "private",
                                    "protected",
                                    "final",
                                    "abstract")
                            .contains(last.text());
            return starts ? STATEMENT_WORDS : EXPRESSION_WORDS;
        }
    }

    private static int distance(String qualified) {
        if (qualified.startsWith("java.")) return 0;
        if (qualified.startsWith("javax.")) return 2;
        if (qualified.startsWith("com.sun.") || qualified.startsWith("jdk.") || qualified.startsWith("sun.")) return 3;
        return 1;
    }
}
