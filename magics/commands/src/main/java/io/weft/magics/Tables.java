package io.weft.magics;

import io.weft.concurrent.Manager;
import io.weft.concurrent.ObjectLostException;
import io.weft.concurrent.Pool;
import io.weft.concurrent.SharedQueue;
import io.weft.concurrent.WorkerInfo;
import io.weft.concurrent.Workers;
import io.weft.kernel.display.Html;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Cell;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tables of pools and workers, as HTML that needs no style sheet and as plain text.
@SuppressWarnings("ReferenceEquality") // the very pool or manager
final class Tables {
    private Tables() {}

    /// The pools, and which variables of the notebook hold them.
    static MimeBundle pools(List<Pool> pools, List<Cell.Variable> variables) {
        if (pools.isEmpty()) return MimeBundle.text("no pool is open; %pool 4 opens one with 4 workers");
        var rows = new ArrayList<List<String>>();
        for (Pool pool : pools) {
            long busy = pool.workers().stream()
                    .filter(worker -> worker.state() == WorkerInfo.State.BUSY)
                    .count();
            long done = pool.workers().stream().mapToLong(WorkerInfo::tasksDone).sum();
            String size = pool.size() == Integer.MAX_VALUE ? "any number" : String.valueOf(pool.size());
            rows.add(List.of(
                    pool.name(),
                    holders(pool, variables),
                    size,
                    kind(pool.kind(), 2),
                    String.valueOf(busy),
                    String.valueOf(done)));
        }
        return table(List.of("pool", "in variable", "workers", "kind", "busy", "tasks done"), rows);
    }

    /// The variables that hold a pool; a pool that none holds can still be closed by its name.
    private static String holders(Pool pool, List<Cell.Variable> variables) {
        String names = named(variables, value -> value == pool);
        return names.isEmpty() ? "none; %pool close " + pool.name() : names;
    }

    private static String named(List<Cell.Variable> variables, Predicate<@Nullable Object> holds) {
        return variables.stream()
                .filter(variable -> holds.test(variable.value()))
                .map(Cell.Variable::name)
                .collect(Collectors.joining(", "));
    }

    /// The queues that variables of the notebook hold.
    static MimeBundle queues(List<Cell.Variable> variables) {
        var rows = new ArrayList<List<String>>();
        for (var variable : variables) {
            if (!(variable.value() instanceof SharedQueue<?> queue)) continue;
            try {
                int size = queue.size();
                int room = queue.remainingCapacity();
                rows.add(List.of(
                        variable.name(),
                        String.valueOf(size),
                        room > Integer.MAX_VALUE / 2 ? "no limit" : String.valueOf(room),
                        queue.isClosed() ? "closed" : "open"));
            } catch (ObjectLostException lost) {
                rows.add(List.of(variable.name(), "–", "–", "lost: the JVM where it lived has ended"));
            }
        }
        if (rows.isEmpty()) return MimeBundle.text("no variable holds a queue; %queue q makes one");
        return table(List.of("queue", "elements", "room for", "state"), rows);
    }

    /// The managers of this notebook.
    static MimeBundle managers(List<Manager> managers, List<Cell.Variable> variables) {
        if (managers.isEmpty()) return MimeBundle.text("no manager runs; %manager m starts one");
        var rows = new ArrayList<List<String>>();
        for (Manager manager : managers) {
            var info = manager.info();
            String names = named(variables, value -> value == manager);
            rows.add(List.of(
                    manager.name(),
                    names.isEmpty() ? "none" : names,
                    String.valueOf(manager.pid()),
                    seconds(Duration.between(info.since(), Instant.now())),
                    info.heapMax() == 0 ? "–" : megabytes(info.heapUsed()) + " of " + megabytes(info.heapMax()) + " MB",
                    seconds(info.cpu())));
        }
        return table(List.of("manager", "in variable", "pid", "for", "heap", "CPU"), rows);
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
