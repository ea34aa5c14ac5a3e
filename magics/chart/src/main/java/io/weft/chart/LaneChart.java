package io.weft.chart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// A lane for each thread, process or person, with a span for each thing that it did and from when
/// to when. Lanes stand
/// in the order of their first spans; spans of one lane that overlap stand below each other.
///
/// Made by [Chart#lanes]; see there for its life and for threads.
public final class LaneChart implements Chart {
    private static final double LONGEST_LABEL = 170;
    private static final double ROW = 24;
    /// With more spans than this, those that nobody could tell apart are left out.
    private static final int MANY_SPANS = 2_000;

    private record Span(double from, double to, String label, String kind) {
        String words(String lane, String unit) {
            return "%s: %s%s from %s to %s"
                    .formatted(
                            lane,
                            label.isEmpty() ? "busy" : label,
                            kind.isEmpty() ? "" : " (" + kind + ")",
                            Numbers.written(from),
                            Numbers.written(to, unit));
        }
    }

    private final String title;
    private final Map<String, List<Span>> lanes = new LinkedHashMap<>();
    private String unit = "";

    LaneChart(String title) {
        this.title = title;
    }

    /// Says in what time is measured, such as `ms`.
    public synchronized LaneChart unit(String unit) {
        this.unit = unit;
        return this;
    }

    /// Adds what a lane did between two times; the label is written where there is room for it.
    ///
    /// @throws IllegalArgumentException if it ends before it begins, or a time is not a finite number
    public LaneChart span(String lane, double from, double to, String label) {
        return span(lane, from, to, label, "");
    }

    /// Adds what a lane did between two times.
    ///
    /// @param kind what kind of thing, such as `waits`: spans of one kind are filled alike, and a
    ///     legend names it
    /// @throws IllegalArgumentException if it ends before it begins, or a time is not a finite number
    public synchronized LaneChart span(String lane, double from, double to, String label, String kind) {
        Numbers.checked(from, "the begin of a span of \"" + lane + "\"");
        Numbers.checked(to, "the end of a span of \"" + lane + "\"");
        if (to < from)
            throw new IllegalArgumentException(
                    "a span of \"%s\" ends at %s, before it begins at %s; the chart is as it was"
                            .formatted(lane, Numbers.written(to), Numbers.written(from)));
        lanes.computeIfAbsent(lane, _ -> new ArrayList<>()).add(new Span(from, to, label, kind));
        return this;
    }

    @Override
    public synchronized String toSvg() {
        var drawing = new Drawing(title);
        List<Span> all = lanes.values().stream().flatMap(List::stream).toList();
        if (all.isEmpty()) {
            drawing.remark("No spans yet.");
            return drawing.svg("A chart of lanes without spans.");
        }
        var kinds = List.copyOf(new LinkedHashSet<>(all.stream().map(Span::kind).toList()));
        double labels = Math.min(
                LONGEST_LABEL,
                lanes.keySet().stream()
                        .mapToDouble(lane -> Lettering.width(lane, Drawing.FONT))
                        .max()
                        .orElse(0));
        double left = labels + 12;
        double begin = all.stream().mapToDouble(Span::from).min().orElseThrow();
        double end = all.stream().mapToDouble(Span::to).max().orElseThrow();
        // a picture of what took time begins at 0, unless it is far away
        boolean fromZero = begin > 0 && begin < (end - begin) * 0.2;
        Scale scale = Scale.between(fromZero ? 0 : begin, end, false, left, Drawing.WIDTH - 12);
        var rows = new LinkedHashMap<String, List<List<Span>>>();
        lanes.forEach((lane, spans) -> rows.put(lane, stacked(spans)));
        double top = drawing.bottom() + 2;
        double height = rows.entrySet().stream()
                .mapToDouble(lane -> height(lane.getKey(), lane.getValue(), labels))
                .sum();
        drawing.levelAxis(scale, scale.ticks(7), top, top + height, unit);
        double y = top;
        boolean even = false;
        int drawn = 0;
        for (var lane : rows.entrySet()) {
            double tall = height(lane.getKey(), lane.getValue(), labels);
            if (even) drawing.band(0, y, Drawing.WIDTH, tall);
            even = !even;
            drawing.lines(left - 8, y + tall / 2, "end", Lettering.lines(lane.getKey(), labels + 1, Drawing.FONT));
            double row = y + (tall - lane.getValue().size() * ROW) / 2;
            for (List<Span> spans : lane.getValue()) {
                drawn += draw(drawing, lane.getKey(), spans, all.size() > MANY_SPANS, kinds, scale, row);
                row += ROW;
            }
            y += tall;
        }
        if (kinds.stream().anyMatch(kind -> !kind.isEmpty()))
            drawing.legend(kinds.stream()
                    .map(kind -> drawing.entry(kinds.indexOf(kind), kind.isEmpty() ? "others" : kind, true))
                    .toList());
        if (drawn < all.size())
            drawing.remark("%,d of %,d spans are drawn; the others are too short to be told apart."
                    .formatted(drawn, all.size()));
        return drawing.svg(words(all.size()));
    }

