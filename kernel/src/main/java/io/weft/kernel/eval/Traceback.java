package io.weft.kernel.eval;

import io.weft.kernel.eval.CompilationException.Problem;
import io.weft.kernel.magic.MagicException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Tells the reader what went wrong, in terms of their own cells.
///
/// It marks with bold type alone: front ends draw errors on a red ground, where the red of a dark theme cannot be
/// read. Thread-safe.
final class Traceback {
    private static final String BOLD = "\u001b[1m";
    private static final String RESET = "\u001b[0m";
    private static final Pattern WRAPPER = Pattern.compile("REPL\\.\\$JShell\\$\\w+[.$]?");
    /// What the compiler calls a class inside a method: its number and, if it has one, its name.
    private static final Pattern NUMBERED = Pattern.compile("(?<![\\w])\\d+(\\w*)");
    /// More frames than this are folded in the middle.
    private static final int FRAMES_SHOWN = 40;
    /// The longest sequence of frames whose repetition is told as one.
    private static final int LONGEST_CYCLE = 12;
    /// More causes of causes than this, or more suppressed exceptions of one, are only counted.
    private static final int CAUSES_SHOWN = 20;
    /// A longer message is cut: front ends show all of it at once.
    private static final int MESSAGE_CHARACTERS = 8_000;
    /// A longer line of source is shown around the fault only.
    private static final int LINE_CHARACTERS = 160;

    private final CellSources sources;

    Traceback(CellSources sources) {
        this.sources = sources;
    }

    Outcome.Failure of(Throwable thrown) {
        return switch (thrown) {
            case CompilationException compilation -> ofCompilation(compilation);
            case CompilerCrash crash -> plain("CompilerCrash", text(crash));
            case MagicException magic -> plain("MagicError", text(magic));
            case CellStopped stopped -> plain("Interrupted", text(stopped));
            case ExitRefused exit -> plain("ExitRefused", text(exit));
            default -> ofException(thrown);
        };
    }

    /// What an exception's own `printStackTrace` would say, for the reader: without colours.
    String plainText(Throwable thrown) {
        return String.join("\n", ofException(thrown).traceback()).replaceAll("\u001b\\[\\d*m", "");
    }

    /// Where a thread is: the method that it runs, and the line of a cell that called it.
    String where(StackTraceElement[] trace) {
        if (trace.length == 0) return "code of the JVM";
        Optional<String> line = Arrays.stream(trace)
                .filter(Traceback::isCell)
                .findFirst()
                .map(frame -> frame.getFileName() + ", line " + frame.getLineNumber());
        if (isCell(trace[0])) return line.orElseThrow();
        String method = trace[0].getClassName() + "." + trace[0].getMethodName();
        return method + line.map(called -> ", called at " + called).orElse("");
    }

    private static Outcome.Failure plain(String name, String message) {
        return new Outcome.Failure(name, message, List.of(BOLD + name + RESET + ": " + message));
    }

    private static String text(Throwable thrown) {
        return thrown.getMessage() == null ? "" : thrown.getMessage();
    }

    private static Outcome.Failure ofCompilation(CompilationException compilation) {
        var lines = new ArrayList<String>();
        for (Problem problem : compilation.problems()) {
            lines.add("%s%s, line %d%s: %s"
                    .formatted(
                            BOLD,
                            problem.cell(),
                            problem.line(),
                            RESET,
                            problem.message().strip()));
            int from =
                    Math.max(0, Math.min(problem.start(), problem.sourceLine().length()) - LINE_CHARACTERS / 2);
            if (problem.sourceLine().length() <= LINE_CHARACTERS) from = 0;
            String shown = cut(problem.sourceLine().substring(from), LINE_CHARACTERS);
            int room = Math.max(1, Math.min(LINE_CHARACTERS, shown.length()) - (problem.start() - from));
            int marks = Math.clamp(problem.end() - problem.start(), 1, room);
            lines.add("    " + shown.replace('\t', ' '));
            lines.add("    " + " ".repeat(problem.start() - from) + BOLD + "^".repeat(marks) + RESET);
            problem.hint().lines().forEach(hint -> lines.add("    " + hint));
        }
        return new Outcome.Failure("CompilationError", text(compilation), lines);
    }

    private Outcome.Failure ofException(Throwable thrown) {
        var telling = new Telling();
        telling.chain("", "", thrown, List.of());
        OutOfMemoryError shortage = Shortages.in(thrown);
        if (shortage == null) return new Outcome.Failure(name(thrown), message(thrown), telling.lines);
        String advice = Shortages.advice(shortage);
        telling.lines.add(advice);
        return new Outcome.Failure(name(thrown), message(thrown) + ". " + advice, telling.lines);
    }

