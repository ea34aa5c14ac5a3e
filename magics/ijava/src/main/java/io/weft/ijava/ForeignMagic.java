package io.weft.ijava;

import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.Magic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// Magics that a notebook or a library wrote for another kernel: they get all words as they stand.
public final class ForeignMagic {
    private ForeignMagic() {}

    /// What a line magic does.
    @FunctionalInterface
    public interface Line {
        @Nullable
        Object run(List<String> args) throws Exception;
    }

    /// What a cell magic does.
    @FunctionalInterface
    public interface OfCell {
        @Nullable
        Object run(List<String> args, String body) throws Exception;
    }

    public static Magic line(String name, Line body) {
        return Magic.line(name, "", _ -> new Words(body));
    }

    public static Magic cell(String name, OfCell body) {
        return Magic.cell(name, (Cell _, String text) -> new Words(args -> body.run(args, text)));
    }

    /// Runs a magic with its words.
    @Command(description = "Registered by this notebook.")
    private static final class Words implements Callable<@Nullable Object> {
        private final Line body;

        @Unmatched
        private final List<String> words = new ArrayList<>();

        Words(Line body) {
            this.body = body;
        }

        @Override
        public @Nullable Object call() throws Exception {
            return body.run(new ArrayList<>(words));
        }
    }
}