    /// The spans of a lane in as few rows as it takes for none to overlap.
    private static List<List<Span>> stacked(List<Span> spans) {
        var rows = new ArrayList<List<Span>>();
        for (Span span :
                spans.stream().sorted(Comparator.comparingDouble(Span::from)).toList()) {
            List<Span> free = rows.stream()
                    .filter(row -> row.getLast().to() <= span.from())
                    .findFirst()
                    .orElse(null);
            if (free == null) {
                free = new ArrayList<>();
                rows.add(free);
            }
            free.add(span);
        }
        return rows;
    }

    private static double height(String lane, List<List<Span>> rows, double labels) {
        int lines = Lettering.lines(lane, labels + 1, Drawing.FONT).size();
        return Math.max(rows.size() * ROW, lines * Drawing.LINE) + 6;
    }

    private int draw(
            Drawing drawing, String lane, List<Span> spans, boolean thin, List<String> kinds, Scale scale, double y) {
        int drawn = 0;
        double last = Double.NEGATIVE_INFINITY;
        for (Span span : spans) {
            double from = scale.pixel(span.from());
            double to = scale.pixel(span.to());
            if (thin && to - last < 1) continue;
            last = to;
            drawn++;
            drawing.box(
                    kinds.indexOf(span.kind()),
                    from,
                    y + 2,
                    to - from,
                    ROW - 4,
                    true,
                    thin ? "" : span.words(lane, unit));
            if (!span.label().isEmpty() && Lettering.width(span.label(), Drawing.FONT) + 6 <= to - from)
                drawing.textAbove((from + to) / 2, y + ROW / 2 + 4.5, "middle", span.label());
        }
        return drawn;
    }

    private String words(int spans) {
        List<String> parts = lanes.entrySet().stream()
                .map(lane -> "%s: %s"
                        .formatted(
                                lane.getKey(),
                                lane.getValue().size() > 8
                                        ? "%,d spans".formatted(lane.getValue().size())
                                        : String.join(
                                                ", ",
                                                lane.getValue().stream()
                                                        .map(this::words)
                                                        .toList())))
                .toList();
        return "Lanes of who did what when: %,d lanes, %,d spans. %s."
                .formatted(lanes.size(), spans, Drawing.listed(parts));
    }

    private String words(Span span) {
        return "%s %s to %s"
                .formatted(
                        span.label().isEmpty() ? "busy" : span.label(),
                        Numbers.written(span.from()),
                        Numbers.written(span.to(), unit));
    }

    /// The spans as a table, in the order of the lanes.
    @Override
    public synchronized String toString() {
        boolean kinds = lanes.values().stream()
                .flatMap(List::stream)
                .anyMatch(span -> !span.kind().isEmpty());
        var table = kinds
                ? new TextTable(title, 3, "", "", "", "from", "to")
                : new TextTable(title, 2, "", "", "from", "to");
        lanes.forEach((lane, spans) -> {
            for (Span span : spans) {
                String from = Numbers.written(span.from(), unit);
                String to = Numbers.written(span.to(), unit);
                if (kinds) table.row(lane, span.label(), span.kind(), from, to);
                else table.row(lane, span.label(), from, to);
            }
        });
        return table.toString();
    }
}