    /// The lines about one exception and all that it brings along.
    private final class Telling {
        private final List<String> lines = new ArrayList<>();
        private final Set<Throwable> told = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Set<String> linesShown = new HashSet<>();

        /// Tells of an exception and its causes.
        void chain(String indent, String caption, Throwable first, List<String> enclosing) {
            List<String> above = enclosing;
            @Nullable Throwable at = first;
            for (int causes = 0; at != null; causes++) {
                String before = indent + (causes == 0 ? caption : "Caused by: ");
                if (causes > CAUSES_SHOWN) {
                    lines.add(before + "… a chain of causes that goes on");
                    return;
                }
                if (!told.add(at)) {
                    lines.add(before + headline(at) + " (told above)");
                    return;
                }
                above = one(indent, before, at, above);
                at = cause(at);
            }
        }

        /// Tells of an exception without its cause; gives its frames.
        private List<String> one(String indent, String before, Throwable thrown, List<String> enclosing) {
            lines.add(before + headline(thrown));
            List<StackTraceElement> elements = shown(stackTrace(thrown));
            List<String> frames = elements.stream().map(Traceback::frame).toList();
            int common = common(frames, enclosing);
            Optional<StackTraceElement> top =
                    elements.stream().filter(Traceback::isCell).findFirst();
            String topFrame = top.map(Traceback::frame).orElse("");
            Optional<String> source = top.flatMap(this::source);
            for (String frame : folded(frames.subList(0, frames.size() - common))) {
                lines.add(indent + "    " + frame);
                if (source.isPresent() && frame.equals(topFrame)) {
                    lines.add(indent + "      → " + source.get());
                    source = Optional.empty();
                }
            }
            if (common > 0) lines.add(indent + "    … %,d more frames, as above".formatted(common));
            Throwable[] suppressed = thrown.getSuppressed();
            for (int i = 0; i < Math.min(suppressed.length, CAUSES_SHOWN); i++)
                if (told.size() < CAUSES_SHOWN * 2) chain(indent + "    ", "Suppressed: ", suppressed[i], frames);
            if (suppressed.length > CAUSES_SHOWN)
                lines.add(indent + "    … %,d more suppressed exceptions".formatted(suppressed.length - CAUSES_SHOWN));
            return frames;
        }

        /// The line of a frame of a cell, or of a file that a cell has loaded, if no other exception has shown it.
        private Optional<String> source(StackTraceElement top) {
            return Optional.of(top)
                    .filter(frame -> linesShown.add(frame.getFileName() + ":" + frame.getLineNumber()))
                    .flatMap(frame -> sources.line(String.valueOf(frame.getFileName()), frame.getLineNumber()))
                    .map(line -> cut(line.strip(), LINE_CHARACTERS));
        }
    }

    private static String headline(Throwable thrown) {
        String message = message(thrown);
        return BOLD + name(thrown) + RESET + (message.isEmpty() ? "" : ": " + message);
    }

    /// How many frames at the end are those of the exception around; one alone is not worth a line about it.
    private static int common(List<String> frames, List<String> enclosing) {
        int common = 0;
        while (common < Math.min(frames.size(), enclosing.size())
                && frames.get(frames.size() - 1 - common).equals(enclosing.get(enclosing.size() - 1 - common)))
            common++;
        return common < 2 ? 0 : common;
    }

    private static List<StackTraceElement> shown(StackTraceElement[] trace) {
        var shown = new ArrayList<StackTraceElement>();
        int end = readersEnd(trace);
        for (int i = 0; i < end; i++) {
            boolean callsInitializer = i > 0 && trace[i - 1].getMethodName().equals("do_it$Aux");
            if (!isPlumbing(trace[i]) && !callsInitializer) shown.add(trace[i]);
        }
        return shown;
    }

    /// The frames with what repeats itself told once, and not too many of them.
    private static List<String> folded(List<String> frames) {
        var folded = new ArrayList<String>();
        for (int i = 0; i < frames.size(); ) {
            int period = period(frames, i);
            int repeated = period == 0 ? 0 : repeated(frames, i, period);
            folded.addAll(frames.subList(i, i + Math.max(1, period)));
            if (repeated > 0)
                folded.add("… %,d more frames like %s".formatted(repeated, period == 1 ? "this" : "these"));
            i += Math.max(1, period) + repeated;
        }
        if (folded.size() <= FRAMES_SHOWN) return folded;
        var fewer = new ArrayList<String>(folded.subList(0, FRAMES_SHOWN / 2));
        fewer.add("… %,d more frames".formatted(folded.size() - FRAMES_SHOWN));
        fewer.addAll(folded.subList(folded.size() - FRAMES_SHOWN / 2, folded.size()));
        return fewer;
    }

