package io.weft.chart;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;

/// A bar for each thing that was measured, as long as the median of its samples; a thin line goes
/// from the least sample
/// to the most. The value stands beside the bar.
///
/// Made by [Chart#bars]; see there for its life and for threads.
public final class BarChart implements Chart {
    private static final double LONGEST_LABEL = 220;
    private static final double THICK = 18;

    private record Bar(String label, String group, double least, double median, double most, int samples) {
        static Bar of(String label, String group, double[] samples) {
            return new Bar(
                    label,
                    group,
                    Arrays.stream(samples).min().orElseThrow(),
                    Numbers.median(samples),
                    Arrays.stream(samples).max().orElseThrow(),
                    samples.length);
        }

        boolean spreads() {
            return least() < most();
        }

        String words(String unit) {
            String value = "%s: %s".formatted(label, Numbers.written(median(), unit));
            return spreads()
                    ? "%s (%s to %s)".formatted(value, Numbers.written(least()), Numbers.written(most(), unit))
                    : value;
        }
    }

    private final String title;
    private final List<Bar> bars = new ArrayList<>();
    private String unit = "";
    private String group = "";

    BarChart(String title) {
        this.title = title;
    }

    /// Says in what the values are measured, such as `ms`.
    public synchronized BarChart unit(String unit) {
        this.unit = unit;
        return this;
    }

    /// Lets the bars that follow be of a group, such as `worker JVMs`: they are filled alike, and a
    /// legend names it.
    public synchronized BarChart group(String name) {
        group = name;
        return this;
    }

    /// Adds a bar.
    ///
    /// @param samples what was measured; the bar ends at the median, for an even number between the
    ///     middle two
    /// @throws IllegalArgumentException if there is no sample, or one that is not a finite number
    public synchronized BarChart bar(String label, double... samples) {
        if (samples.length == 0)
            throw new IllegalArgumentException(
                    "bar \"%s\" has no sample, so it has no length; give it at least one number".formatted(label));
        bars.add(Bar.of(label, group, Numbers.checked(samples, "a sample of bar \"" + label + "\"")));
        return this;
    }

    /// Adds a bar for samples that were gathered in a collection.
    ///
    /// @throws IllegalArgumentException if there is no sample, or one that is not a finite number
    public BarChart bar(String label, Collection<? extends Number> samples) {
        return bar(label, Numbers.of(samples));
    }

    @Override
    public synchronized String toSvg() {
        var drawing = new Drawing(title);
        if (bars.isEmpty()) {
            drawing.remark("No bars yet.");
            return drawing.svg("A bar chart without bars.");
        }
        var groups =
                List.copyOf(new LinkedHashSet<>(bars.stream().map(Bar::group).toList()));
        double labels = Math.min(
                LONGEST_LABEL,
                bars.stream()
                        .mapToDouble(bar -> Lettering.width(bar.label(), Drawing.FONT))
                        .max()
                        .orElse(0));
        double values = bars.stream()
                .mapToDouble(bar -> Lettering.width(Numbers.written(bar.median(), unit), Drawing.FONT))
                .max()
                .orElse(0);
        double left = labels + 12;
        Scale scale = Scale.between(
                Math.min(0, bars.stream().mapToDouble(Bar::least).min().orElse(0)),
                Math.max(0, bars.stream().mapToDouble(Bar::most).max().orElse(0)),
                false,
                left,
                Drawing.WIDTH - values - 12);
        double top = drawing.bottom();
        double height =
                bars.stream().mapToDouble(bar -> rowHeight(lines(bar, labels))).sum();
        drawing.levelAxis(scale, scale.ticks(6), top, top + height, unit);
        double end = drawing.bottom();
        double zero = scale.pixel(0);
        double y = top;
        for (Bar bar : bars) {
            List<String> lines = lines(bar, labels);
            double middle = y + rowHeight(lines) / 2;
            drawing.lines(left - 8, middle, "end", lines);
            double tip = scale.pixel(bar.median());
            drawing.box(
                    groups.indexOf(bar.group()),
                    Math.min(zero, tip),
                    middle - THICK / 2,
                    Math.abs(tip - zero),
                    THICK,
                    false,
                    bar.words(unit));
            if (bar.spreads()) drawing.whisker(scale.pixel(bar.least()), middle, scale.pixel(bar.most()), middle);
            double beside = Math.max(zero, scale.pixel(bar.most())) + 8;
            drawing.textAbove(beside, middle + 4.5, "start", Numbers.written(bar.median(), unit));
            y += rowHeight(lines);
        }
        drawing.rule(zero, top, zero, y, 0.6);
        drawing.grow(end - drawing.bottom());
        if (groups.stream().anyMatch(name -> !name.isEmpty()))
            drawing.legend(groups.stream()
                    .map(name -> drawing.entry(groups.indexOf(name), name.isEmpty() ? "others" : name, false))
                    .toList());
        return drawing.svg("A bar chart. "
                + Drawing.listed(bars.stream().map(bar -> bar.words(unit)).toList()) + ".");
    }

    private static List<String> lines(Bar bar, double width) {
        return Lettering.lines(bar.label(), width + 1, Drawing.FONT);
    }

    private static double rowHeight(List<String> lines) {
        return Math.max(THICK, lines.size() * Drawing.LINE) + 9;
    }

    /// The samples as a table.
    @Override
    public synchronized String toString() {
        boolean grouped = bars.stream().anyMatch(bar -> !bar.group().isEmpty());
        var table = grouped
                ? new TextTable(title, 2, "", "", "median", "least", "most", "samples")
                : new TextTable(title, 1, "", "median", "least", "most", "samples");
        for (Bar bar : bars) {
            String median = Numbers.written(bar.median(), unit);
            String least = Numbers.written(bar.least(), unit);
            String most = Numbers.written(bar.most(), unit);
            String samples = "%,d".formatted(bar.samples());
            if (grouped) table.row(bar.label(), bar.group(), median, least, most, samples);
            else table.row(bar.label(), median, least, most, samples);
        }
        return table.toString();
    }
}
