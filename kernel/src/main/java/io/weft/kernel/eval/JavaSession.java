package io.weft.kernel.eval;

import io.weft.kernel.comm.CommRegistry;
import io.weft.kernel.comm.Comms;
import io.weft.kernel.display.Renderer;
import io.weft.kernel.eval.CompilationException.Problem;
import io.weft.kernel.magic.CellScope;
import io.weft.kernel.magic.Magic;
import io.weft.kernel.magic.MagicException;
import io.weft.kernel.magic.MagicLexer;
import io.weft.kernel.magic.MagicProvider;
import io.weft.kernel.magic.MagicRegistry;
import io.weft.kernel.magic.NotebookFunctions;
import io.weft.kernel.magic.Part;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Diag;
import jdk.jshell.ExpressionSnippet;
import jdk.jshell.JShell;
import jdk.jshell.MethodSnippet;
import jdk.jshell.Snippet;
import jdk.jshell.Snippet.Status;
import jdk.jshell.Snippet.SubKind;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.TypeDeclSnippet;
import jdk.jshell.UnresolvedReferenceException;
import jdk.jshell.VarSnippet;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import org.jspecify.annotations.Nullable;

/// The Java of a notebook: JShell with all that the cells so far have declared.
///
/// One lock guards JShell, which is not thread-safe. It is held while JShell compiles and given up while the
/// code of a cell runs.
final class JavaSession implements AutoCloseable {
    private static final List<String> IMPORTS = List.of(
            "import java.io.*;",
            "import java.math.*;",
            "import java.net.*;",
            "import java.nio.file.*;",
            "import java.time.*;",
            "import java.util.*;",
            "import java.util.concurrent.*;",
            "import java.util.concurrent.atomic.*;",
            "import java.util.concurrent.locks.*;",
            "import java.util.function.*;",
            "import java.util.prefs.*;",
            "import java.util.regex.*;",
            "import java.util.stream.*;");

    private static final Pattern PACKAGE = Pattern.compile("\\s*(package\\s+([\\w.]+)\\s*;)");

    private static final Pattern VAR =
            Pattern.compile("\\A\\s*(?:(?:public|protected|private|static|final|volatile)\\s+)*(var)\\b");
    private static final Pattern MISSING_CLASS = Pattern.compile("symbol:\\s+class (\\w+)");

    private final ReentrantLock lock = new ReentrantLock();
    private final Renderer renderer = new Renderer();
    private final CommRegistry comms =
            new CommRegistry(() -> CellScope.require().output());
    private final MemoryReserve reserve = new MemoryReserve();
    private final Origins origins = new Origins();
    private final MagicRegistry magics;
    private final MagicLexer lexer;
    private final SessionNotebook notebook;
    private final SessionView view;
    private final NotebookLoader loader;
    private final CellControl control;
    private final JShell jshell;
    private final SourceCodeAnalysis analysis;
    private final Diagnosis diagnosis;
    private final CellSources sources = new CellSources();
    private final Traceback traceback = new Traceback(sources);
    private final ImportFilter imports;
    /// What cells declared with references that nothing answers yet.
    private final Set<Snippet> unresolved = new LinkedHashSet<>();
    private final List<String> notices = new ArrayList<>();
    /// The variables that became null since a type was declared anew, by the name of the type.
    private final Map<String, Set<String>> emptiedBy = new LinkedHashMap<>();
    private final Interrupter interrupter = new Interrupter();

