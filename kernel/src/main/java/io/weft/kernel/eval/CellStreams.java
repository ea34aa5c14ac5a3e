package io.weft.kernel.eval;

import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.CellScope;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// Puts streams in the place of `System.out`, `System.err` and `System.in` that lead to the cell which
/// started the calling thread. What no cell can take goes to the JVM's own streams.
final class CellStreams {
    private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format";
    private static final AtomicBoolean INSTALLED = new AtomicBoolean();

    private CellStreams() {}

    /// Takes the place of the JVM's streams, once and for good.
    static void install() {
        if (!INSTALLED.compareAndSet(false, true)) return;
        System.setOut(new PrintStream(new ToCell(Stream.STDOUT, System.out), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new ToCell(Stream.STDERR, System.err), true, StandardCharsets.UTF_8));
        System.setIn(new FromCell());
        // the JDK's own format names the class that logs: for a cell, a name that JShell has made up
        if (System.getProperty(LOG_FORMAT) == null)
            System.setProperty(LOG_FORMAT, "%1$tb %1$td, %1$tY %1$tl:%1$tM:%1$tS %1$Tp %3$s%n%4$s: %5$s%6$s%n");
    }

    /// Sends text on as it comes. `PrintStream` holds its lock from the first byte of a line to the
    /// last, so that the lines of several threads stay whole.
    private static final class ToCell extends OutputStream {
        private final Stream stream;
        private final PrintStream original;
        private final CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        /// The start of a character of which the rest has not been written yet.
        private byte[] pending = new byte[0];

        ToCell(Stream stream, PrintStream original) {
            this.stream = stream;
            this.original = original;
        }

        @Override
        public void write(int single) {
            write(new byte[] {(byte) single}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            byte[] all = Arrays.copyOf(pending, pending.length + length);
            System.arraycopy(bytes, offset, all, pending.length, length);
            var in = ByteBuffer.wrap(all);
            var out = CharBuffer.allocate(all.length + 1);
            decoder.reset().decode(in, out, false);
            pending = Arrays.copyOfRange(all, in.position(), all.length);
            String text = out.flip().toString();
            if (text.isEmpty()) return;
            Cell cell = CellScope.current();
            if (cell == null || isOfCompiler(cell)) original.print(text);
            else cell.output().stream(stream, text);
        }
    }

    /// What the compiler prints about itself is for the kernel's log.
    private static boolean isOfCompiler(Cell cell) {
        return (cell instanceof CellRun run && run.isCompiling())
                || Thread.currentThread().getName().startsWith("weft-");
    }

    /// Reads what the user types into the cell's field, one line at a time; each shell has lines of its own.
    private static final class FromCell extends InputStream {
        private final Map<String, Typed> byShell = new ConcurrentHashMap<>();

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            read(one, 0, 1);
            return one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (!(CellScope.current() instanceof CellRun run))
                throw new IOException("no cell has run yet: nobody can be asked");
            return typed(run).read(run, bytes, offset, length);
        }

        @Override
        public int available() {
            return CellScope.current() instanceof CellRun run ? typed(run).available() : 0;
        }

        private Typed typed(CellRun run) {
            return byShell.computeIfAbsent(run.shell(), _ -> new Typed());
        }
    }

    /// The line that was typed last, as far as it has not been read.
    private static final class Typed {
        private byte[] line = new byte[0];
        private int next;

        synchronized int read(CellRun run, byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) return 0;
            if (next == line.length) ask(run);
            int count = Math.min(length, line.length - next);
            System.arraycopy(line, next, bytes, offset, count);
            next += count;
            return count;
        }

        synchronized int available() {
            return line.length - next;
        }

        private void ask(CellRun run) throws IOException {
            try {
                line = (run.input().readLine("", false) + "\n").getBytes(StandardCharsets.UTF_8);
                next = 0;
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw (IOException)
                        new InterruptedIOException("interrupted while it waited for a line").initCause(interrupted);
            }
        }
    }
}
