package io.weft.magics.notebook;

import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.Notebook;
import io.weft.kernel.magic.Notebook.Declaration.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/// `%who` and `%whos`: what the cells have declared.
final class WhoMagic {
    /// More of a value does not help to recognise it.
    private static final int SUMMARY_LENGTH = 80;

    private WhoMagic() {}

    @Command(description = "List the names of all variables, methods and types.")
    static final class Names implements Callable<Object> {
        private final Cell cell;

        Names(Cell cell) {
            this.cell = cell;
        }

        @Override
        public @Nullable Object call() {
            var lines = new ArrayList<String>();
            add(
                    lines,
                    "variables",
                    cell.variables().stream().map(Cell.Variable::name).toList());
            add(lines, "methods", declared(Kind.METHOD));
            add(lines, "types", declared(Kind.TYPE));
            cell.show(MimeBundle.text(lines.isEmpty() ? "no cell has declared anything" : String.join("\n", lines)));
            return null;
        }

        private List<String> declared(Kind kind) {
            return cell.notebook().declarations().stream()
                    .filter(each -> each.kind() == kind)
                    .map(Notebook.Declaration::name)
                    .distinct()
                    .toList();
        }

        private static void add(List<String> lines, String what, List<String> names) {
            if (!names.isEmpty()) lines.add(names.stream().sorted().collect(Collectors.joining(", ", what + ": ", "")));
        }
    }

    @Command(description = "Show all variables with their types and values, all methods, types and imports.")
    static final class Details implements Callable<Object> {
        private final Cell cell;

        Details(Cell cell) {
            this.cell = cell;
        }

        @Override
        public @Nullable Object call() {
            var table = new Table("name", "kind", "type", "value");
            for (Cell.Variable variable : cell.variables())
                table.row(variable.name(), "variable", variable.type(), summary(variable.value()));
            for (Notebook.Declaration each : cell.notebook().declarations())
                table.row(each.name(), each.kind().name().toLowerCase(java.util.Locale.ROOT), each.text(), "");
            cell.show(table.bundle());
            return null;
        }

        /// The start of what the value looks like as text, in one line.
        private String summary(@Nullable Object value) {
            String text;
            try {
                text = cell.renderer().render(value).plainText();
            } catch (RuntimeException | StackOverflowError | LinkageError broken) {
                return "(it cannot be shown: " + broken.getClass().getName() + ")";
            }
            String line = text.strip().replaceAll("\\s*\\R\\s*", " ");
            return line.length() <= SUMMARY_LENGTH ? line : line.substring(0, SUMMARY_LENGTH - 1) + "…";
        }
    }
}
