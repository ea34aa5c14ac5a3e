package io.weft.kernel.eval;

import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.Cell.Variable;
import io.weft.kernel.magic.CellScope;
import io.weft.kernel.magic.Magic;
import io.weft.kernel.magic.MagicException;
import io.weft.kernel.magic.MagicProvider;
import io.weft.kernel.magic.MagicRegistry;
import io.weft.kernel.magic.Notebook;
import io.weft.kernel.magic.Notebook.Declaration.Kind;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import jdk.jshell.ImportSnippet;
import jdk.jshell.JShell;
import jdk.jshell.MethodSnippet;
import jdk.jshell.PersistentSnippet;
import jdk.jshell.Snippet;
import jdk.jshell.Snippet.Status;
import jdk.jshell.TypeDeclSnippet;
import jdk.jshell.VarSnippet;
import org.jspecify.annotations.Nullable;

/// What the cells have left in JShell.
final class SessionNotebook implements Notebook {
    private final ReentrantLock lock;
    private final JShell jshell;
    private final CellControl control;
    private final MagicRegistry magics;
    private final List<MagicProvider> providers;
    private final Traceback traceback;
    private final Set<Path> classPath = new LinkedHashSet<>();
    /// The ids of the imports with which the notebook started.
    private Set<String> startImports = Set.of();
    private final AtomicBoolean begun = new AtomicBoolean();

    SessionNotebook(
            ReentrantLock lock,
            JShell jshell,
            CellControl control,
            MagicRegistry magics,
            List<MagicProvider> providers,
            Traceback traceback) {
        this.lock = lock;
        this.jshell = jshell;
        this.control = control;
        this.magics = magics;
        this.providers = List.copyOf(providers);
        this.traceback = traceback;
    }

    /// Lets the providers do what they do before the first cell; later calls do nothing.
    void begin(Cell cell) {
        if (!begun.compareAndSet(false, true)) return;
        startImports = locked(() -> jshell.imports().map(Snippet::id).collect(Collectors.toSet()));
        for (MagicProvider provider : providers) {
            try {
                CellRun.<@Nullable Object, Exception>inUserCode(() -> {
                    provider.begin(cell);
                    return null;
                });
            } catch (CellStopped interrupted) {
                throw interrupted;
            } catch (Exception | LinkageError failure) {
                tell(cell, failure);
            }
        }
    }

    private void tell(Cell cell, Throwable failure) {
        cell.output().stream(
                Stream.STDERR, String.join("\n", traceback.of(failure).traceback()) + "\n");
    }

