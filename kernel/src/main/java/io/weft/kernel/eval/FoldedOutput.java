package io.weft.kernel.eval;

import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.MimeBundle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The output of a cell, of which a front end gets no more text than it can bear.
///
/// The first characters pass as they come. What is beyond the limit is counted, and when the cell ends, the last lines
/// of it are shown. Threads that go on after that have a smaller allowance of their own. Displays pass. Any thread.
final class FoldedOutput implements CellOutput {
    /// Sets the limit for the kernel: a number of characters, with `K` or `M`, or `none`.
    private static final String LIMIT_VARIABLE = "WEFT_OUTPUT_LIMIT";
    /// The same for the cells that follow, which a cell can set.
    private static final String LIMIT_PROPERTY = "weft.output.limit";
    /// Jupyter's server stops passing output on after about 3 MB at once.
    private static final long DEFAULT_LIMIT = 2_500_000;

    private static final long LATE_LIMIT = 250_000;
    private static final int TAIL_CHARS = 10_000;
    private static final int TAIL_CHUNK_CHARS = 2_000;

    private final CellOutput target;
    private final long limit;
    /// The characters that were let pass or asked for it.
    private final AtomicLong passed = new AtomicLong();
    /// Whether what passed last did not end its line.
    private volatile boolean lineOpen;

    /// All that follows is guarded by `this`.
    private final Deque<Chunk> tail = new ArrayDeque<>();

    private long tailChars;
    private long foldedChars;
    private long foldedLines;
    private boolean told;
    private boolean ended;

    /// Text of one stream.
    private record Chunk(Stream stream, StringBuilder text) {}

    FoldedOutput(CellOutput target) {
        this.target = target;
        limit = limit(System.getProperty(LIMIT_PROPERTY, System.getenv(LIMIT_VARIABLE)));
    }

    /// A limit as users write it; what cannot be read is as if it were not there.
    static long limit(@Nullable String text) {
        if (text == null) return DEFAULT_LIMIT;
        String number = text.strip().toUpperCase(Locale.ROOT);
        if (number.equals("NONE")) return Long.MAX_VALUE;
        long unit = number.endsWith("K") ? 1_000 : number.endsWith("M") ? 1_000_000 : 1;
        String digits = unit == 1 ? number : number.substring(0, number.length() - 1);
        return digits.matches("\\d{1,9}") ? Long.parseLong(digits) * unit : DEFAULT_LIMIT;
    }

    @Override
    public void stream(Stream stream, String text) {
        long before = passed.getAndAdd(text.length());
        if (before + text.length() <= limit) pass(stream, text);
        else fold(stream, text, Math.max(0, limit - before));
    }

    private void pass(Stream stream, String text) {
        target.stream(stream, text);
        lineOpen = !text.endsWith("\n");
    }

    private synchronized void fold(Stream stream, String text, long room) {
        int start = 0;
        if (!told) {
            told = true;
            start = cut(text, (int) Math.min(room, text.length()));
            if (start > 0) pass(stream, text.substring(0, start));
            target.stream(Stream.STDERR, "\n… " + (ended ? lateWord() : word()) + "\n");
        }
        if (start < text.length()) hide(stream, text, start);
    }

    /// Where to cut a text of which so many characters may be shown: after a line, unless that line is endless.
    private static int cut(String text, int room) {
        int line = text.lastIndexOf('\n', room - 1) + 1;
        if (line > 0 || text.length() <= TAIL_CHARS) return line;
        return room > 0 && Character.isHighSurrogate(text.charAt(room - 1)) ? room - 1 : room;
    }

    private String word() {
        return "more than %,d characters of output: the rest is not shown, but for its last lines when the cell ends. For more, run System.setProperty(\"%s\", \"20M\") in a cell, or start the kernel with %s=20M."
                .formatted(limit, LIMIT_PROPERTY, LIMIT_VARIABLE);
    }

    private static String lateWord() {
        return "threads of this cell go on printing: no more of it is shown.";
    }

    private void hide(Stream stream, String text, int start) {
        foldedChars += text.length() - start;
        for (int at = text.indexOf('\n', start); at >= 0; at = text.indexOf('\n', at + 1)) foldedLines++;
        if (ended) return;
        int from = Math.max(start, text.length() - TAIL_CHARS);
        Chunk last = tail.peekLast();
        if (last == null || last.stream != stream || last.text.length() >= TAIL_CHUNK_CHARS) {
            last = new Chunk(stream, new StringBuilder());
            tail.addLast(last);
        }
        last.text.append(text, from, text.length());
        tailChars += text.length() - from;
        while (tail.size() > 1 && tailChars - tail.getFirst().text.length() >= TAIL_CHARS)
            tailChars -= tail.removeFirst().text.length();
    }

    @Override
    public void comm(
            String type,
            Map<String, ? extends @Nullable Object> content,
            Map<String, ? extends @Nullable Object> metadata,
            List<byte[]> buffers) {
        target.comm(type, content, metadata, buffers);
    }

    /// The cell has ended: shows the last lines of what was folded.
    synchronized void end() {
        ended = true;
        if (told) {
            int shown = showTail();
            if (shown > 0) passed.set(Math.max(0, limit - LATE_LIMIT));
            told = false;
        } else {
            passed.accumulateAndGet(Math.max(0, limit - LATE_LIMIT), Math::max);
        }
        tail.clear();
        tailChars = 0;
    }

    private int showTail() {
        Chunk first = tail.peekFirst();
        if (first == null) return 0;
        // begins with a whole line where there is one
        if (foldedChars > tailChars) {
            int line = first.text.indexOf("\n");
            int cut = line >= 0 && (line + 1 < first.text.length() || tail.size() > 1) ? line + 1 : 0;
            boolean wholeLine = cut > 0;
            if (!wholeLine && first.text.length() > 1 && Character.isLowSurrogate(first.text.charAt(0))) cut = 1;
            first.text.delete(0, cut);
            if (wholeLine && lineOpen) target.stream(first.stream, "\n");
        }
        long chars = 0;
        long lines = 0;
        for (Chunk chunk : tail) {
            chars += chunk.text.length();
            lines += chunk.text.chars().filter(c -> c == '\n').count();
        }
        if (foldedChars > chars)
            target.stream(
                    Stream.STDERR,
                    foldedLines > lines
                            ? "… %,d lines (%,d characters) not shown …%n"
                                    .formatted(foldedLines - lines, foldedChars - chars)
                            : "… %,d characters not shown …%n".formatted(foldedChars - chars));
        for (Chunk chunk : tail) target.stream(chunk.stream, chunk.text.toString());
        return (int) chars;
    }

    @Override
    public void display(MimeBundle bundle) {
        target.display(bundle);
    }

    @Override
    public void display(MimeBundle bundle, String displayId) {
        target.display(bundle, displayId);
    }

    @Override
    public void update(MimeBundle bundle, String displayId) {
        target.update(bundle, displayId);
    }

    @Override
    public void clear(boolean wait) {
        synchronized (this) {
            passed.set(0);
            told = false;
            tail.clear();
            tailChars = 0;
            foldedChars = 0;
            foldedLines = 0;
        }
        target.clear(wait);
    }
}
