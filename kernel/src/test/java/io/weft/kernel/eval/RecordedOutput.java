package io.weft.kernel.eval;

import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.MimeBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Keeps what a cell shows.
final class RecordedOutput implements CellOutput {
    private final StringBuilder out = new StringBuilder();
    private final StringBuilder err = new StringBuilder();
    private final List<MimeBundle> shown = new ArrayList<>();

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
        shown.add(bundle);
    }

    @Override
    public void display(MimeBundle bundle, String displayId) {
        display(bundle);
    }

    @Override
    public void update(MimeBundle bundle, String displayId) {
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

    synchronized List<MimeBundle> shown() {
        return List.copyOf(shown);
    }

    /// Waits until the standard output holds a text.
    void await(String text) throws InterruptedException {
        await(out, text);
    }

    /// Waits until the standard error output holds a text.
    void awaitError(String text) throws InterruptedException {
        await(err, text);
    }

    private synchronized void await(StringBuilder stream, String text) throws InterruptedException {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (stream.indexOf(text) < 0) {
            if (System.nanoTime() > deadline) throw new AssertionError("no '" + text + "' in 20 s, but: " + out + err);
            wait(1000);
        }
    }
}
