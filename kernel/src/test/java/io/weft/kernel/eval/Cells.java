package io.weft.kernel.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.display.CellInput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/// A notebook for tests: runs cells one after the other and keeps what the last one showed.
final class Cells implements AutoCloseable {
    private static final CellInput NOBODY = (_, _) -> {
        throw new IOException("nobody to ask");
    };

    private final JShellEvaluator evaluator = new JShellEvaluator(List.of());
    private RecordedOutput output = new RecordedOutput();
    private int count;

    /// The number of the last cell.
    int count() {
        return count;
    }

    Outcome run(String code) {
        output = new RecordedOutput();
        return evaluator.evaluate(new Execution(code, ++count, output, NOBODY));
    }

    /// Runs cells and tells how the last of them ended: its value, what it printed, or the name of its failure and
    /// the text of that.
    ///
    /// @param cells the cells, separated by lines that are `---`
    String told(String cells) {
        Outcome last = new Outcome.Nothing();
        for (String cell : cells.split("\n---\n", -1)) last = run(cell);
        return switch (last) {
            case Outcome.Nothing() -> printed();
            case Outcome.Value(var bundle) -> printed() + bundle.plainText();
            case Outcome.Failure failure -> failure.name() + "\n" + text(failure);
        };
    }

    private String printed() {
        return output.out() + output.err();
    }

    String value(String code) {
        Outcome outcome = run(code);
        assertThat(outcome).as(code).isInstanceOf(Outcome.Value.class);
        return ((Outcome.Value) outcome).bundle().plainText();
    }

    Outcome.Failure failure(String code) {
        Outcome outcome = run(code);
        assertThat(outcome).as(code + output.err()).isInstanceOf(Outcome.Failure.class);
        return (Outcome.Failure) outcome;
    }

    /// The traceback of a cell that fails, without colours.
    String traceback(String code) {
        return text(failure(code));
    }

    static String text(Outcome.Failure failure) {
        return String.join("\n", failure.traceback()).replaceAll("\u001b\\[[0-9;]*m", "");
    }

    String out() {
        return output.out();
    }

    String err() {
        return output.err();
    }

    @Override
    public void close() {
        evaluator.close();
    }

    /// Reads a table of cells from a text: entries separated by lines of `====`, each with a line `=>` between the
    /// cells
    /// and what they tell.
    static List<Example> examples(String table) {
        return Arrays.stream(table.strip().split("\n====\n", -1))
                .map(entry -> entry.split("\n=> ?", 2))
                .map(parts -> new Example(parts[0], parts[1].strip()))
                .toList();
    }

    /// Cells, and what must be told.
    record Example(String cells, String told) {
        @Override
        public String toString() {
            return cells.replace("\n", "⏎");
        }
    }
}
