package io.weft.concurrent;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Writes messages, without an interrupt of the sender closing the connection: a short one that comes alone in the
/// thread that sends it, all others in a thread of its own, those that have gathered together.
final class Outbox {
    private static final int CAPACITY = 8192;
    private static final int ALONE = 4;
    private static final long ALONE_NANOS = 50_000;
    private static final Out NOTHING = new Out();

    private record Letter(
            Frame.Type type, long id, Out body, @Nullable CountDownLatch written) {}

    private final Connection connection;
    private final LinkedBlockingQueue<Letter> letters = new LinkedBlockingQueue<>(CAPACITY);

    /// The letters that are not with the connection yet: no other may overtake them.
    private final AtomicInteger queued = new AtomicInteger();

    private final Thread writer;
    private volatile boolean broken;

    private long recent; // since when the sends are counted; a lost update costs nothing
    private int sends;

    Outbox(Connection connection) throws IOException {
        this.connection = connection;
        connection.shrugOffInterrupts();
        writer = Threads.start("weft-outbox", this::write);
    }

    /// Sends a message; waits while very many are queued. Dropped if the connection has ended.
    void send(Frame.Type type, long id, byte[] body) {
        send(type, id, Out.of(body));
    }

    void send(Frame.Type type, long id, Out body) {
        if (queued.get() == 0 && !broken && isAlone()) {
            try {
                if (connection.writeNow(type, id, body)) {
                    if (connection.hasMore()) put(new Letter(Frame.Type.HELLO, 0, NOTHING, new CountDownLatch(1)));
                    return;
                }
            } catch (IOException ended) {
                broken = true;
                return;
            }
        }
        put(new Letter(type, id, body, null));
    }

    /// Whether few messages have been sent lately. Many are better gathered.
    private boolean isAlone() {
        long now = System.nanoTime();
        if (now - recent > ALONE_NANOS) {
            recent = now;
            sends = 0;
        }
        return sends++ < ALONE;
    }

    /// Waits until everything queued so far is written, but not longer than the limit.
    void flush(long millis) {
        var written = new CountDownLatch(1);
        put(new Letter(Frame.Type.HELLO, 0, NOTHING, written));
        boolean interrupted = false;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!broken) {
            try {
                if (written.await(Math.min(end - System.nanoTime(), 50_000_000L), TimeUnit.NANOSECONDS)
                        || System.nanoTime() - end >= 0) break;
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    void close() {
        broken = true;
        writer.interrupt();
    }

    private void put(Letter letter) {
        queued.incrementAndGet();
        boolean interrupted = false;
        while (!broken) {
            try {
                if (letters.offer(letter, 100, TimeUnit.MILLISECONDS)) break;
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private void write() {
        try (connection) {
            while (true) {
                for (@Nullable Letter letter = letters.take(); letter != null; letter = letters.poll()) {
                    if (letter.written() == null) {
                        connection.fill(letter.type(), letter.id(), letter.body());
                    } else {
                        connection.flush();
                        letter.written().countDown();
                    }
                    queued.decrementAndGet();
                }
                connection.flush();
            }
        } catch (IOException | InterruptedException ended) {
            broken = true;
        }
    }
}
