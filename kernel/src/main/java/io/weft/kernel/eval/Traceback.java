package io.weft.kernel.eval;

import io.weft.kernel.eval.CompilationException.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Tells the reader what went wrong, in terms of their own cells.
final class Traceback {
    private static final String RED = "\u001b[31m";
    private static final String BOLD = "\u001b[1m";
    private static final String RESET = "\u001b[0m";
    private static final Pattern WRAPPER = Pattern.compile("REPL\\.\\$JShell\\$\\w+[.$]?");
    /// More frames than this are folded in the middle: a runaway recursion has thousands, all alike.
    private static final int FRAMES_SHOWN = 40;

    private Traceback() {}

    static Outcome.Failure of(Throwable thrown) {
        return switch (thrown) {
            case CompilationException compilation -> ofCompilation(compilation);
            case io.weft.kernel.magic.MagicException magic -> plain("MagicError", text(magic));
            case CellStopped stopped -> plain("Interrupted", text(stopped));
            case ExitRefused exit -> plain("ExitRefused", text(exit));
            default -> ofException(thrown);
        };
    }

    private static Outcome.Failure plain(String name, String message) {
        return new Outcome.Failure(name, message, List.of(RED + BOLD + name + RESET + ": " + message));
    }

    private static String text(Throwable thrown) {
        return thrown.getMessage() == null ? "" : thrown.getMessage();
    }

    private static Outcome.Failure ofCompilation(CompilationException compilation) {
        var lines = new ArrayList<String>();
        for (Problem problem : compilation.problems()) {
            lines.add("%s%sline %d%s: %s"
                    .formatted(
                            RED, BOLD, problem.line(), RESET, problem.message().strip()));
            int marks = Math.max(1, problem.end() - problem.start());
            lines.add("    " + problem.sourceLine().replace('\t', ' '));
            lines.add("    " + " ".repeat(problem.start()) + RED + "^".repeat(marks) + RESET);
        }
        return new Outcome.Failure("CompilationError", text(compilation), lines);
    }

    private static Outcome.Failure ofException(Throwable thrown) {
        var lines = new ArrayList<String>();
        append(lines, "", "", thrown, Collections.newSetFromMap(new IdentityHashMap<>()));
        return new Outcome.Failure(name(thrown), message(thrown), lines);
    }

    private static void append(
            List<String> lines, String indent, String caption, Throwable thrown, Set<Throwable> told) {
        if (!told.add(thrown)) {
            lines.add(indent + caption + name(thrown) + " (told above)");
            return;
        }
        String message = message(thrown);
        lines.add(indent + caption + RED + BOLD + name(thrown) + RESET + (message.isEmpty() ? "" : ": " + message));
        for (String frame : frames(thrown)) lines.add(indent + "    " + frame);
        for (Throwable suppressed : thrown.getSuppressed())
            append(lines, indent + "    ", "Suppressed: ", suppressed, told);
        if (thrown.getCause() != null) append(lines, indent, "Caused by: ", thrown.getCause(), told);
    }

    private static List<String> frames(Throwable thrown) {
        var frames = new ArrayList<String>();
        StackTraceElement[] trace = thrown.getStackTrace();
        int end = readersEnd(trace);
        for (int i = 0; i < end; i++) {
            boolean callsInitializer = i > 0 && trace[i - 1].getMethodName().equals("do_it$Aux");
            if (!isPlumbing(trace[i]) && !callsInitializer) frames.add(frame(trace[i]));
        }
        if (frames.size() <= FRAMES_SHOWN) return frames;
        var folded = new ArrayList<String>(frames.subList(0, FRAMES_SHOWN / 2));
        folded.add("… %,d frames folded …".formatted(frames.size() - FRAMES_SHOWN));
        folded.addAll(frames.subList(frames.size() - FRAMES_SHOWN / 2, frames.size()));
        return folded;
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
                || type.startsWith("java.io.ObjectOutputStream")
                || type.startsWith("java.io.ObjectInputStream")
                || type.startsWith("jdk.internal.reflect.")
                || type.equals("java.lang.reflect.Method")
                || type.startsWith("java.lang.invoke.LambdaForm");
    }

    private static String frame(StackTraceElement frame) {
        if (!isCell(frame)) return "at " + frame;
        String place = frame.getFileName() + ", line " + frame.getLineNumber();
        String type = WRAPPER.matcher(frame.getClassName()).replaceFirst("").replace('$', '.');
        String method = frame.getMethodName();
        if (method.startsWith("do_it$")) return "at " + place;
        if (method.startsWith("lambda$")) return "at " + place + " (lambda)";
        if (method.equals("<init>")) return "at " + place + " (new " + type + ")";
        if (method.equals("<clinit>")) return "at " + place + " (class " + type + ")";
        return "at " + place + " (" + (type.isEmpty() ? "" : type + ".") + method + ")";
    }

    /// The exception's class as the reader knows it.
    static String name(Throwable thrown) {
        return WRAPPER.matcher(thrown.getClass().getName()).replaceFirst("").replace('$', '.');
    }

    private static String message(Throwable thrown) {
        @Nullable String message;
        try {
            message = thrown.getLocalizedMessage();
        } catch (RuntimeException broken) {
            return "(its message cannot be had: " + broken + ")";
        }
        return message == null ? "" : WRAPPER.matcher(message).replaceAll("");
    }
}
