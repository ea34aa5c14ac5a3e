package io.weft.kernel.assist;

import io.weft.kernel.assist.Candidates.Group;
import io.weft.kernel.assist.Completion.Match;
import io.weft.kernel.assist.Tokens.Open;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Magic;
import io.weft.kernel.magic.MagicException;
import io.weft.kernel.magic.MagicLexer;
import io.weft.kernel.magic.MagicRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Answers a front end's questions about code that has not been run.
///
/// It has a compiler of its own, so that it does not wait for the session's, and a thread of its own, which ends
/// when nobody asks. An answer that takes longer than [#PATIENCE] is cut down to what is known without the
/// compiler. Any thread.
public final class CodeAssistant implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration IDLE = Duration.ofSeconds(30);

    /// Cell magics whose body is not Java.
    private static final Set<String> OTHER_LANGUAGES = Set.of(
            "html",
            "markdown",
            "svg",
            "latex",
            "javascript",
            "js",
            "bash",
            "sh",
            "sx",
            "script",
            "writefile",
            "file",
            "loadFromPOM",
            "pom",
            "sql");

    /// A magic whose last argument is Java, and that argument.
    private static final Pattern WITH_JAVA =
            Pattern.compile("%(\\w+)(?:\\s+--?[a-zA-Z][\\w-]*(?:=\\S*)?(?:\\s+\\d+)?)*+\\s+((?!-[a-zA-Z-])\\S.*)");

    private static final System.Logger LOG = System.getLogger(CodeAssistant.class.getName());

    private final Session session;
    private final MagicRegistry magics;
    private final MagicAssistant magicAssistant;
    private final ShortForms shortForms;
    private final Analyst analyst;
    private final JavaCompleter completer;
    private final JavaInspector inspector;
    private final Wholeness wholeness;
    private final ThreadPoolExecutor thread;

    public CodeAssistant(Session session, MagicRegistry magics) {
        this.session = session;
        this.magics = magics;
        magicAssistant = new MagicAssistant(magics);
        shortForms = new ShortForms(magics);
        analyst = new Analyst(session);
        var index = new TypeIndex();
        completer = new JavaCompleter(analyst, index, magics::resultType);
        inspector = new JavaInspector(session, analyst, index, magics::resultType);
        wholeness = new Wholeness(session, magics::isLineMagic);
        thread = new ThreadPoolExecutor(1, 1, IDLE.toSeconds(), TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            var worker = new Thread(task, "weft-assist");
            worker.setDaemon(true);
            return worker;
        });
        thread.allowCoreThreadTimeOut(true);
    }

    /// What could stand at the cursor.
    ///
    /// @param codePoints the cursor's place, counted in Unicode code points
    public Completion complete(String code, int codePoints) {
        int cursor = offset(code, codePoints);
        Notebook notebook = session.notebook();
        var inShortForm = shortForms.complete(notebook, code.substring(0, cursor));
        if (inShortForm.isPresent())
            return completion(
                    code, inShortForm.get().start(), cursor, inShortForm.get().matches());
        Tokens before = tokens(code.substring(0, cursor));
        if (before.open() == Open.STRING) return inString(code, before, cursor);
        if (before.isOpen()) return nothing(code, cursor);
        Optional<Token> magic = magicAt(before);
        Optional<String> timed = magic.flatMap(each -> withoutMagic(code, each));
        if (timed.isPresent()) return complete(timed.get(), codePoints);
        if (magic.isPresent()) {
            String line = magic.get().text();
            int start = magic.get().start() + MagicAssistant.startOfWord(line);
            return completion(code, start, cursor, magicAssistant.complete(line, notebook));
        }
        if (isOtherLanguage(before)) return nothing(code, cursor);
        int start = startOfWord(code, cursor);
        String word = code.substring(start, cursor);
        Tokens beforeWord = tokens(code.substring(0, start));
        boolean nameOnly = cursor < code.length() && code.charAt(cursor) == '(';
        Tokens all = tokens(code);
        List<Match> matches = inTime(
                () -> completer.complete(notebook, beforeWord, all, word, nameOnly),
                () -> known(notebook, beforeWord, word));
        return completion(code, start, cursor, matches);
    }

    /// What is known without the compiler.
    private static List<Match> known(Notebook notebook, Tokens before, String word) {
        boolean member = !before.list().isEmpty()
                && (before.list().getLast().is(".") || before.list().getLast().is("::"));
        var found = new Candidates(word);
        if (!member)
            for (Declared declared : notebook.declared()) {
                String name = declared.name();
                switch (declared.kind()) {
                    case VARIABLE -> found.add(name, "instance", declared.type() + " " + name, Group.NOTEBOOK);
                    case METHOD -> found.add(name, name + "(", "function", "", Group.NOTEBOOK, false, false);
                    case TYPE -> found.add(name, "class", "", Group.NOTEBOOK);
                }
            }
        return found.matches();
    }

    private Completion inString(String code, Tokens before, int cursor) {
        FileNames.Place place = FileNames.before(before.list());
        if (!place.expected()) return nothing(code, cursor);
        String typed = code.substring(before.since() + 1, cursor);
        int start = before.since() + 1 + typed.lastIndexOf('/') + 1;
        var found = new Candidates(code.substring(start, cursor));
        FileNames.complete(place.folder(), typed, found);
        return completion(code, start, cursor, found.matches());
    }

    private static Completion nothing(String code, int cursor) {
        return completion(code, cursor, cursor, List.of());
    }

    private static Completion completion(String code, int start, int end, List<Match> matches) {
        return new Completion(code.codePointCount(0, start), code.codePointCount(0, end), matches);
    }

    private Tokens tokens(String code) {
        return Tokens.of(code, magics::isLineMagic);
    }

    /// The magic in whose line the text ends.
    private static Optional<Token> magicAt(Tokens before) {
        if (before.list().isEmpty()) return Optional.empty();
        Token last = before.list().getLast();
        return last.isMagic() && last.end() == before.code().length() ? Optional.of(last) : Optional.empty();
    }

    /// The code with blanks in place of a magic, if the rest of its line is Java, as behind `%time`.
    private Optional<String> withoutMagic(String code, Token magic) {
        Matcher java = WITH_JAVA.matcher(magic.text());
        if (!java.matches()
                || OTHER_LANGUAGES.contains(java.group(1))
                || magics.syntax(Magic.Kind.LINE, java.group(1)) != Magic.Syntax.CODE) return Optional.empty();
        int start = magic.start() + java.start(2);
        return Optional.of(code.substring(0, magic.start()) + " ".repeat(java.start(2)) + code.substring(start));
    }

    private static boolean isOtherLanguage(Tokens tokens) {
        if (tokens.list().isEmpty()) return false;
        Token first = tokens.list().getFirst();
        if (!first.isMagic() || !first.text().startsWith("%%")) return false;
        return OTHER_LANGUAGES.contains(first.text().substring(2).split("\\W", 2)[0]);
    }

    private static int startOfWord(String code, int cursor) {
        int start = cursor;
        while (start > 0 && Character.isJavaIdentifierPart(code.codePointBefore(start)))
            start -= Character.charCount(code.codePointBefore(start));
        return start;
    }

    /// What is known about the name at or before the cursor, or about the call in whose arguments it stands.
    ///
    /// @param codePoints the cursor's place, counted in Unicode code points
    /// @param detail     1 for the source as well, where it is known
    public Optional<MimeBundle> inspect(String code, int codePoints, int detail) {
        int cursor = offset(code, codePoints);
        Notebook notebook = session.notebook();
        int end = cursor;
        while (end < code.length() && Character.isJavaIdentifierPart(code.charAt(end))) end++;
        Tokens before = tokens(code.substring(0, end));
        Optional<Token> magic = magicAt(before);
        Optional<String> timed = magic.flatMap(each -> withoutMagic(code, each));
        if (timed.isPresent()) return inspect(timed.get(), codePoints, detail);
        if (magic.isPresent()) return magicAssistant.help(magic.get().text()).map(Documentation::preformatted);
        if (before.open() == Open.LINE_COMMENT || before.open() == Open.COMMENT || isOtherLanguage(before))
            return Optional.empty();
        Tokens all = tokens(code);
        return inTime(() -> inspector.inspect(notebook, all, cursor, detail > 0), Optional::empty);
    }

    /// Whether the code can be run as it stands.
    public Completeness completeness(String code) {
        try {
            var _ = new MagicLexer(magics, _ -> false).split(code);
        } catch (MagicException openQuote) {
            return new Completeness(Completeness.Status.INVALID, "");
        }
        return wholeness.of(code);
    }

    /// Answers on the assistant's thread, or without the compiler when that takes too long or fails.
    private <T> T inTime(Callable<T> answer, java.util.function.Supplier<T> otherwise) {
        Future<T> asked;
        try {
            asked = thread.submit(answer);
        } catch (RejectedExecutionException closed) {
            return otherwise.get();
        }
        try {
            return asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            // one that is being answered goes on, so that the next one finds the compiler warm
            asked.cancel(false);
        } catch (ExecutionException broken) {
            LOG.log(System.Logger.Level.WARNING, "a question about code could not be answered", broken.getCause());
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
        }
        return otherwise.get();
    }

    private static int offset(String code, int codePoints) {
        int count = Math.clamp(codePoints, 0, code.codePointCount(0, code.length()));
        return code.offsetByCodePoints(0, count);
    }

    /// Answers without the compiler from now on, and lets go of the files of the class path.
    @Override
    public void close() {
        thread.getQueue().clear();
        try {
            thread.execute(analyst::close);
        } catch (RejectedExecutionException closed) {
            return;
        }
        thread.shutdown();
    }
}
