package io.weft.concurrent;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Messages over a proven socket: the length of the body, a type, an id, the lengths of the parts if there are
/// any, the body, the parts. A part is a large array that is neither copied into the body nor out of it.
///
/// **Threads.** One thread reads at a time; any thread may write. An interrupt closes the connection under a
/// thread that reads or writes, but see [#shrugOffInterrupts].
final class Connection implements Closeable {
    private static final int HEADER_BYTES = 4 + 1 + 8;
    private static final int MAX_BODY_BYTES = 1 << 30;
    private static final int MAX_PARTS = 1 << 20;
    private static final int WITH_PARTS = 64;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final long NEARLY_MILLI = 999_999;

    /// What is given to the system at once: the JDK copies it, and keeps a buffer as large as the largest.
    private static final int PIECE_BYTES = 1 << 17;

    private static final Frame.Type[] TYPES = Frame.Type.values();

    private final ByteChannel channel;
    private final ReentrantLock writing = new ReentrantLock();
    private final ByteBuffer incoming = ByteBuffer.allocate(BUFFER_BYTES).flip();

    /// What is to be written, ready to be filled further.
    private final ByteBuffer outgoing = ByteBuffer.allocate(BUFFER_BYTES);

    private @Nullable Selector readable;
    private volatile @Nullable Selector writable;

    /// Whether the last read took all that was there.
    private boolean drained;

    /// Whether the thread that reads forgets its interrupts.
    private boolean heedless;

    private @Nullable Receipts receipts;
    private volatile long late;

    Connection(ByteChannel channel) {
        this.channel = channel;
    }

    /// From now on an interrupt closes the connection only under a thread that waits for a message, or for room to
    /// write one, and [#writeNow] may be used. Called before the connection is used by more than one thread.
    void shrugOffInterrupts() throws IOException {
        if (readable != null || !(channel instanceof SocketChannel socket)) return; // an encrypted one is always so
        boolean done = false;
        try {
            readable = Selector.open();
            socket.configureBlocking(false);
            socket.register(readable, SelectionKey.OP_READ);
            done = true;
        } finally {
            if (!done) close();
        }
    }

    /// Whether a thread that writes a short message is neither kept by the other side nor loses the connection to an
    /// interrupt.
    boolean writesAtOnce() {
        return readable != null;
    }

    /// From now on [#received] is a note in these, unless there are none. Called before it is used.
    void tellReceiptsBy(@Nullable Receipts shared) {
        receipts = shared;
    }

    /// Tells the server that its answer is here.
    void received() throws IOException {
        if (receipts == null) write(Frame.Type.ARRIVED, 0, Frame.NOTHING);
        else receipts.addReceived();
    }

    /// Whether it can be seen how far calls are for whose answers nobody waits.
    boolean seesLate() {
        return receipts != null;
    }

    /// Another such call is about to be sent, by the thread that uses the connection.
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
    void countLate() {
        late++;
    }

    /// How many of these calls are not done.
    long lateCalls() {
        return receipts == null ? 0 : late - receipts.done();
    }

