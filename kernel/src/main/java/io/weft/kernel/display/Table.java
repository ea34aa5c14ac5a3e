package io.weft.kernel.display;

import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedCollection;
import org.jspecify.annotations.Nullable;

/// Rows and columns of a value, of which the first and last are shown.
///
/// The HTML has its style inside and takes its colours from the text around it, so that it is whole in a page that is
/// exported and readable on light and dark ones.
final class Table {
    private static final int MAX_ROWS = 60;
    private static final int MAX_COLUMNS = 24;
    private static final int MAX_CELL_CHARS = 300;
    private static final int MAX_CELL_ELEMENTS = 20;
    /// How many rows of a long table are shown from its start and from its end.
    private static final int ENDS = 5;

    private static final String STYLE = """
            <style>
            .weft-table.weft-table { overflow-x: auto; color: inherit; }
            .weft-table.weft-table table { border-collapse: collapse; margin: 0; border: 0; color: inherit; \
            font-variant-numeric: tabular-nums; width: auto; }
            .weft-table.weft-table tr:nth-child(n) { background: none; border: 0; }
            .weft-table.weft-table tbody tr:nth-child(n):hover { background: color-mix(in srgb, currentColor 8%, transparent); }
            .weft-table.weft-table th:nth-child(n), .weft-table.weft-table td:nth-child(n) { text-align: left; \
            vertical-align: top; padding: .25em .9em .25em .1em; border: 0; max-width: 36em; overflow-wrap: break-word; \
            white-space: pre-wrap; border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
            .weft-table.weft-table th:nth-child(n) { font-weight: 600; white-space: nowrap; }
            .weft-table.weft-table thead th:nth-child(n) { border-bottom: 1px solid color-mix(in srgb, currentColor 50%, transparent); }
            .weft-table.weft-table .n:nth-child(n) { text-align: right; white-space: nowrap; }
            .weft-table.weft-table .z { opacity: .6; }
            .weft-table.weft-table caption { caption-side: bottom; text-align: left; padding: .4em 0; font-size: .9em; \
            color: inherit; opacity: .75; }
            </style>
            """;

    private final List<Column> columns;
    private final List<Row> rows;
    private final long size;
    private final boolean labelled;
    private final String what;

    /// @param name as the head shows it
    /// @param type as a hint; empty where it is not known
    private record Column(String name, String type) {}

    /// @param label what stands before the cells; null where rows have none
    private record Row(@Nullable Object label, Map<String, @Nullable Object> cells) {}

    private Table(List<Column> columns, List<Row> rows, long size, boolean labelled, String what) {
        this.columns = columns;
        this.rows = rows;
        this.size = size;
        this.labelled = labelled;
        this.what = what;
    }

    /// A table of a collection, an array or a map whose elements are all records or all maps.
    static Optional<Table> ofRecordsOrMaps(Object value) {
        return of(value, false);
    }

    /// A table of any collection, array or map; what an element has no columns for stands in one column.
    static Optional<Table> ofAnything(Object value) {
        return of(value, true);
    }

    private static Optional<Table> of(Object value, boolean always) {
        try {
            return switch (value) {
                case Map<?, ?> map when !map.isEmpty() -> ofMap(map, always);
                case Collection<?> collection
                when !collection.isEmpty() -> ofElements(ends(collection), collection.size(), always);
                case Object[] array
                when array.length > 0 -> ofElements(ends(Arrays.asList(array)), array.length, always);
                default ->
                    always && value.getClass().isArray() && Array.getLength(value) > 0
                            ? ofElements(endsOfArray(value), Array.getLength(value), true)
                            : Optional.empty();
            };
        } catch (RuntimeException changing) {
            // another thread changes it: its plain text is all that can be had
            return Optional.empty();
        }
    }

