package io.weft.chart;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/// Lines through points, such as a speed-up for numbers of threads beside the ideal one. A point of
/// several samples
/// stands at their median, with a thin line from the least to the most.
///
/// Made by [Chart#lines]; see there for its life and for threads.
public final class LineChart implements Chart {
    private static final double HEIGHT = 260;
    /// A line of more points than this is drawn by the first, least, most and last point of each
    /// column of pixels.
    private static final int MANY_POINTS = 2_000;

    private static final int MOST_OWN_TICKS = 12;

    private record Point(double x, double y, double least, double most) {
        static Point of(double x, double[] samples) {
            return new Point(
                    x,
                    Numbers.median(samples),
                    Arrays.stream(samples).min().orElseThrow(),
                    Arrays.stream(samples).max().orElseThrow());
        }
    }

    private static final class Line {
        final String name;
        final boolean ideal;
        final List<Point> points = new ArrayList<>();

        Line(String name, boolean ideal) {
            this.name = name;
            this.ideal = ideal;
        }

        List<Point> inOrder() {
            return points.stream().sorted(Comparator.comparingDouble(Point::x)).toList();
        }
    }

    private final String title;
    private final Map<String, Line> lines = new LinkedHashMap<>();
    private String x = "";
    private String y = "";
    private boolean logX;
    private boolean logY;

    LineChart(String title) {
        this.title = title;
    }

    /// Says what goes from left to right, such as `threads`.
    public synchronized LineChart x(String meaning) {
        x = meaning;
        return this;
    }

    /// Says what goes up, such as `times as fast`.
    public synchronized LineChart y(String meaning) {
        y = meaning;
        return this;
    }

    /// Lets equal steps from left to right be equal factors.
    ///
    /// @throws IllegalArgumentException if there is a point that has no place then, since its x is
    ///     not above 0
    public synchronized LineChart logX() {
        points().forEach(point -> checkLog(point.x(), "x"));
        logX = true;
        return this;
    }

    /// Lets equal steps upwards be equal factors.
    ///
    /// @throws IllegalArgumentException if there is a point that has no place then, since it is not
    ///     above 0
    public synchronized LineChart logY() {
        points().forEach(point -> checkLog(point.least(), "y"));
        logY = true;
        return this;
    }

    /// Adds points to a line, which begins with its first; they are joined from left to right.
    ///
    /// @param name the line's name in the legend
    /// @throws IllegalArgumentException if there are more of one than of the other, or a number is
    ///     not finite, or has no place on a logarithmic axis
    public LineChart line(String name, Collection<? extends Number> xs, Collection<? extends Number> ys) {
        return add(name, false, Numbers.of(xs), Numbers.of(ys));
    }

    /// Adds points to a line that was not measured, such as the ideal: dashed and without markers.
    ///
    /// @throws IllegalArgumentException as [#line] does
    public LineChart ideal(String name, Collection<? extends Number> xs, Collection<? extends Number> ys) {
        return add(name, true, Numbers.of(xs), Numbers.of(ys));
    }

    /// Adds one point to a line, at the median of its samples.
    ///
    /// @throws IllegalArgumentException if there is no sample, or one that is not finite or has no
    ///     place on a logarithmic axis
    public synchronized LineChart point(String line, double x, double... samples) {
        if (samples.length == 0)
            throw new IllegalArgumentException(
                    "the point of line \"%s\" at %s has no sample; give it at least one number"
                            .formatted(line, Numbers.written(x)));
        Numbers.checked(samples, "a sample of line \"" + line + "\"");
        checkPlace(line, x, DoubleStream.of(samples).min().orElseThrow());
        line(line, false).points.add(Point.of(x, samples));
        return this;
    }

    private synchronized LineChart add(String name, boolean ideal, double[] xs, double[] ys) {
        if (xs.length != ys.length)
            throw new IllegalArgumentException("line \"%s\" has %d x and %d y; each point needs one of both"
                    .formatted(name, xs.length, ys.length));
        for (int i = 0; i < xs.length; i++) {
            Numbers.checked(ys[i], "a y of line \"" + name + "\"");
            checkPlace(name, xs[i], ys[i]);
        }
        Line line = line(name, ideal);
        for (int i = 0; i < xs.length; i++) line.points.add(Point.of(xs[i], new double[] {ys[i]}));
        return this;
    }