    /// The length of the shortest sequence of frames that is repeated from an index on; 0 where nothing is, or too
    /// little to be left out.
    private static int period(List<String> frames, int from) {
        for (int period = 1; period <= LONGEST_CYCLE; period++)
            if (repeated(frames, from, period) >= Math.max(3, 2 * period)) return period;
        return 0;
    }

    /// How many frames repeat the first ones from an index on.
    private static int repeated(List<String> frames, int from, int period) {
        int at = from + period;
        while (at < frames.size() && frames.get(at).equals(frames.get(at - period))) at++;
        return Math.max(0, (at - from - period) / period * period);
    }

    /// Behind the last frame of a cell there is only what called it.
    private static int readersEnd(StackTraceElement[] trace) {
        for (int i = trace.length; i > 0; i--) if (isCell(trace[i - 1])) return i;
        // a trace of the library alone, which ends where its thread began, tells the reader nothing
        boolean plumbing = Arrays.stream(trace)
                .allMatch(frame -> isPlumbing(frame) || frame.getClassName().equals("java.lang.Thread"));
        return plumbing ? 0 : trace.length;
    }

    private static boolean isCell(StackTraceElement frame) {
        return frame.getClassName().startsWith("REPL.");
    }

    private static boolean isPlumbing(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.startsWith("io.weft.kernel.")
                || type.startsWith("io.weft.magics.")
                || type.startsWith("io.weft.concurrent.")
                || type.startsWith("io.weft.chart.")
                || type.startsWith("jdk.jshell.")
                || type.startsWith("java.io.ObjectOutputStream")
                || type.startsWith("java.io.ObjectInputStream")
                || type.startsWith("jdk.internal.reflect.")
                || type.equals("java.lang.reflect.Method")
                || type.startsWith("java.lang.invoke.LambdaForm")
                || type.contains("/0x"); // a class that the JVM made for a lambda
    }

    private static String frame(StackTraceElement frame) {
        if (!isCell(frame)) return "at " + frame;
        String place = frame.getFileName() + ", line " + frame.getLineNumber();
        String type = readable(frame.getClassName());
        String method = frame.getMethodName();
        if (method.startsWith("do_it$")) return "at " + place;
        if (method.startsWith("lambda$")) return "at lambda (" + place + ")";
        if (method.equals("<init>")) return "at new " + type + " (" + place + ")";
        if (method.equals("<clinit>")) return "at class " + type + " (" + place + ")";
        return "at " + (type.isEmpty() ? "" : type + ".") + method + " (" + place + ")";
    }

    /// A class's name or a message as the reader knows it.
    private static String readable(String text) {
        String own = WRAPPER.matcher(text)
                .replaceAll("")
                .replace("$JShell$anonymous$", "")
                .replace('$', '.');
        return NUMBERED.matcher(own).replaceAll(numbered -> numbered.group(1).isEmpty() ? "(anonymous)" : "$1");
    }

    /// The exception's class as the reader knows it.
    private static String name(Throwable thrown) {
        return switch (thrown) {
            case CellStopped _ -> "Interrupted";
            case ExitRefused _ -> "ExitRefused";
            case UnresolvedReference _ -> "UnresolvedReference";
            default -> readable(thrown.getClass().getName());
        };
    }

    private static String message(Throwable thrown) {
        @Nullable String message;
        try {
            message = CellRun.<@Nullable String, RuntimeException>inUserCode(thrown::getLocalizedMessage);
        } catch (Throwable broken) {
            // its class may be the reader's, and its message whatever they compute
            return "(its message cannot be had: " + broken.getClass().getName() + ")";
        }
        return message == null ? "" : cut(WRAPPER.matcher(message).replaceAll(""), MESSAGE_CHARACTERS);
    }

    private static @Nullable Throwable cause(Throwable thrown) {
        try {
            return CellRun.<@Nullable Throwable, RuntimeException>inUserCode(thrown::getCause);
        } catch (Throwable broken) {
            return null;
        }
    }

    private static StackTraceElement[] stackTrace(Throwable thrown) {
        try {
            StackTraceElement[] trace =
                    CellRun.<StackTraceElement @Nullable [], RuntimeException>inUserCode(thrown::getStackTrace);
            return trace == null ? new StackTraceElement[0] : trace;
        } catch (Throwable broken) {
            return new StackTraceElement[0];
        }
    }

    private static String cut(String text, int characters) {
        if (text.length() <= characters) return text;
        return "%s… (%,d more characters)".formatted(text.substring(0, characters), text.length() - characters);
    }
}
