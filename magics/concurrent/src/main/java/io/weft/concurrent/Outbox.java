package io.weft.concurrent;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Writes messages in a thread of its own, so that an interrupt of the sender cannot close the connection.
final class Outbox {
    private static final int CAPACITY = 8192;

    @SuppressWarnings("ArrayRecordComponent") // shared with nobody
    private record Letter(
            Frame.Type type, long id, byte[] body, @Nullable CountDownLatch written) {}

    private final LinkedBlockingQueue<Letter> letters = new LinkedBlockingQueue<>(CAPACITY);
    private final Thread writer;
    private volatile boolean broken;

    Outbox(Connection connection) {
        writer = Threads.start("weft-outbox", () -> write(connection));
    }

    /// Queues a message; waits while very many are queued. Dropped if the connection has ended.
    void send(Frame.Type type, long id, byte[] body) {
        put(new Letter(type, id, body, null));
    }

    /// Waits until everything queued so far is written, but not longer than the limit.
    void flush(long millis) {
        var written = new CountDownLatch(1);
        put(new Letter(Frame.Type.HELLO, 0, Frame.NOTHING, written));
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

    private void write(Connection connection) {
        try (connection) {
            while (true) {
                var letter = letters.take();
                if (letter.written() != null) letter.written().countDown();
                else connection.write(letter.type(), letter.id(), letter.body());
            }
        } catch (IOException | InterruptedException ended) {
            broken = true;
        }
    }
}