    private <T extends @Nullable Object> T locked(Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Path> classPath() {
        return locked(() -> List.copyOf(classPath));
    }

    @Override
    public List<Path> addToClassPath(List<Path> entries) {
        for (Path entry : entries)
            if (!Files.exists(entry))
                throw new MagicException(
                        entry + " does not exist, so nothing was added to the class path. Relative paths start at "
                                + Path.of("").toAbsolutePath() + ".");
        List<Path> added = locked(() -> {
            var news = new ArrayList<Path>();
            for (Path entry : entries) {
                Path path = entry.toAbsolutePath().normalize();
                if (classPath.add(path)) news.add(path);
            }
            if (!news.isEmpty())
                jshell.addToClasspath(
                        news.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
            return List.copyOf(news);
        });
        Cell cell = CellScope.current();
        if (cell == null || added.isEmpty()) return added;
        for (MagicProvider provider : providers) {
            try {
                provider.classPathGrew(cell, added);
            } catch (Exception | LinkageError failure) {
                tell(cell, failure);
            }
        }
        return added;
    }

    @Override
    public List<Variable> variables() {
        return locked(() -> {
            var variables = new ArrayList<Variable>();
            for (VarSnippet snippet : jshell.variables().toList())
                if (jshell.status(snippet) == Status.VALID)
                    variables.add(new Variable(snippet.name(), snippet.typeName(), value(snippet)));
            return List.copyOf(variables);
        });
    }

    /// The names of the variables that hold nothing.
    Set<String> emptyVariables() {
        return variables().stream()
                .filter(variable -> variable.value() == null)
                .map(Variable::name)
                .collect(Collectors.toSet());
    }

    private @Nullable Object value(VarSnippet snippet) {
        try {
            return control.value(wrapper(snippet), snippet.name());
        } catch (ReflectiveOperationException | LinkageError gone) {
            return null;
        }
    }

    private String wrapper(Snippet snippet) {
        return jshell.sourceCodeAnalysis().wrapper(snippet).fullClassName();
    }

    @Override
    public List<Declaration> declarations() {
        return locked(() -> {
            var declarations = new ArrayList<Declaration>();
            for (Snippet snippet : jshell.snippets().toList()) {
                if (!jshell.status(snippet).isActive() || startImports.contains(snippet.id())) continue;
                switch (snippet) {
                    case ImportSnippet imported ->
                        declarations.add(new Declaration(Kind.IMPORT, imported.fullname(), head(imported)));
                    case TypeDeclSnippet type -> declarations.add(new Declaration(Kind.TYPE, type.name(), head(type)));
                    case MethodSnippet method ->
                        declarations.add(new Declaration(Kind.METHOD, method.name(), head(method)));
                    default -> {
                        // statements, expressions and mistakes declare nothing; variables are told apart
                    }
                }
            }
            return List.copyOf(declarations);
        });
    }

    private static String head(ImportSnippet imported) {
        return "import " + (imported.isStatic() ? "static " : "") + imported.fullname();
    }

    private static String head(TypeDeclSnippet type) {
        String kind = switch (type.subKind()) {
            case INTERFACE_SUBKIND -> "interface";
            case ENUM_SUBKIND -> "enum";
            case RECORD_SUBKIND -> "record";
            case ANNOTATION_TYPE_SUBKIND -> "@interface";
            default -> "class";
        };
        return kind + " " + type.name();
    }

    /// JShell's signature of a method is `(int,String)boolean`.
    private static String head(MethodSnippet method) {
        String signature = method.signature();
        int end = signature.lastIndexOf(')');
        return "%s %s(%s)"
                .formatted(
                        signature.substring(end + 1),
                        method.name(),
                        method.parameterTypes().replace(",", ", "));
    }

    /// Whether a cell declared a variable, method or type of this name.
    boolean isDeclared(String name) {
        return locked(() -> jshell.snippets()
                .anyMatch(snippet -> isForgettable(snippet)
                        && jshell.status(snippet).isActive()
                        && ((PersistentSnippet) snippet).name().equals(name)));
    }

    private static boolean isForgettable(Snippet snippet) {
        return snippet instanceof VarSnippet || snippet instanceof MethodSnippet || snippet instanceof TypeDeclSnippet;
    }

    @Override
    public List<String> forget(List<String> names) {
        return locked(() -> drop(jshell.snippets()
                .filter(SessionNotebook::isForgettable)
                .filter(snippet -> names.contains(((PersistentSnippet) snippet).name()))
                .toList()));
    }

    @Override
    public void reset() {
        locked(() ->
                drop(jshell.snippets().filter(SessionNotebook::isForgettable).toList()));
    }

    /// Drops first what uses others, so that JShell need not compile it again without them.
    private List<String> drop(List<Snippet> snippets) {
        var active = snippets.stream()
                .filter(snippet -> jshell.status(snippet).isActive())
                .sorted(Comparator.comparingInt(SessionNotebook::usesOthers))
                .toList();
        for (Snippet snippet : active) {
            if (snippet instanceof VarSnippet variable) clear(variable);
            jshell.drop(snippet);
        }
        return active.stream()
                .map(snippet -> ((PersistentSnippet) snippet).name())
                .distinct()
                .toList();
    }

    private static int usesOthers(Snippet snippet) {
        return switch (snippet) {
            case VarSnippet _ -> 0;
            case MethodSnippet _ -> 1;
            default -> 2;
        };
    }

    /// The wrapper class of a dropped variable stays loaded; what the variable held must not.
    private void clear(VarSnippet variable) {
        if (jshell.status(variable) != Status.VALID) return;
        try {
            control.clear(wrapper(variable), variable.name());
        } catch (ReflectiveOperationException | LinkageError gone) {
            // then it holds nothing
        }
    }

    @Override
    public List<Magic> magics() {
        return magics.all();
    }

    @Override
    public void register(Magic magic) {
        magics.register(magic);
    }

    @Override
    public JShell jshell() {
        return jshell;
    }
}