    private Line line(String name, boolean ideal) {
        return lines.computeIfAbsent(name, _ -> new Line(name, ideal));
    }

    private void checkPlace(String line, double atX, double least) {
        Numbers.checked(atX, "an x of line \"" + line + "\"");
        if (logX) checkLog(atX, "x");
        if (logY) checkLog(least, "y");
    }

    private static void checkLog(double number, String axis) {
        if (number <= 0)
            throw new IllegalArgumentException(
                    "%s is not above 0, so it has no place on a logarithmic axis; leave out log%s(), or the point"
                            .formatted(Numbers.written(number), axis.toUpperCase(java.util.Locale.ROOT)));
    }

    private List<Point> points() {
        return lines.values().stream().flatMap(line -> line.points.stream()).toList();
    }

    @Override
    public synchronized String toSvg() {
        var drawing = new Drawing(title);
        List<Point> all = points();
        if (all.isEmpty()) {
            drawing.remark("No points yet.");
            return drawing.svg("A line chart without points.");
        }
        double least = least(all, Point::least);
        double most = -least(all, point -> -point.most());
        // numbers that are all above zero are shown with it, since a line that only seems steep misleads
        Scale up = Scale.between(logY ? least : Math.min(0, least), logY ? most : Math.max(0, most), logY, 0, 0);
        List<Double> upTicks = up.ticks(5);
        double left = 12
                + upTicks.stream()
                        .mapToDouble(tick -> Lettering.width(Numbers.written(tick), Drawing.FONT))
                        .max()
                        .orElse(0);
        if (!y.isEmpty()) {
            List<String> meaning = Lettering.lines(y, Drawing.WIDTH - 8, Drawing.FONT);
            for (String line : meaning) {
                drawing.grow(Drawing.LINE);
                drawing.text(4, drawing.bottom() - 3, "start", line);
            }
            drawing.grow(8);
        } else {
            drawing.grow(8);
        }
        double top = drawing.bottom();
        double bottom = top + HEIGHT;
        up = up.onto(bottom, top);
        Scale across = Scale.between(
                least(all, Point::x), -least(all, point -> -point.x()), logX, left + 14, Drawing.WIDTH - 22);
        for (double tick : upTicks) {
            double at = up.pixel(tick);
            drawing.rule(left, at, Drawing.WIDTH - 8, at, tick == 0 ? 0.6 : 0.16);
            drawing.text(left - 6, at + 4.5, "end", Numbers.written(tick));
        }
        drawing.levelAxis(across, ownTicks(all, across), top, bottom, x);
        var entries = new ArrayList<Drawing.Entry>();
        int look = 0;
        for (Line line : lines.values()) {
            draw(drawing, line, look, across, up);
            String sample = line.ideal
                    ? "<path d=\"M0 0H28\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\" stroke-dasharray=\"6 5\"/>"
                    : path("M0 0H28", look) + marker(look, 14, 0, "");
            entries.add(new Drawing.Entry(line.name, sample));
            if (!line.ideal) look++;
        }
        drawing.legend(entries);
        return drawing.svg("A line chart of %s%s. %s."
                .formatted(
                        y.isEmpty() ? "numbers" : y,
                        x.isEmpty() ? "" : " for " + x,
                        String.join(
                                ". ", lines.values().stream().map(this::words).toList())));
    }

    private static double least(List<Point> points, ToDoubleFunction<Point> of) {
        return points.stream().mapToDouble(of).min().orElseThrow();
    }

    /// The x of the points themselves, such as 1, 2, 4 and 8 threads, where they are few and whole.
    private static List<Double> ownTicks(List<Point> points, Scale scale) {
        var own = new TreeSet<Double>();
        points.forEach(point -> own.add(point.x()));
        boolean round = own.stream().allMatch(tick -> tick == Math.rint(tick));
        return round && own.size() <= MOST_OWN_TICKS ? List.copyOf(own) : scale.ticks(8);
    }

