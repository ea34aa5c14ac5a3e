package io.weft.magics;

import io.weft.concurrent.Pool;
import io.weft.concurrent.WorkerInfo;
import io.weft.concurrent.Workers;
import io.weft.kernel.display.Html;
import io.weft.kernel.display.MimeBundle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Tables of pools and workers, as HTML that needs no style sheet and as plain text.
final class Tables {
    private Tables() {}

    static MimeBundle pools(List<Pool> pools) {
        if (pools.isEmpty()) return MimeBundle.text("no pool is open; %pool 4 opens one with 4 workers");
        var rows = new ArrayList<List<String>>();
        for (Pool pool : pools) {
            long busy = pool.workers().stream()
                    .filter(worker -> worker.state() == WorkerInfo.State.BUSY)
                    .count();
            long done = pool.workers().stream().mapToLong(WorkerInfo::tasksDone).sum();
            String size = pool.size() == Integer.MAX_VALUE ? "any number" : String.valueOf(pool.size());
            rows.add(List.of(pool.name(), size, kind(pool.kind(), 2), String.valueOf(busy), String.valueOf(done)));
        }
        return table(List.of("pool", "workers", "kind", "busy", "tasks done"), rows);
    }

    /// A worker and what it is a part of.
    record Owned(String owner, WorkerInfo worker) {}

    static MimeBundle workers(List<Owned> workers) {
        if (workers.isEmpty()) return MimeBundle.text("no worker runs; %pool 4 starts 4");
        var rows = new ArrayList<List<String>>();
        for (Owned each : workers) {
            WorkerInfo worker = each.worker();
            rows.add(List.of(
                    worker.name(),
                    each.owner(),
                    String.valueOf(worker.pid()),
                    worker.state().name().toLowerCase(java.util.Locale.ROOT),
                    worker.task().isEmpty() ? "–" : worker.task(),
                    seconds(Duration.between(worker.since(), Instant.now())),
                    worker.heapMax() == 0
                            ? "–"
                            : megabytes(worker.heapUsed()) + " of " + megabytes(worker.heapMax()) + " MB",
                    seconds(worker.cpu()),
                    String.valueOf(worker.tasksDone())));
        }
        return table(List.of("worker", "of", "pid", "state", "task", "for", "heap", "CPU", "tasks done"), rows);
    }

    /// What the workers of a pool are, in words.
    static String kind(Workers kind, int count) {
        String one = switch (kind) {
            case JVM -> "worker JVM";
            case THREADS -> "thread";
            case VIRTUAL -> "virtual thread";
        };
        return count == 1 ? one : one + "s";
    }

    private static String seconds(Duration duration) {
        return "%.1f s".formatted(duration.toMillis() / 1000.0);
    }

    private static long megabytes(long bytes) {
        return bytes >> 20;
    }

    static MimeBundle table(List<String> head, List<List<String>> rows) {
        return MimeBundle.html(html(head, rows), plain(head, rows));
    }

    static String html(List<String> head, List<List<String>> rows) {
        var html = new StringBuilder("<table><thead><tr>");
        head.forEach(name -> html.append("<th scope=\"col\" style=\"text-align:left\">")
                .append(Html.escape(name))
                .append("</th>"));
        html.append("</tr></thead><tbody>");
        for (List<String> row : rows) {
            html.append("<tr>");
            row.forEach(text -> html.append("<td style=\"text-align:left\">")
                    .append(Html.escape(text))
                    .append("</td>"));
            html.append("</tr>");
        }
        return html.append("</tbody></table>").toString();
    }

    private static String plain(List<String> head, List<List<String>> rows) {
        var text = new StringBuilder();
        var all = new ArrayList<List<String>>();
        all.add(head);
        all.addAll(rows);
        for (List<String> row : all) {
            var line = new StringBuilder();
            for (int column = 0; column < head.size(); column++) {
                int at = column;
                int width = all.stream()
                        .mapToInt(each -> each.get(at).length())
                        .max()
                        .orElse(0);
                line.append(row.get(column))
                        .append(" ".repeat(width - row.get(column).length() + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString().stripTrailing();
    }
}