    JavaSession(List<MagicProvider> providers, SessionSettings settings) {
        interrupter.start();
        magics = new MagicRegistry(providers.stream()
                .flatMap(provider -> provider.magics().stream())
                .toList());
        var offered = new ArrayList<Class<?>>(List.of(Renderer.class, NotebookFunctions.class, Comms.class));
        providers.forEach(provider -> offered.addAll(provider.offers()));
        loader = new NotebookLoader(
                offered.stream().map(Class::getPackageName).distinct().toList());
        Optional<StatementLimit> limit = settings.statementLimit(notices::add).map(StatementLimit::new);
        control = new CellControl(loader, new ClassRewriter(), origins, lock, reserve, limit);
        var options = new ArrayList<>(List.of("-g", "-parameters", "-Xlint:none"));
        options.addAll(PreviewFeatures.compilerOptions());
        options.addAll(settings.compilerOptions(notices::add));
        jshell = JShell.builder()
                .executionEngine(new Provider(control), Map.of())
                .compilerOptions(options.toArray(String[]::new))
                .build();
        notebook = new SessionNotebook(lock, jshell, control, magics, providers, traceback);
        lexer = new MagicLexer(magics, notebook::isDeclared);
        diagnosis = new Diagnosis(new KnownTypes(loader), new Known());
        imports = new ImportFilter(jshell);
        List<Path> locations =
                offered.stream().map(JavaSession::location).distinct().toList();
        view = new SessionView(lock, jshell, control, loader, locations);
        List<String> paths = locations.stream().map(Path::toString).toList();
        paths.forEach(control::ignore);
        String classPath = String.join(File.pathSeparator, paths);
        FrugalJShell.beginClassPath(jshell, classPath);
        jshell.addToClasspath(classPath);
        for (String declaration : IMPORTS) jshell.eval(declaration);
        jshell.eval("import static " + functions(providers).getName() + ".*;");
        providers.forEach(provider -> provider.imports().forEach(jshell::eval));
        // last, since it begins to index the class path in the background
        analysis = jshell.sourceCodeAnalysis();
        FrugalJShell.endIndexing(analysis);
    }

    /// Compiles and shows an expression, so that the first cell finds the compiler loaded.
    void warmUp() {
        lock.lock();
        try {
            analysis.analyzeCompletion("1 + 1");
            for (SnippetEvent event : jshell.eval("1 + 1")) jshell.drop(event.snippet());
            Object value = control.takeValue();
            if (value != null) renderer.render(value);
        } finally {
            lock.unlock();
        }
    }

