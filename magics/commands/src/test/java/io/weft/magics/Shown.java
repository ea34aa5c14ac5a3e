package io.weft.magics;

import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.MimeBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Keeps what a cell shows. Safe for use by many threads.
final class Shown implements CellOutput {
    private final StringBuilder out = new StringBuilder();
    private final List<String> all = new ArrayList<>();
    private final List<MimeBundle> bundles = new ArrayList<>();

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
        if (stream == Stream.STDOUT) out.append(text);
        all.add(text);
        notifyAll();
    }

    @Override
    public synchronized void display(MimeBundle bundle) {
        bundles.add(bundle);
        all.add(bundle.plainText());
        notifyAll();
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

    /// What was printed to the standard output.
    synchronized String out() {
        return out.toString();
    }

    synchronized List<MimeBundle> bundles() {
        return List.copyOf(bundles);
    }

    /// All that was printed and displayed, in order, each beginning a line.
    synchronized String text() {
        return String.join("\n", all);
    }

    synchronized void await(String part) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!text().contains(part)) {
            if (System.nanoTime() > deadline) throw new AssertionError("no '" + part + "' in: " + text());
            wait(1000);
        }
    }
}