    private static Optional<Table> ofMap(Map<?, ?> map, boolean always) {
        var entries = new ArrayList<Map.Entry<?, ?>>();
        for (Object each : ends(map.entrySet())) entries.add((Map.Entry<?, ?>) each);
        var elements = new ArrayList<@Nullable Object>();
        for (var entry : entries) elements.add(entry.getValue());
        var rows = rows(elements, always);
        if (rows.isEmpty()) return Optional.empty();
        var labelled = new ArrayList<Row>();
        for (int i = 0; i < entries.size(); i++)
            labelled.add(new Row(entries.get(i).getKey(), rows.get().get(i)));
        return Optional.of(new Table(columns(elements, rows.get()), labelled, map.size(), true, what(elements)));
    }

    private static Optional<Table> ofElements(List<?> elements, long size, boolean always) {
        return rows(elements, always).map(cells -> {
            var rows = new ArrayList<Row>();
            for (var each : cells) rows.add(new Row(null, each));
            return new Table(columns(elements, cells), rows, size, false, what(elements));
        });
    }

    /// The elements that are shown: all, or the first and last ones.
    private static List<@Nullable Object> ends(Collection<?> all) {
        if (all.size() <= MAX_ROWS) return new ArrayList<>(all);
        var shown = new ArrayList<@Nullable Object>();
        Iterator<?> first = all.iterator();
        while (shown.size() < ENDS) shown.add(first.next());
        if (all instanceof SequencedCollection<?> sequenced)
            shown.addAll(sequenced.reversed().stream().limit(ENDS).toList().reversed());
        else for (int i = 0; i < ENDS && first.hasNext(); i++) shown.add(first.next());
        return shown;
    }

    private static List<@Nullable Object> endsOfArray(Object array) {
        int length = Array.getLength(array);
        var shown = new ArrayList<@Nullable Object>();
        for (int i = 0; i < length; i++) {
            if (length > MAX_ROWS && i == ENDS) i = length - ENDS;
            shown.add(Array.get(array, i));
        }
        return shown;
    }

    /// The cells of each element by the column's name; empty where the elements are not of one kind.
    private static Optional<List<Map<String, @Nullable Object>>> rows(List<?> elements, boolean always) {
        var rows = new ArrayList<Map<String, @Nullable Object>>();
        if (elements.stream().allMatch(Record.class::isInstance) && areAlike(elements)) {
            for (Object element : elements) rows.add(cells((Record) element));
        } else if (elements.stream().allMatch(each -> each instanceof Map<?, ?> map && !map.isEmpty())) {
            for (Object element : elements) {
                var cells = new LinkedHashMap<String, @Nullable Object>();
                ((Map<?, ?>) element).forEach((key, cell) -> cells.put(PlainText.of(key, MAX_CELL_CHARS, 5), cell));
                rows.add(cells);
            }
        } else if (always) {
            for (Object element : elements) rows.add(cellsOfAnything(element));
        } else {
            return Optional.empty();
        }
        return Optional.of(rows);
    }

    /// Whether all records have the same components, or are variants of one sealed type.
    private static boolean areAlike(List<?> elements) {
        Class<?> first = elements.getFirst().getClass();
        return elements.stream().allMatch(each -> each.getClass() == first || siblings(each.getClass(), first));
    }

    private static boolean siblings(Class<?> one, Class<?> other) {
        for (Class<?> parent : one.getInterfaces())
            if (parent.isSealed() && parent.isAssignableFrom(other)) return true;
        return false;
    }

