package io.weft.magics.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.eval.Execution;
import io.weft.kernel.eval.JShellEvaluator;
import io.weft.kernel.eval.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Runs cells in a real session with the magics of notebooks, and keeps what the last one shows.
final class Session implements AutoCloseable {
    private final JShellEvaluator evaluator = new JShellEvaluator(List.of(new NotebookMagics()));
    private Shown shown = new Shown();
    private String answer = "";
    private int count;

    /// What a cell shows.
    static final class Shown implements CellOutput {
        private final StringBuilder out = new StringBuilder();
        private final StringBuilder err = new StringBuilder();
        private final List<MimeBundle> displays = new ArrayList<>();
        private final List<String> ids = new ArrayList<>();

        @Override
        public void comm(
                String type,
                Map<String, ? extends @Nullable Object> content,
                Map<String, ? extends @Nullable Object> metadata,
                List<byte[]> buffers) {
            throw new AssertionError("a comm was not expected: " + type);
        }

        @Override
        public synchronized void stream(Stream stream, String text) {
            (stream == Stream.STDOUT ? out : err).append(text);
            notifyAll();
        }

        @Override
        public synchronized void display(MimeBundle bundle) {
            displays.add(bundle);
            notifyAll();
        }

        @Override
        public synchronized void display(MimeBundle bundle, String displayId) {
            ids.add("display " + displayId);
            display(bundle);
        }

        @Override
        public synchronized void update(MimeBundle bundle, String displayId) {
            ids.add("update " + displayId);
            display(bundle);
        }

        @Override
        public void clear(boolean wait) {}

        synchronized String out() {
            return out.toString();
        }

        synchronized String err() {
            return err.toString();
        }

        synchronized List<MimeBundle> displays() {
            return List.copyOf(displays);
        }

        synchronized List<String> ids() {
            return List.copyOf(ids);
        }

        synchronized MimeBundle last() {
            assertThat(displays).isNotEmpty();
            return displays.getLast();
        }

        synchronized void await(String text) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (out.indexOf(text) < 0) {
                if (System.nanoTime() > deadline) throw new AssertionError("no '" + text + "' in: " + out + err);
                wait(1000);
            }
        }
    }

    /// What a cell is answered when it asks.
    void answer(String text) {
        answer = text;
    }

    Outcome run(String code) {
        shown = new Shown();
        return evaluator.evaluate(new Execution(code, ++count, shown, (prompt, _) -> {
            if (answer.isEmpty()) throw new IOException("nobody to ask");
            shown.stream(CellOutput.Stream.STDOUT, prompt);
            return answer;
        }));
    }

    /// Runs a cell in another thread.
    CompletableFuture<Outcome> start(String code) {
        return CompletableFuture.supplyAsync(() -> run(code));
    }

    void interrupt() {
        evaluator.interrupt();
    }

    JShellEvaluator evaluator() {
        return evaluator;
    }

    /// What the last cell that was begun shows.
    Shown shown() {
        return shown;
    }

    /// Runs a cell that must end well.
    void ok(String code) {
        Outcome outcome = run(code);
        assertThat(outcome).as("%s\n%s", code, shown.err()).isNotInstanceOf(Outcome.Failure.class);
    }

    /// The plain text of a cell's value.
    String value(String code) {
        Outcome outcome = run(code);
        assertThat(outcome).as("%s\n%s%s", code, shown.out(), shown.err()).isInstanceOf(Outcome.Value.class);
        return ((Outcome.Value) outcome).bundle().plainText();
    }

    /// The message of a cell that must fail.
    String failure(String code) {
        Outcome outcome = run(code);
        assertThat(outcome).as(code).isInstanceOf(Outcome.Failure.class);
        return ((Outcome.Failure) outcome).message();
    }

    /// The words that could replace the last one.
    List<String> completions(String code) {
        return evaluator.complete(code, code.codePointCount(0, code.length())).matches().stream()
                .map(match -> match.text())
                .toList();
    }

    @Override
    public void close() {
        evaluator.close();
    }
}
