package io.weft.kernel.assist;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ErroneousTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import com.sun.tools.javac.api.JavacTaskPool;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import javax.lang.model.element.Element;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/// The Java compiler, asked about unfinished code beside JShell's own compilations.
///
/// A compiler that has once read the JDK's classes is kept for the next questions. Since it lists the classes of
/// cells once, another one follows when a question is about a later one, and when the class path grows. Used by one
/// thread at a time.
final class Analyst implements AutoCloseable {
    private static final List<String> OPTIONS = List.of(
            "-proc:none", "-Xlint:none", "-parameters", "--should-stop=ifError=FLOW", "-XDallowStringFolding=false");

    private final Session session;
    private @Nullable StandardJavaFileManager files;
    private List<Path> classPath = List.of();
    private @Nullable JavacTaskPool pool;
    private long version = Long.MIN_VALUE;
    /// The classes of cells that the compiler found when it listed them.
    private Map<String, byte[]> listed = Map.of();

    Analyst(Session session) {
        this.session = session;
    }

    /// What a question is asked about; valid while it is answered.
    ///
    /// @param unit the sketch as a tree, with types as far as the compiler found them
    record Analysis(CompilationUnitTree unit, Trees trees, Elements elements, Types types) {
        /// The path of the name that stands for the word at the cursor; the unit's own if there is none.
        TreePath find(String name) {
            TreePath found = new NameFinder(name).scan(new TreePath(unit), null);
            return found == null ? new TreePath(unit) : found;
        }

        /// The class of a source file in which an element stands.
        TypeElement outermost(Element element) {
            Element at = element;
            while (at.getEnclosingElement() != null && !(at.getEnclosingElement() instanceof PackageElement))
                at = at.getEnclosingElement();
            if (at instanceof TypeElement type) return type;
            throw new IllegalArgumentException(element + " is in no class");
        }
    }

    /// Looks for a name, also in what the parser could not make sense of.
    private static final class NameFinder extends TreePathScanner<@Nullable TreePath, @Nullable Void> {
        private final String name;

        NameFinder(String name) {
            this.name = name;
        }

        @Override
        public @Nullable TreePath reduce(@Nullable TreePath left, @Nullable TreePath right) {
            return left != null ? left : right;
        }

        @Override
        public @Nullable TreePath visitIdentifier(IdentifierTree tree, @Nullable Void nothing) {
            return tree.getName().contentEquals(name) ? getCurrentPath() : null;
        }

        @Override
        public @Nullable TreePath visitMemberSelect(MemberSelectTree tree, @Nullable Void nothing) {
            return tree.getIdentifier().contentEquals(name) ? getCurrentPath() : super.visitMemberSelect(tree, null);
        }

        @Override
        public @Nullable TreePath visitMemberReference(MemberReferenceTree tree, @Nullable Void nothing) {
            return tree.getName().contentEquals(name) ? getCurrentPath() : super.visitMemberReference(tree, null);
        }

        @Override
        public @Nullable TreePath visitErroneous(ErroneousTree tree, @Nullable Void nothing) {
            return scan(tree.getErrorTrees(), null);
        }
    }

    /// A question, answered with objects that do not belong to the compiler.
    interface Question<T extends @Nullable Object> {
        T answer(Analysis analysis);
    }

    /// Attributes a compilation unit and asks about it.
    ///
    /// @param lookedUp the names of those declarations that the question looks up beside the ones in the source
    <T extends @Nullable Object> T ask(
            Notebook notebook, String source, Predicate<String> lookedUp, Question<T> question) {
        JavaFileManager manager = refresh(notebook);
        var options = new ArrayList<String>(OPTIONS);
        options.addAll(notebook.options());
        JavacTaskPool compilers = pool;
        if (compilers == null || !isUpToDate(notebook, source, lookedUp)) {
            compilers = new JavacTaskPool(1);
            pool = compilers;
            version = notebook.version();
            listed = Map.copyOf(session.classes());
        }
        return compilers.<T>getTask(
                null,
                manager,
                problem -> {},
                options,
                null,
                List.of(new Source(source)),
                task -> answer(task, question));
    }