    private static void draw(Drawing drawing, Line line, int look, Scale across, Scale up) {
        List<Point> points = thinned(line.inOrder(), across);
        var way = new StringBuilder();
        for (Point point : points)
            way.append(way.isEmpty() ? "M" : "L")
                    .append(Numbers.pixel(across.pixel(point.x())))
                    .append(' ')
                    .append(Numbers.pixel(up.pixel(point.y())));
        if (line.ideal) {
            drawing.raw(
                    "<path d=\"%s\" fill=\"none\" stroke=\"currentColor\" stroke-opacity=\"0.75\" stroke-width=\"1.6\" stroke-dasharray=\"6 5\"/>"
                            .formatted(way));
            return;
        }
        drawing.raw(path(way.toString(), look));
        if (points.size() > 200) return;
        for (Point point : points) {
            double atX = across.pixel(point.x());
            if (point.least() < point.most())
                drawing.whisker(atX, up.pixel(point.least()), atX, up.pixel(point.most()));
            drawing.raw(marker(
                    look,
                    atX,
                    up.pixel(point.y()),
                    "%s: %s at %s".formatted(line.name, Numbers.written(point.y()), Numbers.written(point.x()))));
        }
    }

    private static String path(String way, int look) {
        String dashes = Palette.dashes(look);
        return "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2.2\" stroke-linejoin=\"round\"%s/>"
                .formatted(way, Palette.colour(look), dashes.isEmpty() ? "" : " stroke-dasharray=\"" + dashes + "\"");
    }

    private static String marker(int look, double x, double y, String words) {
        return "<path d=\"%s\" fill=\"%s\">%s</path>"
                .formatted(
                        Palette.marker(look, x, y),
                        Palette.colour(look),
                        words.isEmpty() ? "" : "<title>" + Drawing.escaped(words) + "</title>");
    }

    private static List<Point> thinned(List<Point> points, Scale across) {
        if (points.size() <= MANY_POINTS) return points;
        var kept = new ArrayList<Point>();
        for (int from = 0; from < points.size(); ) {
            long column = Math.round(across.pixel(points.get(from).x()));
            int to = from + 1;
            while (to < points.size() && Math.round(across.pixel(points.get(to).x())) == column) to++;
            List<Point> here = points.subList(from, to);
            var ends = new TreeSet<Integer>(List.of(0, here.size() - 1));
            int least = 0;
            int most = 0;
            for (int i = 0; i < here.size(); i++) {
                if (here.get(i).y() < here.get(least).y()) least = i;
                if (here.get(i).y() > here.get(most).y()) most = i;
            }
            ends.add(least);
            ends.add(most);
            ends.forEach(index -> kept.add(here.get(index)));
            from = to;
        }
        return kept;
    }

    private String words(Line line) {
        return line.name + ": "
                + Drawing.listed(line.inOrder().stream()
                        .map(point -> "%s at %s".formatted(Numbers.written(point.y()), Numbers.written(point.x())))
                        .toList());
    }

    /// The points as a table: a row for each x, a column for each line.
    @Override
    public synchronized String toString() {
        var heads = new ArrayList<String>(List.of(x.isEmpty() ? "x" : x));
        lines.values().forEach(line -> heads.add(line.name));
        var table = new TextTable(y.isEmpty() ? title : title + " (" + y + ")", 0, heads.toArray(String[]::new));
        var rows = new TreeSet<Double>();
        points().forEach(point -> rows.add(point.x()));
        Map<String, Map<Double, String>> cells = new LinkedHashMap<>();
        for (Line line : lines.values()) {
            var column = cells.computeIfAbsent(line.name, _ -> new LinkedHashMap<>());
            line.points.forEach(point -> column.merge(point.x(), Numbers.written(point.y()), (a, b) -> a + ", " + b));
        }
        for (double row : rows) {
            var all = new ArrayList<String>(List.of(Numbers.written(row)));
            cells.values().forEach(column -> all.add(column.getOrDefault(row, "–")));
            table.row(all.toArray(String[]::new));
        }
        return table.toString();
    }
}
