package io.weft.magics.notebook;

import io.weft.kernel.display.Html;
import io.weft.kernel.display.MimeBundle;
import java.util.ArrayList;
import java.util.List;

/// Rows under a head, as HTML that needs no style sheet and as plain text.
final class Table {
    private final List<List<String>> rows = new ArrayList<>();
    private final List<String> head;

    Table(String... head) {
        this.head = List.of(head);
    }

    void row(String... cells) {
        rows.add(List.of(cells));
    }

    MimeBundle bundle() {
        var html = new StringBuilder("<table><thead><tr>");
        for (String name : head)
            html.append("<th scope=\"col\" style=\"text-align:left\">")
                    .append(Html.escape(name))
                    .append("</th>");
        html.append("</tr></thead><tbody>");
        for (List<String> row : rows) {
            html.append("<tr>");
            for (String cell : row)
                html.append("<td style=\"text-align:left\">")
                        .append(Html.escape(cell))
                        .append("</td>");
            html.append("</tr>");
        }
        return MimeBundle.html(html.append("</tbody></table>").toString(), plain());
    }

    private String plain() {
        var all = new ArrayList<List<String>>();
        all.add(head);
        all.addAll(rows);
        int[] widths = new int[head.size()];
        for (List<String> row : all)
            for (int i = 0; i < widths.length; i++)
                widths[i] = Math.max(widths[i], row.get(i).length());
        var text = new StringBuilder();
        for (List<String> row : all) {
            var line = new StringBuilder();
            for (int i = 0; i < widths.length; i++)
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString().stripTrailing();
    }
}
