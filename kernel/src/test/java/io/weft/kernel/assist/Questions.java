package io.weft.kernel.assist;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.assist.Completion.Match;
import io.weft.kernel.display.CellInput;
import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.eval.Execution;
import io.weft.kernel.eval.JShellEvaluator;
import io.weft.kernel.eval.Outcome;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.Magic;
import io.weft.kernel.magic.MagicProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// A notebook for tests of the assistant: runs cells and asks about others, in which `|` stands for the cursor.
final class Questions implements AutoCloseable {
    private static final CellInput NOBODY = (_, _) -> {
        throw new IOException("nobody to ask");
    };

    private static final CellOutput NOWHERE = new CellOutput() {
        @Override
        public void stream(Stream stream, String text) {}

        @Override
        public void display(MimeBundle bundle) {}

        @Override
        public void display(MimeBundle bundle, String displayId) {}

        @Override
        public void update(MimeBundle bundle, String displayId) {}

        @Override
        public void clear(boolean wait) {}

        @Override
        public void comm(
                String type,
                Map<String, ? extends @Nullable Object> content,
                Map<String, ? extends @Nullable Object> metadata,
                List<byte[]> buffers) {}
    };

    private final JShellEvaluator evaluator;
    private int count;

    /// The first question may find the compiler too cold to be answered.
    Questions(MagicProvider... magics) {
        var providers = new ArrayList<MagicProvider>(List.of(magics));
        providers.add(new ClassPath());
        evaluator = new JShellEvaluator(providers);
        Awaitility.await().until(() -> !texts("Math.ma|").isEmpty());
    }

    JShellEvaluator evaluator() {
        return evaluator;
    }

    Outcome evaluate(String code) {
        return evaluator.evaluate(new Execution(code, ++count, NOWHERE, NOBODY));
    }

    void run(String code) {
        assertThat(evaluate(code)).as(code).isNotInstanceOf(Outcome.Failure.class);
    }

    Completion complete(String marked) {
        return evaluator.complete(code(marked), cursor(marked));
    }

    List<Match> matches(String marked) {
        return complete(marked).matches();
    }

    List<String> texts(String marked) {
        return matches(marked).stream().map(Match::text).toList();
    }

    Optional<MimeBundle> inspect(String marked, int detail) {
        return evaluator.inspect(code(marked), cursor(marked), detail);
    }

    /// What there is to say here, asked again while the compiler is too cold to say it in time.
    MimeBundle inspected(String marked) {
        return Awaitility.await("anything on " + marked)
                .until(() -> inspect(marked, 0), Optional::isPresent)
                .orElseThrow();
    }

    String inspection(String marked) {
        return inspect(marked, 0).map(MimeBundle::plainText).orElse("");
    }

    private static String code(String marked) {
        int bar = marked.indexOf('|');
        return marked.substring(0, bar) + marked.substring(bar + 1);
    }

    /// In code points, as the protocol counts.
    private static int cursor(String marked) {
        return marked.codePointCount(0, marked.indexOf('|'));
    }

    @Override
    public void close() {
        evaluator.close();
    }

    /// `%see <path>` appends to the class path.
    private static final class ClassPath implements MagicProvider {
        @Override
        public List<Magic> magics() {
            return List.of(Magic.line("see", "", See::new));
        }
    }

    @Command(description = "Append to the class path.")
    static final class See implements Callable<Object> {
        private final Cell cell;

        @Parameters
        Path path;

        See(Cell cell) {
            this.cell = cell;
        }

        @Override
        public Object call() {
            cell.notebook().addToClassPath(List.of(path));
            return "";
        }
    }
}
