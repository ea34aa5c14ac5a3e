package io.weft.concurrent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sends what is printed in a worker JVM to its owner, line by line, with the task that printed it.
///
/// A thread prints for the task that started it.
final class WorkerOutput {
    static final InheritableThreadLocal<@Nullable Long> TASK = new InheritableThreadLocal<>();

    /// A line that is longer is sent in pieces.
    private static final int LINE_BYTES = 1 << 20;

    private static final String GOES_ON = "…";

    private final Outbox outbox;
    private final Map<Source, ByteArrayOutputStream> begun = new HashMap<>();

    private record Source(long task, boolean error) {
        // written out as those of Address are

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Source that && task == that.task && error == that.error;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(task);
        }
    }

    WorkerOutput(Outbox outbox) {
        this.outbox = outbox;
    }

    OutputStream stream(boolean error) {
        return new OutputStream() {
            @Override
            public void write(int value) {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                var task = TASK.get();
                print(new Source(task == null ? 0 : task, error), bytes, offset, length);
            }
        };
    }

    private synchronized void print(Source source, byte[] bytes, int offset, int length) {
        var line = begun.computeIfAbsent(source, _ -> new ByteArrayOutputStream());
        int start = offset;
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] != '\n') continue;
            line.write(bytes, start, i - start);
            send(source, line);
            start = i + 1;
        }
        line.write(bytes, start, offset + length - start);
        while (line.size() >= LINE_BYTES) sendPiece(source, line);
        if (line.size() == 0) begun.remove(source);
    }

    /// Sends the lines of a task that have not ended.
    synchronized void flush(long task) {
        if (begun.isEmpty()) return;
        for (boolean error : new boolean[] {false, true}) {
            var line = begun.remove(new Source(task, error));
            if (line != null && line.size() > 0) send(new Source(task, error), line);
        }
    }

    synchronized void flush() {
        begun.keySet().stream().map(Source::task).distinct().toList().forEach(this::flush);
    }

    /// Sends the beginning of a line, up to the end of a character; both sides of the cut are marked.
    private void sendPiece(Source source, ByteArrayOutputStream line) {
        byte[] bytes = line.toByteArray();
        int end = LINE_BYTES - 1;
        while (end > LINE_BYTES / 2 && (bytes[end] & 0xC0) == 0x80) end--;
        line.reset();
        send(source, new String(bytes, 0, end, UTF_8) + GOES_ON);
        line.writeBytes(GOES_ON.getBytes(UTF_8));
        line.write(bytes, end, bytes.length - end);
    }

    private void send(Source source, ByteArrayOutputStream line) {
        var text = line.toString(UTF_8);
        if (text.endsWith("\r")) text = text.substring(0, text.length() - 1);
        line.reset();
        send(source, text);
    }

    private void send(Source source, String text) {
        outbox.send(
                Frame.Type.LINE,
                source.task(),
                new Out().putByte(source.error() ? 1 : 0).putString(text).toBytes());
    }
}
