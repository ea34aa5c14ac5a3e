package io.weft.kernel.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.weft.kernel.wire.Broadcast;
import io.weft.kernel.wire.Header;
import io.weft.kernel.wire.WireCodec;
import io.weft.kernel.wire.WireMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Broadcasts that wait for the iopub socket.
///
/// Texts of one cell and stream that follow each other become one message while they wait, and a
/// message of text alone waits until 20 ms after the last one, so that a hundred thousand lines
/// are a few dozen messages. Anything else is sent at once and takes the text before it along. The broadcasts of a cell
/// keep their order. A writer of text who is 4 million characters ahead waits until half of them are gone.
///
/// All methods may be called from any thread, except those of [Outbox].
final class Iopub implements Outbox {
    private static final long PACE_NANOS = MILLISECONDS.toNanos(20);
    private static final int MAX_WAITING_CHARS = 4 << 20;
    private static final int MAX_MESSAGE_CHARS = 256 << 10;
    private static final long OVERRUN_PAUSE_NANOS = MILLISECONDS.toNanos(20);

    private final WireCodec codec;
    private final String session;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition progress = lock.newCondition();
    private final Deque<Entry> entries = new ArrayDeque<>();
    /// The last entry of each cell that has some, which further text of that cell may join.
    private final Map<String, Entry> lastOfCell = new HashMap<>();

    private long waitingChars;
    private int urgent;
    /// How many entries there were, and how many of them ZeroMQ has.
    private long added;

    private long sent;
    private boolean hasReader;
    private long nextTextNanos = System.nanoTime();
    /// What has left the queue and is not sent: a full heap had no room for its frames. Confined to who sends.
    private @Nullable Unsent unsent;

    private Runnable wakeUp = () -> {};
    private boolean closed;

    Iopub(WireCodec codec, String session) {
        this.codec = codec;
        this.session = session;
    }

    /// Joins this to the thread that sends; called once, before the first broadcast.
    void onWork(Runnable wakeUp) {
        lock.lock();
        try {
            this.wakeUp = wakeUp;
        } finally {
            lock.unlock();
        }
    }

    /// Sends text that waits for more, now: the reader should see it before a question.
    void flush() {
        lock.lock();
        try {
            nextTextNanos = System.nanoTime();
            wakeUp.run();
        } finally {
            lock.unlock();
        }
    }