    /// Whether one of them has failed, and the next answer is going to say why.
    boolean hasLateFailure() {
        return receipts != null && receipts.hasFailed();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    void write(Frame.Type type, long id, byte[] body) throws IOException {
        write(type, id, Out.of(body));
    }

    void write(Frame.Type type, long id, Out body) throws IOException {
        writing.lock();
        try {
            fill(type, id, body);
            flush();
        } finally {
            writing.unlock();
        }
    }

    /// Adds a message to those that are to be written with the next [#flush], or writes what has no room there.
    void fill(Frame.Type type, long id, Out body) throws IOException {
        var parts = body.parts();
        check(body);
        writing.lock();
        try {
            if (outgoing.remaining() < HEADER_BYTES + 4) flush();
            outgoing.putInt(body.size())
                    .put((byte) (ordinal(type) | (parts.isEmpty() ? 0 : WITH_PARTS)))
                    .putLong(id);
            if (!parts.isEmpty()) {
                outgoing.putInt(parts.size());
                for (var part : parts) {
                    if (outgoing.remaining() < 4) flush();
                    outgoing.putInt(part.length);
                }
            }
            fill(body.array(), body.size());
            for (var part : parts) fill(part, part.length);
        } finally {
            writing.unlock();
        }
    }

    private void fill(byte[] bytes, int length) throws IOException {
        if (length > outgoing.remaining()) flush();
        if (length <= outgoing.remaining()) {
            outgoing.put(bytes, 0, length);
            return;
        }
        var piece = ByteBuffer.wrap(bytes, 0, length);
        while (piece.position() < length) {
            piece.limit(Math.min(length, piece.position() + PIECE_BYTES));
            while (piece.hasRemaining()) if (channel.write(piece) == 0) awaitRoom();
        }
    }

    /// Writes what has been filled in.
    void flush() throws IOException {
        writing.lock();
        try {
            outgoing.flip();
            while (outgoing.hasRemaining()) if (channel.write(outgoing) == 0) awaitRoom();
        } finally {
            outgoing.compact();
            writing.unlock();
        }
    }

    /// Writes a short message unless another thread is writing.
    ///
    /// @return whether it has been taken over; then [#hasMore] tells whether a [#flush] is needed
    boolean writeNow(Frame.Type type, long id, Out body) throws IOException {
        if (!body.parts().isEmpty() || body.size() > BUFFER_BYTES / 2 || !writing.tryLock()) return false;
        try {
            if (outgoing.position() > 0) return false;
            fill(type, id, body);
            outgoing.flip();
            try {
                channel.write(outgoing);
            } finally {
                outgoing.compact();
            }
            return true;
        } finally {
            writing.unlock();
        }
    }

    boolean hasMore() {
        writing.lock();
        try {
            return outgoing.position() > 0;
        } finally {
            writing.unlock();
        }
    }

    @SuppressWarnings("EnumOrdinal") // both ends run the same version
    private static int ordinal(Frame.Type type) {
        return type.ordinal();
    }

    private static void check(Out body) {
        long bytes = body.size();
        for (var part : body.parts()) bytes += part.length;
        if (bytes > MAX_BODY_BYTES || body.parts().size() > MAX_PARTS)
            throw new NotSendableException(
                    "a value of %d bytes cannot be sent to another JVM: the limit is %d. Send it in pieces."
                            .formatted(bytes, MAX_BODY_BYTES),
                    "",
                    null);
    }

    /// Waits for the next message.
    ///
    /// @throws EOFException if the other side has closed the connection
    /// @throws IOException if what arrives is not a message, or the connection is closed here
    Frame read() throws IOException {
        need(HEADER_BYTES);
        int length = incoming.getInt();
        int marked = incoming.get();
        int type = marked & ~WITH_PARTS;
        long id = incoming.getLong();
        if (length < 0 || length > MAX_BODY_BYTES || type < 0 || type >= TYPES.length)
            throw new IOException("broken message: type " + type + ", " + length + " bytes");
        int[] lengths = marked == type ? new int[0] : lengths(length);
        byte[] body = get(length);
        var parts = new byte[lengths.length][];
        for (int i = 0; i < parts.length; i++) parts[i] = get(lengths[i]);
        return new Frame(TYPES[type], id, body, parts);
    }

    /// The same for a thread that may be interrupted, which does no harm and is forgotten. Only after
    /// [#shrugOffInterrupts].
    Frame readHeedlessly() throws IOException {
        heedless = true;
        try {
            return read();
        } finally {
            heedless = false;
        }
    }

    /// Waits a little for the next message, unless it is long. What has not come by then, or not wholly, is left to
    /// whoever reads next; so it is when the thread is interrupted, which it stays. Only after
    /// [#shrugOffInterrupts].
    ///
    /// @return the message; null if it is for others to read
    @Nullable
    Frame readShort(long millis) throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (true) {
            int length = shortLength();
            if (length < 0) return null;
            if (incoming.remaining() >= length) return read();
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime() + NEARLY_MILLI);
            if (drained && (left <= 0 || !isReadable(left))) return null;
            incoming.compact();
            try {
                receiveNow(incoming);
            } finally {
                incoming.flip();
            }
        }
    }

    /// The length of the next message with what stands before it, or of what must be here before it is known; negative
    /// if it does not fit into the buffer.
    private int shortLength() {
        if (incoming.remaining() < HEADER_BYTES) return HEADER_BYTES;
        int at = incoming.position();
        int body = incoming.getInt(at);
        boolean fits = body <= BUFFER_BYTES - HEADER_BYTES && (incoming.get(at + 4) & WITH_PARTS) == 0;
        return fits ? HEADER_BYTES + Math.max(0, body) : -1;
    }

    private void awaitHeedlessly() throws IOException {
        Thread.interrupted();
        try {
            Objects.requireNonNull(readable).select(_ -> {});
        } catch (ClosedSelectorException closed) {
            throw new AsynchronousCloseException();
        }
        Thread.interrupted(); // if there is nothing to read, it is not the end of the wait
    }

    private boolean isReadable(long millis) throws IOException {
        var ready = Objects.requireNonNull(readable);
        try {
            ready.select(_ -> {}, millis);
        } catch (ClosedSelectorException closed) {
            throw new AsynchronousCloseException();
        }
        return !Thread.currentThread().isInterrupted();
    }

    private int[] lengths(int body) throws IOException {
        need(4);
        int count = incoming.getInt();
        if (count < 0 || count > MAX_PARTS) throw new IOException("broken message: " + count + " parts");
        var lengths = new int[count];
        long total = body;
        for (int i = 0; i < count; i++) {
            need(4);
            lengths[i] = incoming.getInt();
            total += lengths[i];
            if (lengths[i] < 0 || total > MAX_BODY_BYTES) throw new IOException("broken message: too long");
        }
        return lengths;
    }

    private byte[] get(int length) throws IOException {
        byte[] bytes = new byte[length];
        int buffered = Math.min(length, incoming.remaining());
        incoming.get(bytes, 0, buffered);
        var rest = ByteBuffer.wrap(bytes, buffered, length - buffered);
        while (rest.position() < length) {
            rest.limit(Math.min(length, rest.position() + PIECE_BYTES));
            receive(rest);
        }
        return bytes;
    }

    private void need(int needed) throws IOException {
        if (incoming.remaining() >= needed) return;
        incoming.compact();
        try {
            while (incoming.position() < needed) receive(incoming);
        } finally {
            incoming.flip();
        }
    }

    private void receive(ByteBuffer into) throws IOException {
        if (drained && heedless) awaitHeedlessly();
        else if (drained) await(readable);
        receiveNow(into);
    }

    private void receiveNow(ByteBuffer into) throws IOException {
        int room = into.remaining();
        int count = channel.read(into);
        if (count < 0) throw new EOFException();
        drained = count < room && readable != null;
    }

    private void awaitRoom() throws IOException {
        if (!(channel instanceof SocketChannel socket) || socket.isBlocking()) return;
        if (writable == null) {
            writable = Selector.open();
            socket.register(writable, SelectionKey.OP_WRITE);
        }
        await(writable);
    }

    private void await(@Nullable Selector ready) throws IOException {
        if (ready != null) await(ready, channel, this);
    }

    /// Waits until a selector finds its channel ready. An interrupt closes the connection, as it does where a channel
    /// blocks.
    static void await(Selector ready, Channel channel, Closeable whole) throws IOException {
        try {
            ready.select(_ -> {});
        } catch (ClosedSelectorException closed) {
            throw new AsynchronousCloseException();
        }
        if (!channel.isOpen()) throw new AsynchronousCloseException();
        if (Thread.currentThread().isInterrupted()) {
            whole.close();
            throw new ClosedByInterruptException();
        }
    }

    @Override
    public void close() {
        close(channel);
        close(readable);
        close(writable);
    }

    private static void close(@Nullable Closeable part) {
        try {
            if (part != null) part.close();
        } catch (IOException alreadyBroken) {
            // closed is all that was asked for
        }
    }
}