    private static Class<?> functions(List<MagicProvider> providers) {
        return providers.stream()
                .<Class<?>>flatMap(provider -> provider.functions().stream())
                .findFirst()
                .orElse(NotebookFunctions.class);
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// Gives JShell the one execution control.
    private record Provider(CellControl control) implements ExecutionControlProvider {
        @Override
        public String name() {
            return "weft";
        }

        @Override
        public ExecutionControl generate(ExecutionEnv environment, Map<String, String> parameters) {
            return control;
        }
    }

    CommRegistry comms() {
        return comms;
    }

    Renderer renderer() {
        return renderer;
    }

    MagicRegistry magics() {
        return magics;
    }

    MagicLexer lexer() {
        return lexer;
    }

    SessionNotebook notebook() {
        return notebook;
    }

    ClassLoader loader() {
        return loader;
    }

    MemoryReserve reserve() {
        return reserve;
    }

    Traceback traceback() {
        return traceback;
    }

    /// The session as the assistant sees it.
    SessionView view() {
        return view;
    }

    /// The value of a statement or expression, if it has one to show.
    ///
    /// @param present whether there is one; `null` can be a value
    record Result(boolean present, @Nullable Object value) {
        static final Result NONE = new Result(false, null);
    }

    /// Runs magics and Java.
    ///
    /// @param source what to run
    /// @param origin the name that stack traces show for it
    /// @param run    the cell in which it runs
    /// @return what the last part gives to show
    /// @throws CompilationException if a part does not compile; the parts before it have run
    /// @throws Throwable what a part throws
    Result run(String source, String origin, CellRun run) throws Throwable {
        Result last = Result.NONE;
        for (Part part : lexer.split(source)) {
            switch (part) {
                case Part.Java(String java, int line) -> {
                    if (!isBlank(java)) last = evaluate(java, line, origin);
                }
                case Part.LineMagic magic -> last = shown(Magic.Kind.LINE, magic.name(), magic.arguments(), "", run);
                case Part.CellMagic magic ->
                    last = shown(Magic.Kind.CELL, magic.name(), magic.arguments(), magic.body(), run);
            }
        }
        return last;
    }

    private static boolean isBlank(String java) {
        return java.isBlank() || java.strip().equals(";");
    }

    private Result shown(Magic.Kind kind, String name, List<String> arguments, String body, CellRun run)
            throws Exception {
        Object value = CellRun.metered(() -> runMagic(kind, name, arguments, body, run));
        boolean shown = magics.find(kind, name).filter(Magic::shown).isPresent();
        return shown ? new Result(true, value) : Result.NONE;
    }

    /// Runs Java: declarations, statements and expressions in any number.
    ///
    /// A source that only declares, and declares a method `main` as a program of one file does, is run as that
    /// program.
    ///
    /// @param source what to run
    /// @param line   the line of the cell in which it starts, from 0
    /// @param origin the name that stack traces show for it
    /// @return the value of the last of them
    /// @throws CompilationException if a part does not compile; the parts before it have run
    /// @throws Throwable what the code throws
    Result evaluate(String source, int line, String origin) throws Throwable {
        sources.put(origin, line, source);
        return evaluate(source, new Place(source, line, origin));
    }

    private Result evaluate(String source, Place place) throws Throwable {
        lock.lock();
        try {
            Result last = Result.NONE;
            var program = new Program();
            refuseUnclosedComment(source, place);
            for (Piece given : SealedTypes.completed(cut(withoutPackage(source), place))) {
                CellRun.inUserCode(() -> null); // stops between two statements
                last = evaluatePiece(RecordConstructors.completed(given), place, program);
            }
            program.notice().ifPresent(notices::add);
            Optional<Piece> call = program.call(source);
            return call.isPresent() ? evaluatePiece(call.get(), place, program) : last;
        } finally {
            lock.unlock();
        }
    }

    /// The compiler takes the rest of the cell for the comment, without a word.
    private static void refuseUnclosedComment(String source, Place place) throws CompilationException {
        int at = source.contains("/*") ? Bare.unclosedComment(source) : -1;
        if (at >= 0)
            throw new CompilationException(List.of(place.problem(
                    at,
                    at + 2,
                    "unclosed comment",
                    "A comment that begins with /* ends with */. None of this code was run.")));
    }

    /// The source with blanks in place of a `package` line: the classes of cells are in no package.
    private String withoutPackage(String source) {
        Matcher line = PACKAGE.matcher(Bare.of(source));
        if (!line.lookingAt()) return source;
        notices.add(
                "The line 'package %s;' has no effect: what cells declare is in no package.".formatted(line.group(2)));
        String blank = line.group(1).replaceAll("[^\n]", " ");
        return source.substring(0, line.start(1)) + blank + source.substring(line.end(1));
    }

    private List<Piece> cut(String source, Place place) throws CompilerCrash {
        try {
            return pieces(source);
        } catch (RuntimeException | Error broken) {
            throw new CompilerCrash(broken, place, 0);
        }
    }

    /// Cuts source into declarations and statements. What is not whole stays together, for the compiler to complain
    /// about.
    private List<Piece> pieces(String source) {
        var pieces = new ArrayList<Piece>();
        String rest = source;
        while (!rest.isBlank()) {
            String asked = Piece.withoutSynchronized(rest);
            boolean locks = !asked.equals(rest);
            rest = Piece.withoutVolatile(asked);
            boolean isVolatile = !rest.equals(asked);
            var info = analysis.analyzeCompletion(rest);
            boolean whole = info.completeness().isComplete() && !info.source().isEmpty();
            String text = whole ? info.source() : rest;
            String remaining = whole ? info.remaining() : "";
            String code = text.stripLeading();
            int start = source.length() - rest.length() + text.length() - code.length();
            var piece = new Piece(code, start);
            if (locks) piece = piece.withLock();
            if (isVolatile) piece = piece.asVolatile();
            if (!code.isEmpty()) pieces.add(piece);
            if (remaining.length() >= rest.length()) break;
            rest = remaining;
        }
        return pieces;
    }

    private Result evaluatePiece(Piece piece, Place place, Program program) throws Throwable {
        origins.enter(new Origins.Source(
                place.cell(),
                place.lineOf(piece.start()),
                place.lineOf(piece.inSource(piece.initializer())),
                piece.declaresVolatile(),
                piece.declaredName()));
        Result result = Result.NONE;
        var emptied = new ArrayList<String>();
        Set<String> empty = imports.knows(piece.declaredName()) ? notebook.emptyVariables() : Set.of();
        List<SnippetEvent> events = compiledAndRun(piece, place);
        refuseAssignments(events, piece, place);
        for (SnippetEvent event : events) {
            if (event.causeSnippet() == null) {
                if (isHidden(event, piece)) return evaluatePiece(asObject(piece, event.snippet()), place, program);
                result = outcome(event, piece, place);
                program.add(event.snippet(), piece);
                declared(event, piece, place);
            } else if (event.snippet() instanceof VarSnippet variable && wasEmptied(event)) {
                String name = emptied(variable);
                if (!empty.contains(name)) emptied.add(name);
            }
            note(event);
        }
        if (!emptied.isEmpty())
            emptiedBy
                    .computeIfAbsent(piece.declaredName(), _ -> new LinkedHashSet<>())
                    .addAll(emptied);
        return result;
    }

    private List<SnippetEvent> compiledAndRun(Piece piece, Place place) throws CompilerCrash, CompilationException {
        refuseWhatSpoilsTheCompiler(piece, place);
        FinalVariables finals = origins.finals();
        boolean before = finals.contains(piece.declaredName());
        try {
            // what is compiled anew because of this declaration must not assign to it either
            if (piece.declaresFinal()) finals.declared(piece.declaredName(), true);
            return imports.evaluate(piece.code());
        } catch (CellStopped stopped) {
            throw stopped;
        } catch (RuntimeException | Error broken) {
            throw new CompilerCrash(broken, place, piece.start());
        } finally {
            finals.declared(piece.declaredName(), before);
        }
    }

    /// Refuses a string that no class can hold: after its own message about it, the compiler repeats that about
    /// whatever comes next.
    private static void refuseWhatSpoilsTheCompiler(Piece piece, Place place) throws CompilationException {
        int literal = piece.tooLongLiteral();
        if (literal < 0) return;
        int at = piece.inSource(literal);
        String hint =
                "A string in the source may have 65,535 bytes. Read a longer one from a file: Files.readString(Path.of(…)).";
        throw new CompilationException(List.of(place.problem(at, at + 1, "constant string too long", hint)));
    }

    /// What a declaration means that JShell does not see in it.
    private void declared(SnippetEvent event, Piece piece, Place place) throws CompilationException {
        refuseWhatIsTooLarge(event, piece, place);
        if (event.status() == Status.VALID && event.snippet() instanceof VarSnippet variable) {
            boolean isFinal = piece.declaresFinal();
            if (isFinal && piece.initializer() == 0) {
                jshell.drop(variable);
                throw new CompilationException(List.of(place.problem(
                        piece.inSource(0),
                        piece.inSource(piece.code().length()),
                        "variable " + variable.name() + " is final and has no value",
                        "Give it its value where it is declared: it cannot be assigned later.")));
            }
            origins.finals().declared(variable.name(), isFinal);
        }
        if (event.snippet() instanceof MethodSnippet method && piece.body() < 0) {
            jshell.drop(method);
            throw new CompilationException(List.of(place.problem(
                    piece.inSource(0),
                    piece.inSource(piece.code().length()),
                    "method " + method.name() + " has no body",
                    "Give it a body in braces. In a class or interface it can be abstract.")));
        }
    }

    /// Undoes a declaration that JShell has taken although it has errors, such as code that is too large.
    private void refuseWhatIsTooLarge(SnippetEvent event, Piece piece, Place place) throws CompilationException {
        if (event.status() == Status.VALID || !(event.snippet() instanceof DeclarationSnippet declaration)) return;
        List<Diag> errors =
                jshell.diagnostics(declaration).filter(Diag::isError).toList();
        if (errors.isEmpty()
                || jshell.unresolvedDependencies(declaration).findAny().isPresent()) return;
        jshell.drop(declaration);
        throw new CompilationException(diagnosis.problems(errors, piece, place));
    }

    /// Undoes what has been declared with an assignment to a final variable in it.
    private void refuseAssignments(List<SnippetEvent> events, Piece piece, Place place) throws CompilationException {
        FinalVariables.Assignment assignment = origins.finals().take();
        if (assignment == null) return;
        control.takeFailure();
        String hint = "A cell that declares it anew, without 'final', makes it a variable again.";
        for (SnippetEvent event : events) {
            Snippet snippet = event.snippet();
            String wrapper = analysis.wrapper(snippet).fullClassName();
            boolean assigns = assignment.className().matches(Pattern.quote(wrapper) + "(\\$.*)?");
            if (event.causeSnippet() != null && assigns && snippet instanceof DeclarationSnippet declaration)
                hint = "%s assigns it, and is no longer declared.".formatted(declaration.name());
            boolean declaresIt = piece.declaresFinal() && event.causeSnippet() == null;
            if ((assigns || declaresIt) && jshell.status(snippet).isActive()) jshell.drop(snippet);
        }
        var origin = origins.of(assignment.className());
        throw new CompilationException(
                List.of(assignment.problem(origin.file(), origin.cellLine(assignment.line()), hint, sources, place)));
    }

    /// Whether JShell did not run an expression, for the only reason that its type has no name outside: that of a
    /// class that is declared inside it.
    private boolean isHidden(SnippetEvent event, Piece piece) {
        String bare = piece.bare();
        boolean inferred = VAR.matcher(bare).find();
        if (event.status() == Status.REJECTED)
            return inferred
                    && jshell.diagnostics(event.snippet())
                            .map(diag -> MISSING_CLASS.matcher(diag.getMessage(Locale.ROOT)))
                            .filter(Matcher::find)
                            .anyMatch(missing -> declares(bare, missing.group(1)));
        return event.status() == Status.RECOVERABLE_NOT_DEFINED
                && event.snippet() instanceof VarSnippet variable
                && (inferred || variable.subKind() == SubKind.TEMP_VAR_EXPRESSION_SUBKIND)
                && jshell.unresolvedDependencies(variable)
                        .anyMatch(missing -> declares(bare, missing.substring(missing.indexOf(' ') + 1)));
    }

    private static boolean declares(String bare, String type) {
        return Pattern.compile("\\b(?:class|interface|record|enum)\\s+" + Pattern.quote(type) + "\\b")
                .matcher(bare)
                .find();
    }

    /// The piece with a type that has a name.
    private Piece asObject(Piece piece, Snippet hidden) {
        if (jshell.status(hidden).isActive()) jshell.drop(hidden);
        if (hidden.subKind() == SubKind.TEMP_VAR_EXPRESSION_SUBKIND) {
            String expression = piece.bare().replaceFirst("[\\s;]+$", "");
            return piece.insert(expression.length(), ")").insert(0, "(Object) (");
        }
        Matcher var = VAR.matcher(piece.bare());
        return var.find() ? piece.blank(var.start(1), var.end(1)).insert(var.start(1), "Object") : piece;
    }

    /// Whether a variable lost its value because its type has been declared anew.
    private static boolean wasEmptied(SnippetEvent event) {
        return event.previousStatus() == Status.VALID
                && (event.status() == Status.VALID || event.status() == Status.RECOVERABLE_NOT_DEFINED);
    }

    /// The name of a variable that is null from now on. JShell declares one without a stated type
    /// (`var`) anew with its old type, which no longer exists, and so loses it.
    private String emptied(VarSnippet variable) {
        if (jshell.status(variable) != Status.VALID)
            imports.evaluate(variable.typeName() + " " + variable.name() + ";");
        return variable.name();
    }

    private void note(SnippetEvent event) {
        boolean waits =
                event.status() == Status.RECOVERABLE_DEFINED || event.status() == Status.RECOVERABLE_NOT_DEFINED;
        if (waits) unresolved.add(event.snippet());
        else unresolved.remove(event.snippet());
    }

    private Result outcome(SnippetEvent event, Piece piece, Place place) throws Throwable {
        Snippet snippet = event.snippet();
        Object value = control.takeValue();
        Throwable failure = control.takeFailure();
        if (event.status() == Status.REJECTED)
            throw new CompilationException(
                    diagnosis.problems(jshell.diagnostics(snippet).toList(), piece, place));
        if (event.exception() instanceof UnresolvedReferenceException missing)
            throw new UnresolvedReference(
                    unresolved(missing.getSnippet(), "cannot be used yet: it uses"),
                    callOf(failure == null ? missing : failure));
        if (failure != null) throw failure;
        boolean temporary = snippet.subKind() == SubKind.TEMP_VAR_EXPRESSION_SUBKIND;
        if (temporary) jshell.drop(snippet);
        boolean shown =
                temporary || (snippet instanceof ExpressionSnippet && snippet.subKind() != SubKind.ASSIGNMENT_SUBKIND);
        return shown && !isDisplay(snippet, value) ? new Result(true, value) : Result.NONE;
    }

    /// Whether this is a bare call of `display`, whose id nobody wants to read below what it shows.
    private static boolean isDisplay(Snippet snippet, @Nullable Object value) {
        return value instanceof String id
                && id.length() == 36
                && snippet.source().startsWith("display(");
    }

    /// Where something was called that JShell has put there in place of what does not compile.
    private static StackTraceElement[] callOf(Throwable unresolved) {
        StackTraceElement[] trace = unresolved.getStackTrace();
        return trace.length == 0 ? trace : Arrays.copyOfRange(trace, 1, trace.length);
    }

    /// Why a declaration cannot be used.
    ///
    /// @param uses the words between its name and those of what is missing
    private String unresolved(DeclarationSnippet declaration, String uses) {
        List<String> missing =
                jshell.unresolvedDependencies(declaration).distinct().toList();
        if (missing.isEmpty())
            return "%s does not compile any more with what has been declared since: %s. Declare it anew."
                    .formatted(
                            declaration.name(),
                            jshell.diagnostics(declaration)
                                    .filter(Diag::isError)
                                    .map(diag -> Diagnosis.readable(diag.getMessage(Locale.ROOT)))
                                    .findFirst()
                                    .orElse("what it uses has changed"));
        String hints = missing.stream()
                .map(diagnosis::ofUnresolved)
                .filter(hint -> !hint.isEmpty())
                .map(hint -> "\n" + hint)
                .collect(Collectors.joining());
        return "%s %s %s, which no cell has declared yet.%s"
                .formatted(declaration.name(), uses, String.join(", ", missing), hints);
    }

    /// What the reader should know of the declarations so far, besides errors; each is told once.
    List<String> takeNotices() {
        lock.lock();
        try {
            var told = new ArrayList<String>(notices);
            tellEmptied(told);
            for (Snippet snippet : new HashSet<>(unresolved)) {
                if (!(snippet instanceof DeclarationSnippet declaration)) continue;
                if (jshell.status(snippet).isActive()) told.add(unresolved(declaration, "uses"));
            }
            unresolved.clear();
            notices.clear();
            return told;
        } finally {
            lock.unlock();
        }
    }

    /// Tells of the variables that nothing has filled since, as the rest of the cell may do.
    private void tellEmptied(List<String> told) {
        if (emptiedBy.isEmpty()) return;
        Set<String> empty = notebook.emptyVariables();
        emptiedBy.forEach((type, names) -> {
            names.retainAll(empty);
            if (!names.isEmpty())
                told.add("%s declared anew: what held the old one is null now (%s). Run the cells again that fill it."
                        .formatted(type, String.join(", ", names)));
        });
        emptiedBy.clear();
    }

    /// Evaluates one expression for a magic.
    @Nullable
    Object evaluateExpression(String code, CellRun run) throws Exception {
        return forMagic("this", () -> evaluate(code, new Place(code, 0, "cell " + run.count())));
    }

    /// Evaluates one expression for a magic, of which the reader wrote a part.
    @Nullable
    Object evaluateExpression(String before, String code, String after, String origin) throws Exception {
        return forMagic(origin, () -> {
            sources.put(origin, 0, code);
            var piece = new Piece(code, 0).insert(code.length(), after).insert(0, before);
            lock.lock();
            try {
                return evaluatePiece(piece, new Place(code, 0, origin), new Program());
            } finally {
                lock.unlock();
            }
        });
    }

    /// Runs source for a magic.
    @Nullable
    Object runSource(String source, String origin, CellRun run) throws Exception {
        return forMagic(origin, () -> run(source, origin, run));
    }

    /// What gives a result by compiling and running.
    private interface Evaluation {
        Result run() throws Throwable;
    }

    private static @Nullable Object forMagic(String subject, Evaluation evaluation) throws Exception {
        try {
            return CellRun.outOfUserCode(evaluation::run).value();
        } catch (CompilationException wrong) {
            var words = new StringBuilder(subject + " does not compile:");
            for (Problem problem : wrong.problems())
                words.append("\nline %d: %s\n    %s\n    %s%s"
                        .formatted(
                                problem.line(),
                                problem.message().strip(),
                                problem.sourceLine().replace('\t', ' '),
                                " ".repeat(problem.start()),
                                "^".repeat(Math.max(1, problem.end() - problem.start()))));
            throw new MagicException(words.toString(), wrong);
        } catch (Exception | Error failure) {
            throw failure;
        } catch (Throwable other) {
            throw new MagicException("the expression threw " + other, other);
        }
    }

    void declare(String name, String type, Object value) {
        if (!SourceVersion.isIdentifier(name) || SourceVersion.isKeyword(name))
            throw new MagicException("'" + name + "' cannot be the name of a variable: Java names start with a letter"
                    + " and have letters, digits and _ only.");
        lock.lock();
        try {
            for (SnippetEvent event : imports.evaluate(type + " " + name + ";")) {
                if (event.causeSnippet() != null) continue;
                control.takeFailure();
                if (event.status() != Status.VALID)
                    throw new MagicException("a variable '" + name + "' of type " + type + " cannot be declared: "
                            + jshell.diagnostics(event.snippet())
                                    .map(diag -> diag.getMessage(Locale.ROOT))
                                    .findFirst()
                                    .orElse("JShell rejects it"));
                control.setValue(analysis.wrapper(event.snippet()).fullClassName(), name, value);
            }
        } catch (ReflectiveOperationException broken) {
            throw new MagicException("the variable '" + name + "' could not be set: " + broken, broken);
        } finally {
            lock.unlock();
        }
    }

    /// The names of the session, for suggestions.
    private final class Known implements Diagnosis.Names {
        @Override
        public List<String> variables() {
            return jshell.variables().map(VarSnippet::name).toList();
        }

        @Override
        public List<String> methods() {
            return jshell.methods().map(MethodSnippet::name).distinct().toList();
        }

        @Override
        public List<String> types() {
            return jshell.types().map(TypeDeclSnippet::name).toList();
        }

        @Override
        public Stream<String> importedPackages() {
            return jshell.imports()
                    .filter(imported -> imported.subKind() == SubKind.TYPE_IMPORT_ON_DEMAND_SUBKIND)
                    .map(imported -> imported.fullname().replaceAll("\\.\\*$", ""));
        }

        @Override
        public Optional<Class<?>> type(String name) {
            Optional<String> own = jshell.types()
                    .filter(type -> type.name().equals(name) && jshell.status(type) == Status.VALID)
                    .map(type -> analysis.wrapper(type).fullClassName() + "$" + name)
                    .findFirst();
            try {
                return Optional.of(Class.forName(own.orElse(name), false, loader));
            } catch (ClassNotFoundException | LinkageError unknown) {
                return Optional.empty();
            }
        }
    }

    /// Runs a magic on the calling thread, open to interrupts.
    @Nullable
    Object runMagic(Magic.Kind kind, String name, List<String> arguments, String body, CellRun run) throws Exception {
        return CellRun.inUserCode(() -> magics.run(kind, name, arguments, body, run));
    }

    Interrupter interrupter() {
        return interrupter;
    }

    @Override
    public void close() {
        // the lock may be held for long by a compilation; JShell's own close only drops what it holds
        control.close();
    }
}
