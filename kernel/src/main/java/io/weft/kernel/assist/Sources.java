package io.weft.kernel.assist;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.SoftReference;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jsoup.Jsoup;
import org.jspecify.annotations.Nullable;

/// Where the documentation of a class stands: the JDK's `src.zip`, sources inside a jar or in one beside it, or the
/// pages of a `-javadoc.jar`. Used by one thread at a time.
final class Sources {
    /// Source files of this many classes are kept as trees, as long as memory lasts.
    private static final int KEPT = 8;

    /// Where a jar of ours carries its own sources.
    private static final String INSIDE = "META-INF/sources/";

    private final Map<String, SoftReference<Parsed>> parsed = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, SoftReference<Parsed>> eldest) {
            return size() > KEPT;
        }
    };

    /// A source file as a tree.
    private record Parsed(CompilationUnitTree unit, DocTrees trees, String text) {}

    /// What a source says of a declaration.
    ///
    /// @param html       its comment; empty where it has none
    /// @param source     its text
    /// @param parameters the names of its parameters, if it is a method
    record Found(String html, String source, List<String> parameters) {}

    /// The JDK's sources, whether or not they are there.
    static Path ofJdk() {
        return Path.of(System.getProperty("java.home"), "lib", "src.zip");
    }

    /// Looks for a class of the JDK or of the class path.
    ///
    /// @param module    the module's name; empty for the class path
    /// @param outermost the class in whose file the element stands
    Optional<Found> find(String module, TypeElement outermost, Element element, List<Path> classPath) {
        String file = outermost.getQualifiedName().toString().replace('.', '/');
        if (!module.isEmpty())
            return source(ofJdk(), module + "/" + file + ".java").flatMap(each -> in(each, element));
        for (Path path : classPath) {
            if (!has(path, file + ".class")) continue;
            Optional<Parsed> source = source(path, INSIDE + file + ".java");
            if (source.isEmpty()) source = source(beside(path, "-sources.jar"), file + ".java");
            return source.isPresent()
                    ? in(source.get(), element)
                    : page(beside(path, "-javadoc.jar"), outermost, element);
        }
        return Optional.empty();
    }

    /// Looks at a declaration of a cell.
    ///
    /// @param source the declaration with the comment above it
    Optional<Found> inCell(String source, Element element) {
        boolean commented = source.contains("/**") || source.contains("///");
        if (element instanceof VariableElement && !commented) return Optional.of(new Found("", source, List.of()));
        String text = "class " + Sketch.CLASS + " {\n" + source + "\n}";
        return kept("cell!" + text, () -> parse(text)).flatMap(unit -> in(unit, element));
    }

    private static Path beside(Path jar, String ending) {
        String name = jar.getFileName().toString();
        return jar.resolveSibling(name.replaceFirst("\\.jar$", "") + ending);
    }

    private static boolean has(Path path, String entry) {
        if (Files.isDirectory(path)) return Files.exists(path.resolve(entry));
        try (var jar = new ZipFile(path.toFile())) {
            return jar.getEntry(entry) != null;
        } catch (IOException _) {
            return false;
        }
    }

    private Optional<Parsed> source(Path archive, String entry) {
        return kept(archive + "!" + entry, () -> read(archive, entry).flatMap(Sources::parse));
    }

    private Optional<Parsed> kept(String key, Supplier<Optional<Parsed>> source) {
        var known = parsed.get(key);
        Parsed kept = known == null ? null : known.get();
        if (kept != null) return Optional.of(kept);
        Optional<Parsed> found = source.get();
        found.ifPresent(each -> parsed.put(key, new SoftReference<>(each)));
        return found;
    }

    private static Optional<String> read(Path archive, String entry) {
        try {
            if (Files.isDirectory(archive)) {
                Path file = archive.resolve(entry);
                return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
            }
            if (!Files.exists(archive)) return Optional.empty();
            try (var zip = new ZipFile(archive.toFile())) {
                ZipEntry found = zip.getEntry(entry);
                if (found == null) return Optional.empty();
                try (InputStream in = zip.getInputStream(found)) {
                    return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static Optional<Parsed> parse(String text) {
        var file = new SimpleJavaFileObject(URI.create("source:///Source.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
        try {
            var task = (JavacTask) ToolProvider.getSystemJavaCompiler()
                    .getTask(null, null, problem -> {}, List.of("-proc:none"), null, List.of(file));
            CompilationUnitTree unit = task.parse().iterator().next();
            return Optional.of(new Parsed(unit, DocTrees.instance(task), text));
        } catch (IOException | RuntimeException _) {
            return Optional.empty();
        }
    }

    private static Optional<Found> in(Parsed file, Element element) {
        Deque<Element> chain = new ArrayDeque<>();
        for (Element at = element; at != null && at.getKind() != ElementKind.PACKAGE; at = at.getEnclosingElement())
            if (!Signatures.isWrapper(at)) chain.addFirst(at);
        TreePath path = new TreePath(file.unit());
        var wrapper = file.unit().getTypeDecls().stream()
                .filter(each ->
                        each instanceof ClassTree type && type.getSimpleName().contentEquals(Sketch.CLASS))
                .findFirst();
        if (wrapper.isPresent()) path = new TreePath(path, wrapper.get());
        for (Element each : chain) {
            TreePath next = child(path, each);
            if (next == null) return Optional.empty();
            path = next;
        }
        DocCommentTree comment = file.trees().getDocCommentTree(path);
        long start = file.trees().getSourcePositions().getStartPosition(file.unit(), path.getLeaf());
        long end = file.trees().getSourcePositions().getEndPosition(file.unit(), path.getLeaf());
        String source = start < 0 || end < start ? "" : file.text().substring((int) start, (int) end);
        List<String> parameters = path.getLeaf() instanceof MethodTree method
                ? method.getParameters().stream()
                        .map(each -> each.getName().toString())
                        .toList()
                : List.of();
        return Optional.of(new Found(comment == null ? "" : JavadocHtml.of(comment), source, parameters));
    }

    private static @Nullable TreePath child(TreePath parent, Element element) {
        List<? extends Tree> members = switch (parent.getLeaf()) {
            case CompilationUnitTree unit -> unit.getTypeDecls();
            case ClassTree type -> type.getMembers();
            default -> List.of();
        };
        Tree best = null;
        for (Tree member : members)
            if (isDeclarationOf(member, element)) best = best == null ? member : better(best, member, element);
        return best == null ? null : new TreePath(parent, best);
    }

    private static boolean isDeclarationOf(Tree tree, Element element) {
        return switch (tree) {
            case ClassTree type ->
                element instanceof TypeElement && type.getSimpleName().contentEquals(element.getSimpleName());
            case VariableTree variable ->
                element instanceof VariableElement && variable.getName().contentEquals(element.getSimpleName());
            case MethodTree method ->
                element instanceof ExecutableElement executable
                        && method.getName().contentEquals(element.getSimpleName())
                        && method.getParameters().size()
                                == executable.getParameters().size();
            default -> false;
        };
    }

    /// Of two overloads with as many parameters, the one whose types are written more like the element's.
    private static Tree better(Tree left, Tree right, Element element) {
        return likeness(left, element) >= likeness(right, element) ? left : right;
    }

    private static int likeness(Tree tree, Element element) {
        if (!(tree instanceof MethodTree method) || !(element instanceof ExecutableElement executable)) return 0;
        int same = 0;
        for (int i = 0; i < method.getParameters().size(); i++) {
            String written = bare(String.valueOf(method.getParameters().get(i).getType()));
            String wanted =
                    bare(Signatures.type(executable.getParameters().get(i).asType()));
            if (written.equals(wanted)) same++;
        }
        return same;
    }

    private static String bare(String type) {
        return type.replaceAll("<.*>", "")
                .replaceAll("@\\w+ ", "")
                .replaceAll("\\b\\w+\\.", "")
                .replace("...", "[]")
                .strip();
    }

    /// Looks into the pages that the `javadoc` tool writes.
    private static Optional<Found> page(Path jar, TypeElement outermost, Element element) {
        Element type = element instanceof TypeElement ? element : element.getEnclosingElement();
        String packageName = outermost.getQualifiedName().toString();
        packageName = packageName.substring(0, Math.max(0, packageName.lastIndexOf('.') + 1));
        String page = packageName.replace('.', '/') + Signatures.name(type) + ".html";
        return read(jar, page).flatMap(html -> {
            var document = Jsoup.parse(html);
            var blocks = new ArrayList<String>();
            if (element instanceof TypeElement) {
                var description =
                        document.selectFirst("section.class-description, section.description, div.description");
                if (description != null)
                    description.select("> div.block, > dl.notes, div.block").stream()
                            .limit(1)
                            .forEach(each -> blocks.add(each.html()));
            } else {
                String id = element instanceof ExecutableElement method
                        ? id(method)
                        : element.getSimpleName().toString();
                var section = document.getElementById(id);
                if (section != null) section.select("div.block, dl").forEach(each -> blocks.add(each.outerHtml()));
            }
            if (blocks.isEmpty()) return Optional.empty();
            return Optional.of(new Found(JavadocHtml.clean(String.join("\n", blocks)), "", List.of()));
        });
    }

    private static String id(ExecutableElement method) {
        var types = new ArrayList<String>();
        for (VariableElement parameter : method.getParameters())
            types.add(parameter.asType().toString().replaceAll("<.*>", ""));
        String name = method.getKind() == ElementKind.CONSTRUCTOR
                ? "<init>"
                : method.getSimpleName().toString();
        return name + "(" + String.join(",", types) + ")";
    }
}
