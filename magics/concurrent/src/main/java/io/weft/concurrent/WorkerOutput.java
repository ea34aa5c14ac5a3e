package io.weft.concurrent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sends what is printed in a worker JVM to its owner, line by line, with the task that printed it. What has been
/// printed of a line goes ahead of its end when the stream is flushed, or soon afterwards: the owner shows it if the
/// worker dies.
///
/// A thread prints for the task that started it.
final class WorkerOutput {
    static final InheritableThreadLocal<@Nullable Long> TASK = new InheritableThreadLocal<>();

    /// A line that is longer is sent in pieces.
    private static final int LINE_BYTES = 1 << 20;

    private static final Duration SOON = Duration.ofMillis(100);

    private static final String GOES_ON = "…";

    private final Outbox outbox;
    private final Map<Source, Line> begun = new HashMap<>();
    private boolean tellsSoon;

    /// A line that has not ended, and how much of it the owner knows.
    private static final class Line extends ByteArrayOutputStream {
        private int told;

        @Override
        public synchronized void reset() {
            super.reset();
            told = 0;
        }

        /// What the owner does not know yet.
        private synchronized byte[] more() {
            var more = Arrays.copyOfRange(buf, told, count);
            told = count;
            return more;
        }
    }

    /// Who prints where.
    record Source(long task, boolean error) {
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
                print(source(), bytes, offset, length);
            }

            @Override
            public void flush() {
                tell(source());
            }

            private Source source() {
                var task = TASK.get();
                return new Source(task == null ? 0 : task, error);
            }
        };
    }

    private synchronized void print(Source source, byte[] bytes, int offset, int length) {
        var line = begun.computeIfAbsent(source, _ -> new Line());
        int start = offset;
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] != '\n') continue;
            line.write(bytes, start, i - start);
            send(source, line);
            start = i + 1;
        }
        line.write(bytes, start, offset + length - start);
        while (line.size() >= LINE_BYTES) sendPiece(source, line);
        if (line.size() == 0) {
            begun.remove(source);
        } else if (!tellsSoon) {
            tellsSoon = true;
            var _ = Deadlines.after(SOON, this::tellAll);
        }
    }

    private synchronized void tellAll() {
        tellsSoon = false;
        begun.keySet().forEach(this::tell);
    }

    private synchronized void tell(Source source) {
        var line = begun.get(source);
        if (line == null || line.told == line.size()) return;
        var more = new Out().putByte(source.error() ? 1 : 0).putBytes(line.more());
        outbox.send(Frame.Type.BEGUN, source.task(), more.toBytes());
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
    private void sendPiece(Source source, Line line) {
        byte[] bytes = line.toByteArray();
        int end = LINE_BYTES - 1;
        while (end > LINE_BYTES / 2 && (bytes[end] & 0xC0) == 0x80) end--;
        line.reset();
        send(source, new String(bytes, 0, end, UTF_8) + GOES_ON);
        line.writeBytes(GOES_ON.getBytes(UTF_8));
        line.write(bytes, end, bytes.length - end);
    }

    private void send(Source source, Line line) {
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
