package io.weft.chart;

import java.util.ArrayList;
import java.util.List;

/// The numbers of a chart as text: a title, and columns of which all but the first stand to the right.
final class TextTable {
    private static final int MOST_ROWS = 200;

    private final String title;
    private final List<List<String>> rows = new ArrayList<>();
    private final int leftColumns;

    /// @param leftColumns how many columns hold names
    TextTable(String title, int leftColumns, String... heads) {
        this.title = title;
        this.leftColumns = leftColumns;
        rows.add(List.of(heads));
    }

    void row(String... cells) {
        rows.add(List.of(cells));
    }

    @Override
    public String toString() {
        List<List<String>> shown = rows.subList(0, Math.min(rows.size(), MOST_ROWS + 1));
        var text = new StringBuilder(title);
        for (List<String> row : shown) {
            var line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = shown.stream()
                        .mapToInt(each -> length(each.get(at)))
                        .max()
                        .orElse(0);
                String pad = " ".repeat(width - length(row.get(column)));
                line.append(column < leftColumns ? "  " + row.get(column) + pad : "  " + pad + row.get(column));
            }
            text.append('\n').append(line.toString().stripTrailing());
        }
        if (shown.size() < rows.size()) text.append("\n  … %,d more".formatted(rows.size() - shown.size()));
        return text.toString();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
