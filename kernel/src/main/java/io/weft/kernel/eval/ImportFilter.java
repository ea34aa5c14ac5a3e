package io.weft.kernel.eval;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.Snippet.Status;
import jdk.jshell.Snippet.SubKind;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.TypeDeclSnippet;
import org.jspecify.annotations.Nullable;

/// Makes JShell import, into the code that it compiles, only what that code mentions.
///
/// JShell compiles a piece of code in up to five passes, and begins each with an import of every declaration that is
/// alive, whose class the compiler then reads: the five-hundredth cell took four times as long as the fifth. A
/// declaration can matter only where its name stands in the source, be it that of the piece, or that of older
/// declarations which JShell compiles again because the piece declares something that they mention.
///
/// JShell keeps its declarations in a list that it goes through for these imports and for nothing else; this puts a
/// list of our own in its place, which leaves out the others, and likewise with the classes that it shows to its
/// compiler. On a JDK where these are not found, everything is imported as before. Guarded by the session's lock.
final class ImportFilter {
    private static final String UNICODE_ESCAPE = "\\u";

    private final JShell jshell;
    private final CompilerSymbols symbols;
    private final Declarations declarations = new Declarations();
    private final boolean works;
    private final Map<String, Set<Mentions>> mentioning = new HashMap<>();
    private final Map<String, Set<Mentions>> declaring = new HashMap<>();
    /// The names that count for the thread that evaluates; null where all do.
    private @Nullable Set<String> names;

    private @Nullable Thread evaluating;

    /// A declaration, and all names in its source.
    private record Mentions(String name, Set<String> names) {}

    ImportFilter(JShell jshell) {
        this.jshell = jshell;
        symbols = new CompilerSymbols(jshell);
        works = replaceList(jshell);
    }

    private boolean replaceList(JShell jshell) {
        try {
            Object maps = Internals.value(jshell, JShell.class, "maps");
            Field list = Internals.field(maps.getClass(), "keyIndexToSnippet");
            if (!(list.get(maps) instanceof List<?> present) || list.getType() != List.class) return false;
            for (Object snippet : present) declarations.add((Snippet) snippet);
            replaceClasses(jshell);
            list.set(maps, declarations);
            replaceTypes(jshell);
            return true;
        } catch (ReflectiveOperationException | InaccessibleObjectException | ClassCastException otherJdk) {
            return false;
        }
    }

    private void replaceClasses(JShell jshell) throws ReflectiveOperationException {
        Object files = Internals.value(Internals.value(jshell, JShell.class, "taskFactory"), "fileManager");
        Field classes = Internals.field(files.getClass(), "classObjects");
        if (classes.get(files) instanceof Map<?, ?> present && present.isEmpty())
            classes.set(files, new CompiledClasses(this::wrappersThatCount));
    }

    /// JShell asks for the types that it knows when it writes a type's name, and fails over one that is gone: it then
    /// takes each `var` for an `Object`.
    private void replaceTypes(JShell jshell) {
        try {
            Object keys = Internals.value(jshell, JShell.class, "keyMap");
            Field types = Internals.field(keys.getClass(), "classMap");
            if (types.get(keys) instanceof Map<?, ?> present && present.isEmpty()) types.set(keys, new LivingTypes());
        } catch (ReflectiveOperationException | InaccessibleObjectException | ClassCastException otherJdk) {
            // as before
        }
    }

    /// Evaluates code on the calling thread, with the imports that it needs; where that is not enough, with all.
    List<SnippetEvent> evaluate(String code) {
        Set<String> relevant = relevant(code);
        List<SnippetEvent> events = evaluate(code, relevant);
        if (relevant != null && events.stream().allMatch(event -> event.status() == Status.REJECTED))
            events = evaluate(code, null);
        for (SnippetEvent event : events)
            if (event.snippet() instanceof DeclarationSnippet declaration
                    && declaration.subKind() != SubKind.TEMP_VAR_EXPRESSION_SUBKIND
                    && event.status().isActive()) remember(declaration);
        return events;
    }

    private List<SnippetEvent> evaluate(String code, @Nullable Set<String> counting) {
        // the code may itself have other code evaluated
        Set<String> outerNames = names;
        Thread outerThread = evaluating;
        names = counting;
        evaluating = Thread.currentThread();
        symbols.prepare();
        try {
            return jshell.eval(code);
        } finally {
            names = outerNames;
            evaluating = outerThread;
        }
    }

    /// Whether a cell has declared something of this name.
    boolean knows(String name) {
        return declaring.containsKey(name);
    }

    private void remember(DeclarationSnippet declaration) {
        String name = declaration.name();
        var mentions = new Mentions(name, Set.copyOf(Names.in(declaration.source())));
        if (!declaring.computeIfAbsent(name, _ -> new HashSet<>()).add(mentions)) return;
        for (String mentioned : mentions.names())
            mentioning.computeIfAbsent(mentioned, _ -> new HashSet<>()).add(mentions);
    }

    private @Nullable Set<String> relevant(String code) {
        if (!works || code.contains(UNICODE_ESCAPE) || code.startsWith("import")) return null;
        var relevant = new HashSet<>(Names.in(code));
        var declared = new ArrayList<>(Names.declaredBy(code));
        var done = new HashSet<>(declared);
        for (int i = 0; i < declared.size(); i++) {
            String name = declared.get(i);
            Stream.of(declaring, mentioning)
                    .flatMap(index -> index.getOrDefault(name, Set.of()).stream())
                    .forEach(compiledAgain -> {
                        relevant.addAll(compiledAgain.names());
                        if (done.add(compiledAgain.name())) declared.add(compiledAgain.name());
                    });
        }
        return relevant;
    }

    private boolean counts(@Nullable Snippet snippet) {
        Set<String> counting = evaluating == Thread.currentThread() ? names : null;
        if (counting == null || snippet == null || snippet.kind() == Snippet.Kind.IMPORT) return true;
        return !(snippet instanceof DeclarationSnippet declaration) || counting.contains(declaration.name());
    }

    private @Nullable Set<String> wrappersThatCount() {
        if (names == null || evaluating != Thread.currentThread()) return null;
        var wrappers = new HashSet<String>();
        SourceCodeAnalysis analysis = jshell.sourceCodeAnalysis();
        for (Snippet snippet : declarations)
            if (snippet instanceof DeclarationSnippet declaration
                    && declaration.kind() != Snippet.Kind.IMPORT
                    && jshell.status(declaration).isDefined())
                wrappers.add(analysis.wrapper(declaration).fullClassName());
        return wrappers;
    }

    /// All declarations by their number; those that count now to whoever goes through them.
    private final class Declarations extends ArrayList<Snippet> {
        private static final long serialVersionUID = 1;

        @Override
        public Iterator<Snippet> iterator() {
            return stream().filter(ImportFilter.this::counts).iterator();
        }
    }

    /// The keys of types by their names, among whose values are those only whose type is alive.
    private final class LivingTypes extends LinkedHashMap<String, Object> {
        private static final long serialVersionUID = 1;

        @Override
        public Collection<Object> values() {
            Set<String> living = declarations.stream()
                    .filter(snippet -> snippet instanceof TypeDeclSnippet
                            && jshell.status(snippet).isActive())
                    .map(snippet -> ((TypeDeclSnippet) snippet).name())
                    .collect(Collectors.toSet());
            return entrySet().stream()
                    .filter(type -> living.contains(type.getKey()))
                    .map(Map.Entry::getValue)
                    .toList();
        }
    }
}