    /// Lets writers go on that wait for room; what they write from now on is not sent.
    void close() {
        lock.lock();
        try {
            closed = true;
            room.signalAll();
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits for the first subscription: what is sent before it, nobody hears. A front end's request may be
    /// faster than its subscription, since each has its own connection.
    ///
    /// Ends early by an interrupt, which is then still set. Waits at most once.
    void awaitReader(Duration atMost) {
        lock.lock();
        try {
            await(() -> hasReader, atMost);
            hasReader = true;
        } finally {
            lock.unlock();
        }
    }

    /// Has ZeroMQ take all that was sent until now, also text that could wait for more: a front end that looks once
    /// more when the reply comes then has it. Ends early by an interrupt, which is then still set.
    void settle(Duration atMost) {
        lock.lock();
        try {
            long upTo = added;
            if (sent < upTo) {
                nextTextNanos = System.nanoTime();
                wakeUp.run();
                await(() -> sent >= upTo, atMost);
            }
        } finally {
            lock.unlock();
        }
    }

    private void await(BooleanSupplier reached, Duration atMost) {
        try {
            long nanos = atMost.toNanos();
            while (!reached.getAsBoolean() && nanos > 0 && !closed) {
                nanos = progress.awaitNanos(nanos);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Queues a broadcast that a front end waits for, in a full heap as soon as there is room for it.
    void insist(Header parent, Broadcast broadcast) {
        long beganNanos = System.nanoTime();
        while (true) {
            try {
                send(parent, broadcast);
                return;
            } catch (OutOfMemoryError full) {
                Patience.pause(full, beganNanos);
            }
        }
    }

    /// Queues a broadcast in the name of a request.
    void send(Header parent, Broadcast broadcast) {
        lock.lock();
        try {
            if (broadcast instanceof Broadcast.Status) {
                add(Entry.of(parent, broadcast));
                return;
            }
            awaitRoom();
            if (broadcast instanceof Broadcast.Stream(String name, String text)) {
                append(parent, name, text);
            } else {
                add(Entry.of(parent, broadcast));
            }
        } finally {
            lock.unlock();
        }
    }

    private void append(Header parent, String name, String text) {
        int start = 0;
        while (start < text.length()) {
            int end = Math.min(text.length(), start + MAX_MESSAGE_CHARS);
            if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
                end--;
            }
            appendPart(parent, name, text, start, end);
            start = end;
        }
    }

    private void appendPart(Header parent, String name, String text, int start, int end) {
        waitingChars += end - start;
        Entry last = lastOfCell.get(parent.id());
        if (last != null && last.takes(name)) {
            last.text.append(text, start, end);
            if (last.isFull()) {
                wakeUp.run();
            }
        } else {
            add(new Entry(parent, null, name, new StringBuilder().append(text, start, end)));
        }
    }

    private void add(Entry entry) {
        if (closed) {
            return;
        }
        boolean first = entries.isEmpty();
        added++;
        entries.addLast(entry);
        lastOfCell.put(entry.parent.id(), entry);
        if (!entry.isText()) {
            urgent++;
            waitingChars += entry.chars();
        }
        if (first || !entry.isText()) {
            wakeUp.run();
        }
    }

    /// Holds a writer back who is far ahead; an interrupt lets it go on.
    private void awaitRoom() {
        if (waitingChars < MAX_WAITING_CHARS) {
            return;
        }
        boolean interrupted = false;
        try {
            while (waitingChars > MAX_WAITING_CHARS / 2 && !closed) {
                if (!room.await(1, SECONDS)) {
                    wakeUp.run();
                }
            }
        } catch (InterruptedException _) {
            interrupted = true;
            slowDown();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// An interrupted writer that goes on writing may not fill the memory: its writes are slow while there is no room.
    private void slowDown() {
        try {
            long nanos = OVERRUN_PAUSE_NANOS;
            while (nanos > 0 && waitingChars > MAX_WAITING_CHARS / 2 && !closed) {
                nanos = room.awaitNanos(nanos);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public @Nullable List<byte[]> poll() {
        if (unsent != null) {
            return encodeUnsent(unsent);
        }
        lock.lock();
        try {
            // who asks for the next one has sent all that went before
            sent = added - entries.size();
            progress.signalAll();
            if (nanosToNext() > 0) {
                return null;
            }
            Entry head = entries.getFirst();
            Broadcast broadcast = head.take();
            unsent = new Unsent(head.parent, broadcast, System.nanoTime());
            entries.removeFirst();
            if (lastOfCell.get(head.parent.id()) == head) {
                lastOfCell.remove(head.parent.id());
            }
            if (head.isText()) {
                nextTextNanos = System.nanoTime() + PACE_NANOS;
            } else {
                urgent--;
            }
            waitingChars -= Entry.chars(broadcast);
            if (waitingChars <= MAX_WAITING_CHARS / 2) {
                room.signalAll();
            }
        } finally {
            lock.unlock();
        }
        return encodeUnsent(unsent);
    }

    private List<byte[]> encodeUnsent(Unsent next) {
        boolean again = false;
        try {
            return encode(next.parent, next.broadcast);
        } catch (OutOfMemoryError full) {
            again = Patience.lasts(next.sinceNanos) && Entry.chars(next.broadcast) < Patience.SMALL;
            throw full;
        } finally {
            if (!again) {
                unsent = null;
            }
        }
    }

    @Override
    public long nanosToNext() {
        lock.lock();
        try {
            Entry head = entries.peekFirst();
            if (head == null) {
                return Long.MAX_VALUE;
            }
            boolean canGrow = lastOfCell.get(head.parent.id()) == head && !head.isFull();
            if (closed || urgent > 0 || !canGrow) {
                return 0;
            }
            return Math.max(0, nextTextNanos - System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /// The frames of a broadcast that skips the queue: the answer to a subscription.
    List<byte[]> welcome(byte[] subscription) {
        lock.lock();
        try {
            hasReader = true;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
        var broadcast = new Broadcast.Welcome(new String(subscription, UTF_8));
        return encode(List.of(subscription), Header.NONE, broadcast);
    }

    /// The frames that say the kernel has started: before the first subscription nobody would hear it, and
    /// a subscriber expects its welcome first.
    List<byte[]> starting() {
        return encode(Header.NONE, Broadcast.Status.STARTING);
    }

    private List<byte[]> encode(Header parent, Broadcast broadcast) {
        byte[] topic = "kernel.%s.%s".formatted(session, broadcast.type()).getBytes(UTF_8);
        return encode(List.of(topic), parent, broadcast);
    }

    private List<byte[]> encode(List<byte[]> topic, Header parent, Broadcast broadcast) {
        return codec.encode(new WireMessage(
                topic,
                Header.of(broadcast.type(), session),
                parent,
                new LinkedHashMap<String, @Nullable Object>(broadcast.metadata()),
                new LinkedHashMap<String, @Nullable Object>(broadcast.content()),
                broadcast.buffers()));
    }

    /// A broadcast that has left the queue, and when.
    private record Unsent(Header parent, Broadcast broadcast, long sinceNanos) {}

    /// One broadcast, or text that may still grow.
    private static final class Entry {
        private final Header parent;
        /// Null for text.
        private final @Nullable Broadcast broadcast;
        /// The stream's name; empty for a broadcast.
        private final String name;

        private final StringBuilder text;

        Entry(Header parent, @Nullable Broadcast broadcast, String name, StringBuilder text) {
            this.parent = parent;
            this.broadcast = broadcast;
            this.name = name;
            this.text = text;
        }

        static Entry of(Header parent, Broadcast broadcast) {
            return new Entry(parent, broadcast, "", new StringBuilder(0));
        }

        boolean isText() {
            return broadcast == null;
        }

        boolean takes(String stream) {
            return isText() && name.equals(stream) && !isFull();
        }

        boolean isFull() {
            return text.length() >= MAX_MESSAGE_CHARS;
        }

        Broadcast take() {
            return broadcast == null ? new Broadcast.Stream(name, text.toString()) : broadcast;
        }

        long chars() {
            return broadcast == null ? 0 : chars(broadcast);
        }

        /// About how much memory a broadcast takes.
        static long chars(Broadcast broadcast) {
            return switch (broadcast) {
                case Broadcast.Stream stream -> stream.text().length();
                case Broadcast.Display display -> ofTree(display.data());
                case Broadcast.UpdateDisplay display -> ofTree(display.data());
                case Broadcast.ExecuteResult result -> ofTree(result.data());
                case Broadcast.CommMessage comm ->
                    ofTree(comm.content())
                            + comm.buffers().stream()
                                    .mapToLong(buffer -> buffer.length)
                                    .sum();
                default -> 0;
            };
        }

        private static long ofTree(@Nullable Object tree) {
            return switch (tree) {
                case String text -> text.length();
                case Map<?, ?> map -> 200 + ofAll(map.values());
                case Collection<?> items -> 200 + ofAll(items);
                case null, default -> 20;
            };
        }

        private static long ofAll(Collection<?> trees) {
            long chars = 0;
            for (Object tree : trees) {
                chars += ofTree(tree);
            }
            return chars;
        }
    }
}
