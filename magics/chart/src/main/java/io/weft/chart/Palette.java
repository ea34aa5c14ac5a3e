package io.weft.chart;

/// The looks by which a picture tells things apart: a colour, and beside it a pattern, a dash or a
/// shape for whoever does not see colours. Each colour has a contrast of at least 3 to white and to nearly black.
final class Palette {
    private static final String[] COLOURS = {"#3b82c4", "#c8701a", "#2e9160", "#9a6bc0", "#cf5050", "#7a7f87"};
    private static final String[] PATTERNS = {
        "", // filled
        "<path d=\"M-2 6L6 -2M2 10L10 2\" stroke=\"%s\" stroke-width=\"2.4\"/>",
        "<circle cx=\"4\" cy=\"4\" r=\"1.9\" fill=\"%s\"/>",
        "<path d=\"M0 2H8M0 6H8\" stroke=\"%s\" stroke-width=\"1.6\"/>",
        "<path d=\"M-2 2L6 10M2 -2L10 6\" stroke=\"%s\" stroke-width=\"2.4\"/>",
        "<path d=\"M0 4H8M4 0V8\" stroke=\"%s\" stroke-width=\"1.6\"/>",
    };
    private static final String[] DASHES = {"", "9 3", "3 3", "12 3 3 3", "6 2 2 2 2 2", "16 4"};

    private Palette() {}

    static String colour(int index) {
        return COLOURS[index % COLOURS.length];
    }

    /// The definition of the pattern that fills the shapes of one look; empty for the one that is filled.
    static String pattern(int index, String id) {
        String drawing = PATTERNS[index % PATTERNS.length];
        return drawing.isEmpty()
                ? ""
                : "<pattern id=\"%s\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">%s</pattern>"
                        .formatted(id, drawing.formatted(colour(index)));
    }

    static boolean isPlain(int index) {
        return PATTERNS[index % PATTERNS.length].isEmpty();
    }

    static String dashes(int index) {
        return DASHES[index % DASHES.length];
    }

    /// The outline of a marker around a point.
    static String marker(int index, double x, double y) {
        String at = Numbers.pixel(x) + " " + Numbers.pixel(y);
        return switch (index % 5) {
            case 0 -> "M%sm-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z".formatted(at);
            case 1 -> "M%sm-3.6 -3.6h7.2v7.2h-7.2z".formatted(at);
            case 2 -> "M%sm0 -4.6l4.6 8.2h-9.2z".formatted(at);
            case 3 -> "M%sm0 -5l5 5l-5 5l-5 -5z".formatted(at);
            default -> "M%sm0 4.6l4.6 -8.2h-9.2z".formatted(at);
        };
    }
}
