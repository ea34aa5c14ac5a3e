package io.weft.kernel.eval;

import io.weft.kernel.assist.Declared;
import io.weft.kernel.assist.Notebook;
import io.weft.kernel.assist.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.JShell;
import jdk.jshell.MethodSnippet;
import jdk.jshell.Snippet;
import jdk.jshell.Snippet.Status;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.VarSnippet;
import org.jspecify.annotations.Nullable;

/// The session as the assistant sees it: without waiting for what it compiles or runs.
final class SessionView implements Session {
    /// How long a question about code waits for a compilation to end before it is answered without JShell.
    private static final Duration PATIENCE_FOR_ANALYSIS = Duration.ofMillis(500);
    /// How long it waits for what was declared last.
    private static final Duration PATIENCE_FOR_NAMES = Duration.ofMillis(100);

    private final ReentrantLock lock;
    private final JShell jshell;
    private final CellControl control;
    private final NotebookLoader loader;
    private final List<Path> offered;
    /// Counts what has been declared and dropped.
    private final AtomicLong changes = new AtomicLong(1);
    private volatile Notebook latest = new Notebook(0, List.of(), List.of(), List.of(), List.of());

    /// @param offered the jars and folders whose packages cells see from the start
    SessionView(ReentrantLock lock, JShell jshell, CellControl control, NotebookLoader loader, List<Path> offered) {
        this.lock = lock;
        this.jshell = jshell;
        this.control = control;
        this.loader = loader;
        this.offered = offered;
        jshell.onSnippetEvent(event -> changes.incrementAndGet());
    }

    @Override
    public Notebook notebook() {
        Notebook known = latest;
        boolean current = known.version() == changes.get()
                && known.classPath().size() == offered.size() + loader.getURLs().length;
        if (current || !lockedWithin(PATIENCE_FOR_NAMES)) return known;
        try {
            Notebook now = snapshot();
            latest = now;
            return now;
        } finally {
            lock.unlock();
        }
    }

    private Notebook snapshot() {
        long version = changes.get();
        SourceCodeAnalysis analysis = jshell.sourceCodeAnalysis();
        var declared = new ArrayList<Declared>();
        for (Snippet snippet : jshell.snippets().toList()) {
            Status status = jshell.status(snippet);
            boolean defined = status == Status.VALID || status == Status.RECOVERABLE_DEFINED;
            if (!defined || !(snippet instanceof DeclarationSnippet declaration)) continue;
            String wrapper = analysis.wrapper(snippet).fullClassName();
            declared.add(
                    switch (declaration) {
                        case VarSnippet variable ->
                            new Declared(
                                    Declared.Kind.VARIABLE,
                                    variable.name(),
                                    wrapper,
                                    variable.typeName(),
                                    snippet.source());
                        case MethodSnippet method ->
                            new Declared(Declared.Kind.METHOD, method.name(), wrapper, "", snippet.source());
                        default -> new Declared(Declared.Kind.TYPE, declaration.name(), wrapper, "", snippet.source());
                    });
        }
        var classPath = new ArrayList<>(offered);
        classPath.addAll(loader.paths());
        return new Notebook(
                version,
                jshell.imports()
                        .filter(each -> jshell.status(each) == Status.VALID)
                        .map(Snippet::source)
                        .toList(),
                declared,
                classPath,
                PreviewFeatures.compilerOptions());
    }

    private boolean lockedWithin(Duration time) {
        try {
            return lock.tryLock(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public Map<String, byte[]> classes() {
        return loader.classes();
    }

    @Override
    public @Nullable Object value(Declared variable) {
        try {
            return control.value(variable.wrapper(), variable.name());
        } catch (ReflectiveOperationException | LinkageError gone) {
            return null;
        }
    }

    @Override
    public <T> Optional<T> ask(Function<SourceCodeAnalysis, T> question) {
        if (!lockedWithin(PATIENCE_FOR_ANALYSIS)) return Optional.empty();
        try {
            return Optional.of(question.apply(jshell.sourceCodeAnalysis()));
        } finally {
            lock.unlock();
        }
    }
}
