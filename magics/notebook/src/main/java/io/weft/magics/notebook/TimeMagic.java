package io.weft.magics.notebook;

import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `%time` and `%%time`: run Java once and tell what it cost.
final class TimeMagic {
    private TimeMagic() {}

    private static @Nullable Object timed(Cell cell, String code, String origin) throws Exception {
        var cost = new Cost();
        try {
            return cell.run(code, origin, cost);
        } finally {
            // what does not compile costs nothing
            if (cost.hasBegun()) cell.output().stream(Stream.STDOUT, cost.summary() + "\n");
        }
    }

    /// One line.
    @Command(
            description =
                    "Run Java once and tell its time, processor time, allocation and garbage collection. Its value is the cell's.")
    static final class Line implements Callable<Object> {
        private final Cell cell;

        @Parameters(arity = "0..1", paramLabel = "CODE", description = "An expression or statements.")
        String code = "";

        Line(Cell cell) {
            this.cell = cell;
        }

        @Override
        public @Nullable Object call() throws Exception {
            if (code.isBlank())
                throw new MagicException("%time: write the Java to time behind it, such as %time f(30)");
            return timed(cell, code, "cell " + cell.count() + ", %time");
        }
    }

    /// The cell's body.
    @Command(
            description =
                    "Run the cell once and tell its time, processor time, allocation and garbage collection. Its value is the cell's.")
    static final class Body implements Callable<Object> {
        private final Cell cell;
        private final String body;

        Body(Cell cell, String body) {
            this.cell = cell;
            this.body = body;
        }

        @Override
        public @Nullable Object call() throws Exception {
            // the first line of the cell is the magic's own
            return timed(cell, "\n" + body, "cell " + cell.count());
        }
    }
}