    /// Whether the compiler knows the classes that a question is about.
    private boolean isUpToDate(Notebook notebook, String source, Predicate<String> lookedUp) {
        if (version == notebook.version()) return true;
        for (Declared declared : notebook.declared()) {
            if (listed.containsKey(declared.wrapper())) continue;
            if (lookedUp.test(declared.name()) || source.contains(declared.wrapper() + ".")) return false;
        }
        // a class whose bytes are others now had its name given a second time
        Map<String, byte[]> now = session.classes();
        return listed.entrySet().stream().allMatch(each -> Arrays.equals(now.get(each.getKey()), each.getValue()));
    }

    private static <T extends @Nullable Object> T answer(JavacTask task, Question<T> question) {
        try {
            CompilationUnitTree unit = task.parse().iterator().next();
            task.analyze();
            return question.answer(new Analysis(unit, Trees.instance(task), task.getElements(), task.getTypes()));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private JavaFileManager refresh(Notebook notebook) {
        try {
            StandardJavaFileManager standard = files;
            if (standard == null) {
                JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
                standard = compiler.getStandardFileManager(problem -> {}, null, StandardCharsets.UTF_8);
                files = standard;
                classPath = List.of();
                standard.setLocation(StandardLocation.CLASS_PATH, List.of());
            }
            if (!classPath.equals(notebook.classPath())) {
                classPath = notebook.classPath();
                standard.setLocation(
                        StandardLocation.CLASS_PATH,
                        classPath.stream()
                                .map(Path::toFile)
                                .filter(File::exists)
                                .toList());
                pool = null;
            }
            return new CellFiles(standard, session.classes());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public void close() {
        StandardJavaFileManager open = files;
        pool = null;
        files = null;
        try {
            if (open != null) open.close();
        } catch (IOException _) {
            // nothing was written
        }
    }

    /// The source that is asked about.
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("cell:///REPL/" + Sketch.CLASS + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /// A compiled class of a cell.
    private static final class CellClass extends SimpleJavaFileObject {
        private final String name;
        private final byte[] bytes;

        CellClass(String name, byte[] bytes) {
            super(URI.create("cell:///" + name.replace('.', '/') + ".class"), Kind.CLASS);
            this.name = name;
            this.bytes = bytes;
        }

        @Override
        public InputStream openInputStream() {
            return new ByteArrayInputStream(bytes);
        }
    }

    /// The JDK, the class path and the classes of cells.
    private static final class CellFiles extends ForwardingJavaFileManager<StandardJavaFileManager> {
        private final Map<String, byte[]> classes;

        CellFiles(StandardJavaFileManager standard, Map<String, byte[]> classes) {
            super(standard);
            this.classes = classes;
        }

        @Override
        public Iterable<JavaFileObject> list(
                Location location, String packageName, Set<JavaFileObject.Kind> kinds, boolean recurse)
                throws IOException {
            boolean cells = location == StandardLocation.CLASS_PATH && kinds.contains(JavaFileObject.Kind.CLASS);
            Iterable<JavaFileObject> found = super.list(location, packageName, kinds, recurse);
            if (!cells) return found;
            String prefix = packageName + ".";
            var all = new ArrayList<JavaFileObject>();
            classes.forEach((name, bytes) -> {
                if (name.startsWith(prefix) && name.indexOf('.', prefix.length()) < 0)
                    all.add(new CellClass(name, bytes));
            });
            found.forEach(all::add);
            return all;
        }

        @Override
        public @Nullable String inferBinaryName(Location location, JavaFileObject file) {
            return file instanceof CellClass cell ? cell.name : super.inferBinaryName(location, file);
        }

        @Override
        public boolean isSameFile(javax.tools.FileObject left, javax.tools.FileObject right) {
            if (left instanceof SimpleJavaFileObject || right instanceof SimpleJavaFileObject)
                return left.toUri().equals(right.toUri());
            return super.isSameFile(left, right);
        }

        @Override
        public boolean contains(Location location, javax.tools.FileObject file) throws IOException {
            return !(file instanceof SimpleJavaFileObject) && super.contains(location, file);
        }

        /// The compiler looks there for plug-ins of its own before every question; a notebook's jars have none for it.
        @Override
        public ClassLoader getClassLoader(Location location) {
            return ClassLoader.getPlatformClassLoader();
        }

        @Override
        public void close() {
            // it belongs to the next question as well
        }
    }
}
