package io.weft.magics.notebook;

import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.Html;
import io.weft.kernel.display.MimeBundle;
import io.weft.magics.notebook.maven.Transfers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/// Shows below a cell what is downloaded, in one display that is updated a few times a second; its last frame is a
/// summary. Nothing appears before the first download. Thread-safe.
final class Progress implements Transfers {
    private static final long PAUSE_NANOS = Duration.ofMillis(250).toNanos();
    /// More files at once are counted, not named.
    private static final int NAMED = 4;

    private final CellOutput output;
    private final boolean verbose;
    private final String id = UUID.randomUUID().toString();
    private final long started = System.nanoTime();
    private final Map<String, Download> under = new LinkedHashMap<>();
    private int files;
    private long bytes;
    private long shownAt;
    private boolean shown;
    private volatile boolean cancelled;

    /// @param size of the whole, negative where unknown
    private record Download(long done, long size) {
        @Override
        public String toString() {
            return size > 0 ? "%s of %s".formatted(Amount.bytes(done), Amount.bytes(size)) : Amount.bytes(done);
        }
    }

    /// @param verbose whether every download is told in a line of its own as well
    Progress(CellOutput output, boolean verbose) {
        this.output = output;
        this.verbose = verbose;
    }

    @Override
    public synchronized void began(String file, String repository, long size) {
        under.put(file, new Download(0, size));
        refresh();
    }

    @Override
    public synchronized void progressed(String file, long done) {
        under.computeIfPresent(file, (_, download) -> new Download(done, download.size()));
        refresh();
    }

    @Override
    public synchronized void succeeded(String file, String repository, long size) {
        under.remove(file);
        files++;
        bytes += size;
        if (verbose)
            output.stream(CellOutput.Stream.STDOUT, "%s from %s, %s%n".formatted(file, repository, Amount.bytes(size)));
        refresh();
    }

    @Override
    public synchronized void failed(String file) {
        under.remove(file);
    }

    @Override
    public boolean cancelled() {
        return cancelled;
    }

    /// Gives up all downloads.
    void cancel() {
        cancelled = true;
        end("interrupted; nothing was added to the class path", List.of());
    }

    private void refresh() {
        long now = System.nanoTime();
        if (cancelled || (shown && now - shownAt < PAUSE_NANOS)) return;
        shownAt = now;
        var text = new StringBuilder("downloading: %d files, %s so far".formatted(files, Amount.bytes(bytes)));
        under.entrySet().stream()
                .limit(NAMED)
                .forEach(each ->
                        text.append("\n  ").append(each.getKey()).append("  ").append(each.getValue()));
        if (under.size() > NAMED) text.append("\n  and %d more".formatted(under.size() - NAMED));
        put(MimeBundle.html("<pre style=\"margin:0\">" + Html.escape(text.toString()) + "</pre>", text.toString()));
    }

    private void put(MimeBundle bundle) {
        if (shown) output.update(bundle, id);
        else output.display(bundle, id);
        shown = true;
    }

    /// What was downloaded, in words.
    synchronized String downloaded() {
        if (files == 0) return "nothing had to be downloaded";
        return String.format(
                Locale.ROOT,
                "%d files, %s downloaded in %s",
                files,
                Amount.bytes(bytes),
                Amount.nanos(System.nanoTime() - started));
    }

    /// Shows the last frame.
    ///
    /// @param summary one line
    /// @param details what stands behind it, folded away
    synchronized void end(String summary, List<String> details) {
        var html = new StringBuilder();
        if (details.isEmpty()) html.append("<div>").append(Html.escape(summary)).append("</div>");
        else {
            html.append("<details><summary>").append(Html.escape(summary)).append("</summary><ul>");
            for (String detail : details)
                html.append("<li>").append(Html.escape(detail)).append("</li>");
            html.append("</ul></details>");
        }
        var text = new StringBuilder(summary);
        for (String detail : details) text.append("\n  ").append(detail);
        put(MimeBundle.html(html.toString(), text.toString()));
    }

    /// Takes away what was shown of downloads that failed.
    synchronized void fail() {
        if (shown) end("the download failed", List.of());
    }
}
