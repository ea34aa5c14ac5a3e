package io.weft.magics;

import io.weft.concurrent.WorkerInfo;
import io.weft.kernel.display.Html;
import io.weft.kernel.display.MimeBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A picture of how far a call of a pool has come: a line, a bar, a row for each worker, and in the end what took
/// longest. HTML without script or style sheet, for light and dark pages.
///
/// @param pool     the pool's name
/// @param progress what the call has done
/// @param workers  the pool's workers at this moment
record CallPicture(String pool, CallProgress progress, List<WorkerInfo> workers) {
    /// Calls that take their items while they run: nobody knows how many will come.
    private static final Set<String> LAZY = Set.of("imap", "imapUnordered", "stream");

    private static final String DONE_COLOR = "#2e7d32";
    private static final String FAILED_COLOR = "#c62828";

    MimeBundle bundle() {
        return MimeBundle.html(html(), headline());
    }

    /// One line that says it all, such as `pool.map: 640 of 1,000 tasks, 64 %, 210 per s, 1.7 s left`.
    private String headline() {
        var parts = new ArrayList<String>();
        int total = progress.submitted();
        boolean known = !LAZY.contains(progress.verb());
        parts.add(
                known || progress.isOver()
                        ? "%,d of %,d tasks".formatted(progress.done(), total)
                        : "%,d tasks".formatted(progress.done()));
        double seconds = progress.elapsed().toNanos() / 1e9;
        double rate = seconds > 0 ? progress.done() / seconds : 0;
        if (known && !progress.isOver())
            parts.add("%d %%".formatted((int) (100L * progress.done() / Math.max(1, total))));
        if (progress.done() > 0) parts.add(rate < 10 ? "%.1f per s".formatted(rate) : "%,.0f per s".formatted(rate));
        if (progress.isOver()) parts.add("%.1f s".formatted(seconds));
        else if (known && rate > 0) parts.add(left((total - progress.done()) / rate));
        if (progress.failed() > 0) parts.add("%,d failed".formatted(progress.failed()));
        if (progress.cancelled() > 0) parts.add("%,d cancelled".formatted(progress.cancelled()));
        if (progress.retried() > 0) parts.add("%,d run again".formatted(progress.retried()));
        return "%s.%s: %s".formatted(pool, progress.verb(), String.join(", ", parts));
    }

    private static String left(double seconds) {
        if (seconds < 90) return "%.1f s left".formatted(seconds);
        return seconds < 5400 ? "%.0f min left".formatted(seconds / 60) : "%.1f h left".formatted(seconds / 3600);
    }

    private String html() {
        var html = new StringBuilder(
                "<div style=\"display:inline-block;min-width:min(28em,90%);border:1px solid rgba(128,128,128,.4);border-radius:4px;padding:.4em .8em\">");
        html.append("<div>").append(Html.escape(headline())).append("</div>").append(bar());
        boolean over = progress.isOver();
        Map<String, WorkerInfo> now =
                workers.stream().collect(Collectors.toMap(WorkerInfo::name, Function.identity(), (one, _) -> one));
        var rows = new ArrayList<List<String>>();
        for (CallProgress.Worker worker : progress.workers()) {
            WorkerInfo info = now.get(worker.name);
            rows.add(List.of(
                    worker.name,
                    info == null ? "ended" : String.valueOf(info.pid()),
                    over
                            ? "%.0f %%".formatted(100 * worker.busyShare(progress.elapsed()))
                            : worker.task.isEmpty() ? "–" : worker.task,
                    "%,d".formatted(worker.done),
                    "%,d".formatted(worker.failed),
                    info == null || info.heapMax() == 0
                            ? "–"
                            : "%d of %d MB".formatted(info.heapUsed() >> 20, info.heapMax() >> 20)));
        }
        html.append(Tables.html(List.of("worker", "pid", over ? "busy" : "at", "done", "failed", "heap"), rows));
        if (over && progress.slowest().size() > 1) {
            var slow = new ArrayList<List<String>>();
            for (CallProgress.Slow each : progress.slowest())
                slow.add(List.of(
                        each.items(),
                        each.worker(),
                        "%.3f s".formatted(each.took().toNanos() / 1e9)));
            html.append(Tables.html(List.of("slowest", "on", "took"), slow));
        }
        return html.append("</div>").toString();
    }

    private String bar() {
        int total = Math.max(1, progress.submitted());
        double done = 100.0 * progress.done() / total;
        double failed = 100.0 * progress.failed() / total;
        return """
                <svg role="img" aria-label="%.0f %% done" width="100%%" height="8" viewBox="0 0 100 8" preserveAspectRatio="none" style="display:block;width:100%%;height:8px;margin:.3em 0">\
                <rect width="100" height="8" fill="currentColor" fill-opacity="0.15"/>\
                <rect width="%.2f" height="8" fill="%s"/><rect x="%.2f" width="%.2f" height="8" fill="%s"/></svg>""".formatted(done, done, DONE_COLOR, done, failed, FAILED_COLOR);
    }
}
