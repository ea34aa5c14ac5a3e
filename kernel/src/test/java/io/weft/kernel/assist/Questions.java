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
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
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
    };

    private final JShellEvaluator evaluator = new JShellEvaluator(List.of(new ClassPath()));
    private int count;

    /// The first question may find the compiler too cold to be answered.
    Questions() {
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

    List<Match> matches(String marked) {
        int cursor = marked.indexOf('|');
        String code = marked.substring(0, cursor) + marked.substring(cursor + 1);
        return evaluator.complete(code, code.codePointCount(0, cursor)).matches();
    }

    List<String> texts(String marked) {
        return matches(marked).stream().map(Match::text).toList();
    }

    String inspection(String marked) {
        int cursor = marked.indexOf('|');
        String code = marked.substring(0, cursor) + marked.substring(cursor + 1);
        return evaluator
                .inspect(code, code.codePointCount(0, cursor), 0)
                .map(MimeBundle::plainText)
                .orElse("");
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
