package io.weft.chart;

import java.util.ArrayList;
import java.util.List;

/// How much room text takes. The reader's font is not known here, so that of a wide one is assumed.
final class Lettering {
    private static final String NARROW = "iljI.,:;'|!()[]{}ftr \u00a0";
    private static final String WIDE = "mwMWQ@%—→…";

    /// After these a word may be broken.
    private static final String JOINTS = "-_./:,";

    private Lettering() {}

    /// The width of a text in pixels, for a font of `size` pixels.
    static double width(String text, double size) {
        return size * text.codePoints().mapToDouble(Lettering::share).sum();
    }

    private static double share(int character) {
        if (NARROW.indexOf(character) >= 0) return 0.39;
        if (WIDE.indexOf(character) >= 0) return 0.95;
        if (character >= 0x1100) return character < 0x2e80 && character > 0x2000 ? 0.8 : 1.05;
        return Character.isUpperCase(character) ? 0.72 : 0.61;
    }

    /// A text as lines of a certain width, broken at spaces; a word that is too long by itself,
    /// within the word, after a hyphen if it has one.
    static List<String> lines(String text, double width, double size) {
        var lines = new ArrayList<String>();
        for (String paragraph : text.split("\\R", -1)) {
            var line = new StringBuilder();
            for (String word : paragraph.split(" ", -1)) {
                if (!line.isEmpty() && width(line + " " + word, size) > width) {
                    lines.add(line.toString());
                    line.setLength(0);
                }
                String rest = word;
                while (width(rest, size) > width && rest.codePointCount(0, rest.length()) > 1) {
                    int fits = fitting(rest, width, size);
                    lines.add(rest.substring(0, fits));
                    rest = rest.substring(fits);
                }
                line.append(line.isEmpty() ? "" : " ").append(rest);
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private static int fitting(String word, double width, double size) {
        int end = word.offsetByCodePoints(0, 1);
        while (width(word.substring(0, word.offsetByCodePoints(end, 1)), size) <= width)
            end = word.offsetByCodePoints(end, 1);
        for (int i = end; i > end / 2; i--) if (JOINTS.indexOf(word.charAt(i - 1)) >= 0) return i;
        return end;
    }
}