    static Map<String, @Nullable Object> cells(Record record) {
        var cells = new LinkedHashMap<String, @Nullable Object>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                var accessor = component.getAccessor();
                accessor.setAccessible(true);
                cells.put(component.getName(), accessor.invoke(record));
            } catch (ReflectiveOperationException unreadable) {
                Throwable cause = unreadable.getCause() == null ? unreadable : unreadable.getCause();
                cells.put(component.getName(), "(threw " + PlainText.className(cause) + ")");
            }
        }
        return cells;
    }

    private static Map<String, @Nullable Object> cellsOfAnything(@Nullable Object element) {
        var cells = new LinkedHashMap<String, @Nullable Object>();
        if (element instanceof Record record) return cells(record);
        if (element instanceof Map<?, ?> map) map.forEach((key, cell) -> cells.put(String.valueOf(key), cell));
        else if (element instanceof List<?> list) for (int i = 0; i < list.size(); i++) cells.put("" + i, list.get(i));
        else if (element != null && element.getClass().isArray())
            for (int i = 0; i < Array.getLength(element); i++) cells.put("" + i, Array.get(element, i));
        else cells.put("value", element);
        return cells;
    }

    private static List<Column> columns(List<?> elements, List<Map<String, @Nullable Object>> rows) {
        var types = new LinkedHashMap<String, String>();
        for (int i = 0; i < rows.size(); i++) {
            for (String name : rows.get(i).keySet()) types.putIfAbsent(name, "");
            if (elements.get(i) instanceof Record record)
                for (RecordComponent component : record.getClass().getRecordComponents())
                    types.put(component.getName(), component.getType().getSimpleName());
        }
        var columns = new ArrayList<Column>();
        types.forEach((name, type) -> columns.add(new Column(name, type)));
        return columns;
    }

    private static String what(List<?> elements) {
        Object first = elements.getFirst();
        boolean same =
                first instanceof Record && elements.stream().allMatch(each -> each.getClass() == first.getClass());
        return same ? first.getClass().getSimpleName() : "";
    }

    /// The table as HTML that needs nothing from outside.
    String html() {
        List<Column> shown = columns.size() <= MAX_COLUMNS ? columns : columns.subList(0, MAX_COLUMNS);
        var html = new StringBuilder("<div class=\"weft-table\">").append(STYLE).append("<table>");
        html.append("<caption>").append(Html.escape(caption(shown.size()))).append("</caption><thead><tr>");
        if (labelled) html.append("<th></th>");
        for (Column column : shown) head(html, column);
        html.append("</tr></thead>\n<tbody>");
        int gapAt = rows.size() < size ? ENDS : -1;
        for (int i = 0; i < rows.size(); i++) {
            if (i == gapAt) gap(html, shown.size() + (labelled ? 1 : 0));
            row(html, rows.get(i), shown);
        }
        return html.append("</tbody></table></div>").toString();
    }

    private void head(StringBuilder html, Column column) {
        html.append("<th scope=\"col\"").append(isNumeric(column) ? " class=\"n\"" : "");
        if (!column.type().isEmpty())
            html.append(" title=\"").append(Html.escape(column.type())).append('"');
        html.append('>').append(Html.escape(column.name())).append("</th>");
    }

    private void gap(StringBuilder html, int width) {
        html.append("<tr><td class=\"z\" colspan=\"%d\">… %s more</td></tr>\n"
                .formatted(width, PlainText.count(size - rows.size())));
    }

    private void row(StringBuilder html, Row row, List<Column> shown) {
        html.append("<tr>");
        if (labelled)
            html.append("<th scope=\"row\">").append(escaped(row.label())).append("</th>");
        for (Column column : shown) {
            Object cell = row.cells().get(column.name());
            String style = cell == null ? "z" : isNumeric(column) ? "n" : "";
            html.append(style.isEmpty() ? "<td>" : "<td class=\"" + style + "\">");
            if (cell != null || row.cells().containsKey(column.name())) html.append(escaped(cell));
            html.append("</td>");
        }
        html.append("</tr>\n");
    }

    private static String escaped(@Nullable Object cell) {
        return Html.escape(PlainText.of(cell, MAX_CELL_CHARS, MAX_CELL_ELEMENTS));
    }

    private boolean isNumeric(Column column) {
        return rows.stream().allMatch(row -> {
            Object cell = row.cells().get(column.name());
            return cell == null || cell instanceof Number;
        });
    }

    private String caption(int shown) {
        String first = "%s row%s × %s column%s"
                .formatted(PlainText.count(size), size == 1 ? "" : "s", columns.size(), columns.size() == 1 ? "" : "s");
        if (shown < columns.size()) first += ", the first " + shown + " shown";
        return what.isEmpty() ? first : what + ": " + first;
    }
}
