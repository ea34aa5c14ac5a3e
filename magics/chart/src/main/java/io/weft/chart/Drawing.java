package io.weft.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// An SVG picture that grows downwards while it is drawn.
final class Drawing {
    /// Narrow enough for the text to be read on a phone, where a picture is made smaller.
    static final double WIDTH = 560;
    static final double FONT = 13;
    static final double LINE = 17;
    private static final double TITLE_FONT = 15;
    private static final double LEGEND_GAP = 22;

    /// What the reader's page is made of, so that text stays readable above lines.
    private static final String PAPER = "var(--jp-layout-color0,Canvas)";

    /// One entry of a legend.
    ///
    /// @param sample its sample, drawn around 14, 0
    record Entry(String name, String sample) {}

    private final String id =
            "weft-" + Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, 36);
    private final StringBuilder body = new StringBuilder();
    private final StringBuilder patterns = new StringBuilder();
    private final boolean[] patterned = new boolean[64];
    private final String title;
    private double bottom;

    Drawing(String title) {
        this.title = title;
        bottom = 4;
        for (String line : Lettering.lines(title, WIDTH - 8, TITLE_FONT * 1.08)) {
            bottom += 20;
            body.append("<text x=\"4\" y=\"%s\" font-size=\"15\" font-weight=\"600\">%s</text>"
                    .formatted(pixel(bottom - 4), escaped(line)));
        }
        bottom += 4;
    }

    /// Where the next thing belongs.
    double bottom() {
        return bottom;
    }

    void grow(double height) {
        bottom += height;
    }

    private static String pixel(double place) {
        return Numbers.pixel(place);
    }

    /// Text at its baseline.
    ///
    /// @param anchor `start`, `middle` or `end`
    void text(double x, double y, String anchor, String text) {
        body.append("<text x=\"%s\" y=\"%s\"%s>%s</text>"
                .formatted(
                        pixel(x),
                        pixel(y),
                        anchor.equals("start") ? "" : " text-anchor=\"" + anchor + "\"",
                        escaped(text)));
    }

    /// Text that stays readable where it crosses lines.
    void textAbove(double x, double y, String anchor, String text) {
        body.append(
                "<g style=\"paint-order:stroke;stroke:%s;stroke-width:3px;stroke-linejoin:round\">".formatted(PAPER));
        text(x, y, anchor, text);
        body.append("</g>");
    }

    /// Lines of text around the height `middle`.
    void lines(double x, double middle, String anchor, List<String> lines) {
        double y = middle - (lines.size() - 1) * LINE / 2 + 4.5;
        for (String line : lines) {
            text(x, y, anchor, line);
            y += LINE;
        }
    }

    /// A straight line that helps the eye and is no data.
    void rule(double x1, double y1, double x2, double y2, double opacity) {
        body.append("<path d=\"M%s %sL%s %s\" stroke=\"currentColor\" stroke-opacity=\"%s\"/>"
                .formatted(pixel(x1), pixel(y1), pixel(x2), pixel(y2), opacity));
    }

    /// A faint area behind the data.
    void band(double x, double y, double width, double height) {
        body.append("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill-opacity=\"0.05\"/>"
                .formatted(pixel(x), pixel(y), pixel(width), pixel(height)));
    }

    /// A filled shape with the words that a reader sees who points at it.
    void box(int look, double x, double y, double width, double height, boolean faint, String words) {
        body.append(boxSource(look, x, y, width, height, faint, words));
    }

    private String boxSource(int look, double x, double y, double width, double height, boolean faint, String words) {
        return "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"1.5\" fill=\"%s\"%s stroke=\"%s\">%s</rect>"
                .formatted(
                        pixel(x),
                        pixel(y),
                        pixel(Math.max(width, 0.5)),
                        pixel(height),
                        fill(look),
                        faint ? " fill-opacity=\"0.35\"" : "",
                        Palette.colour(look),
                        words.isEmpty() ? "" : "<title>" + escaped(words) + "</title>");
    }

    private String fill(int look) {
        if (Palette.isPlain(look)) return Palette.colour(look);
        int index = look % patterned.length;
        String pattern = id + "-" + index;
        if (!patterned[index]) patterns.append(Palette.pattern(look, pattern));
        patterned[index] = true;
        return "url(#" + pattern + ")";
    }

    /// A sample of a fill for the legend.
    Entry entry(int look, String name, boolean faint) {
        return new Entry(name, boxSource(look, 4, -6, 20, 12, faint, ""));
    }

    /// A whisker: a line from one end to the other with a stroke across each.
    void whisker(double x1, double y1, double x2, double y2) {
        boolean level = y1 == y2;
        String across = level ? "m0 -4v8" : "m-4 0h8";
        body.append(
                "<path d=\"M%s %sL%s %sM%s %s%sM%s %s%s\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"/>"
                        .formatted(
                                pixel(x1), pixel(y1), pixel(x2), pixel(y2), pixel(x1), pixel(y1), across, pixel(x2),
                                pixel(y2), across));
    }

    /// A source of SVG as it is.
    void raw(String source) {
        body.append(source);
    }

    /// A legend below what has been drawn, with as many entries side by side as there is room for.
    void legend(List<Entry> entries) {
        double x = 4;
        bottom += 10;
        for (Entry entry : entries) {
            List<String> lines = Lettering.lines(entry.name(), WIDTH - 44, FONT);
            double width = 32
                    + lines.stream()
                            .mapToDouble(line -> Lettering.width(line, FONT))
                            .max()
                            .orElse(0);
            if (x > 4 && x + width > WIDTH) {
                x = 4;
                bottom += LINE + 3;
            }
            body.append(
                    "<g transform=\"translate(%s %s)\">%s</g>".formatted(pixel(x), pixel(bottom + 6), entry.sample()));
            for (int i = 0; i < lines.size(); i++) {
                if (i > 0) bottom += LINE;
                text(x + 32, bottom + 10.5, "start", lines.get(i));
            }
            x += width + LEGEND_GAP;
        }
        bottom += LINE;
    }

    /// A remark below what has been drawn.
    void remark(String text) {
        for (String line : Lettering.lines(text, WIDTH - 8, FONT)) {
            bottom += LINE;
            text(4, bottom, "start", line);
        }
        bottom += 4;
    }

    /// The numbers of a horizontal axis below `y`, each with a line up to `top`, and what they mean.
    void levelAxis(Scale scale, List<Double> ticks, double top, double y, String meaning) {
        double free = Double.NEGATIVE_INFINITY;
        for (double tick : ticks) {
            double x = scale.pixel(tick);
            rule(x, top, x, y + 4, 0.16);
            String number = Numbers.written(tick);
            double half = Lettering.width(number, FONT) / 2;
            double place = Math.clamp(x, half, WIDTH - half);
            if (place - half < free) continue;
            free = place + half + 8;
            text(place, y + 17, "middle", number);
        }
        bottom = y + 22;
        if (!meaning.isEmpty()) {
            List<String> lines = Lettering.lines(meaning, WIDTH - 8, FONT);
            double half = lines.stream()
                            .mapToDouble(line -> Lettering.width(line, FONT))
                            .max()
                            .orElse(0)
                    / 2;
            double middle = Math.clamp(
                    (scale.from() + scale.to()) / 2,
                    Math.min(half + 2, WIDTH / 2),
                    Math.max(WIDTH - half - 2, WIDTH / 2));
            for (String line : lines) {
                text(middle, bottom + 12, "middle", line);
                bottom += LINE;
            }
        }
    }

    /// The picture.
    ///
    /// @param description what it shows, for those who hear it
    String svg(String description) {
        double height = Math.ceil(bottom + 6);
        String name = title.isBlank() ? "Chart" : title;
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"%s\" aria-describedby=\"%s-d\" width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\" fill=\"currentColor\" style=\"display:block;max-width:100%%;height:auto;font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-size:13px\"><title>%s</title><desc id=\"%s-d\">%s</desc>%s%s</svg>"
                .formatted(
                        escaped(name),
                        id,
                        pixel(WIDTH),
                        pixel(height),
                        pixel(WIDTH),
                        pixel(height),
                        escaped(name),
                        id,
                        escaped(description),
                        patterns.isEmpty() ? "" : "<defs>" + patterns + "</defs>",
                        body);
    }

    /// Text as it stands in SVG and in HTML; characters that neither may hold are left out.
    static String escaped(String text) {
        var source = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(character -> {
            switch (character) {
                case '&' -> source.append("&amp;");
                case '<' -> source.append("&lt;");
                case '>' -> source.append("&gt;");
                case '"' -> source.append("&quot;");
                case '\'' -> source.append("&#39;");
                case '\t', '\n', '\r' -> source.append(' ');
                default -> {
                    boolean allowed = character >= 0x20
                            && (character < 0x7f || character > 0x9f)
                            && (character < 0xd800 || character > 0xdfff)
                            && (character & 0xfffe) != 0xfffe;
                    if (allowed) source.appendCodePoint(character);
                }
            }
        });
        return source.toString();
    }

    /// Lists the first of many for a description.
    static String listed(List<String> parts) {
        var shown = new ArrayList<>(parts.subList(0, Math.min(parts.size(), 40)));
        if (parts.size() > shown.size()) shown.add("and %,d more".formatted(parts.size() - shown.size()));
        return String.join("; ", shown);
    }
}
