package io.weft.kernel.channel;

import static java.lang.System.Logger.Level.WARNING;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;
import zmq.ZError;

/// The one thread that touches a ZeroMQ socket: sends what its outbox holds and passes on what comes in.
///
/// Other threads put messages into the outbox and call [#wakeUp]. The thread sleeps in a selector
/// while there is nothing to do; waking it is safe for a thread that is being interrupted, which
/// writing to a pipe would not be.
final class SocketThread {
    private static final int MAX_FRAMES = 1024;
    private static final int MAX_FAILURES_IN_A_ROW = 100;
    private static final long STALL_RETRY_NANOS = MILLISECONDS.toNanos(2);
    private static final long ABSENCE_RETRY_NANOS = MILLISECONDS.toNanos(20);
    private static final long SHORTAGE_PAUSE_NANOS = MILLISECONDS.toNanos(20);
    private static final long STALL_PATIENCE_NANOS = SECONDS.toNanos(2);

    private final ZMQ.Socket socket;
    private final boolean broadcasts;
    private final Outbox outbox;
    private final System.Logger log;
    private final Selector selector;
    private final Thread thread;
    private final Queue<CountDownLatch> sweeps = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;
    private Consumer<List<byte[]>> incoming = _ -> {};

    /// Confined to the thread: a message that its readers could not take yet, and since when.
    private @Nullable List<byte[]> stalled;

    /// Confined likewise: a message of which so many frames were sent when something failed.
    private @Nullable List<byte[]> begun;

    private int sentFrames;
    /// Confined likewise: a message that has been received and not been taken.
    private @Nullable List<byte[]> untaken;

    private long stalledSince;
    private boolean impatient;

    SocketThread(String name, ZMQ.Socket socket, Outbox outbox, System.Logger log) {
        this.socket = socket;
        broadcasts = socket.getSocketType() == SocketType.XPUB;
        this.outbox = outbox;
        this.log = log;
        try {
            selector = Selector.open();
            socket.getFD().register(selector, SelectionKey.OP_READ);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        thread = Thread.ofPlatform().name("weft-" + name).daemon().unstarted(this::run);
    }

    /// Begins to send and receive.
    ///
    /// @param incoming takes each message that arrives, on the socket's thread
    void start(Consumer<List<byte[]>> incoming) {
        this.incoming = incoming;
        thread.start();
    }

    /// Makes the thread look at its outbox again.
    void wakeUp() {
        selector.wakeup();
    }

    /// Waits until everything that has reached the socket has been passed on.
    void sweep(Duration atMost) throws InterruptedException {
        var done = new CountDownLatch(1);
        sweeps.add(done);
        wakeUp();
        done.await(atMost.toNanos(), NANOSECONDS);
    }

    /// Sends what is still in the outbox, then closes the socket.
    void close(Duration atMost) throws InterruptedException {
        closing = true;
        wakeUp();
        thread.join(atMost);
    }

    private void run() {
        int failures = 0;
        try (selector;
                socket) {
            boolean open = true;
            while (open && failures < MAX_FAILURES_IN_A_ROW) {
                try {
                    open = turn();
                    failures = 0;
                } catch (ZMQException broken) {
                    open = broken.getErrorCode() != ZError.ETERM;
                    failures++;
                    giveUpMessages();
                    log.log(WARNING, "the socket of {0} failed: {1}", thread.getName(), broken.getMessage());
                } catch (OutOfMemoryError shortage) {
                    keepSmallMessages();
                    tellThatItGoesOn(
                            log, thread.getName(), shortage); // however often: a cell may fill the heap for minutes
                    LockSupport.parkNanos(SHORTAGE_PAUSE_NANOS);
                } catch (RuntimeException | Error failed) {
                    failures++;
                    giveUpMessages();
                    tellThatItGoesOn(log, thread.getName(), failed);
                    LockSupport.parkNanos(SHORTAGE_PAUSE_NANOS);
                }
            }
        } catch (IOException failed) {
            log.log(WARNING, "{0} ends: {1}", thread.getName(), failed);
        }
    }

    /// Says that a thread goes on, if there is memory to say so.
    static void tellThatItGoesOn(System.Logger log, String thread, Throwable failed) {
        tell(log, "{0} goes on after {1}", thread, failed);
    }

    /// Logs what happened to somebody, if there is memory to say so.
    static void tell(System.Logger log, String format, String who, Throwable failed) {
        try {
            log.log(WARNING, format, who, failed);
        } catch (RuntimeException | Error _) {
            // no memory, or a class that found none when it was initialised: this must not end the thread either
        }
    }

    /// Sends and receives all there is, then waits for more.
    ///
    /// @return whether to go on
    private boolean turn() throws IOException {
        boolean last = closing;
        List<CountDownLatch> waiting = new ArrayList<>();
        for (CountDownLatch sweep = sweeps.poll(); sweep != null; sweep = sweeps.poll()) {
            waiting.add(sweep);
        }
        sendAll();
        receiveAll();
        waiting.forEach(CountDownLatch::countDown);
        if (last && stalled == null && outbox.nanosToNext() == Long.MAX_VALUE) {
            return false;
        }
        long nanos = stalled == null ? outbox.nanosToNext() : broadcasts ? STALL_RETRY_NANOS : ABSENCE_RETRY_NANOS;
        if (nanos == Long.MAX_VALUE) {
            selector.select();
        } else if (nanos > 0) {
            selector.select(NANOSECONDS.toMillis(nanos) + 1);
        }
        selector.selectedKeys().clear();
        return true;
    }

    private void sendAll() {
        List<byte[]> next = stalled;
        if (next == null) {
            next = begun == null ? outbox.poll() : begun;
        }
        while (next != null) {
            begun = next;
            boolean sent = send(next);
            begun = null;
            next = sent ? outbox.poll() : null;
        }
    }

    private void giveUpMessages() {
        begun = null;
        sentFrames = 0;
        untaken = null;
    }

    /// A large message may be what there is no room for, however often it is tried.
    private void keepSmallMessages() {
        if (begun != null && !Patience.isSmall(begun)) {
            begun = null;
            sentFrames = 0;
        }
        if (untaken != null && !Patience.isSmall(untaken)) {
            untaken = null;
        }
    }

    /// Sends a message, or leaves it in `stalled` where it cannot be sent now.
    private boolean send(List<byte[]> frames) {
        if (sendNow(frames)) {
            stalled = null;
            impatient = false;
            return true;
        }
        if (stalled == null) {
            stalled = frames;
            stalledSince = System.nanoTime();
        }
        return broadcasts ? broadcastToTheOthers(frames) : dropUnwanted(frames);
    }

    /// Gives up a reader of broadcasts that is too far behind.
    ///
    /// A reader that takes nothing for two seconds loses messages from then on until it reads
    /// again, so that it cannot stop the kernel and the other readers. The patience is that long every
    /// time, since ZeroMQ does not say which reader is behind, and one that only is slow should lose nothing.
    private boolean broadcastToTheOthers(List<byte[]> frames) {
        if (!impatient && System.nanoTime() - stalledSince < STALL_PATIENCE_NANOS) {
            return false;
        }
        if (!impatient) {
            log.log(WARNING, "a front end has read nothing from {0} for 2 s and loses messages", thread.getName());
        }
        impatient = true;
        stalled = null;
        socket.setXpubNoDrop(false);
        sendNow(frames);
        socket.setXpubNoDrop(true);
        return true;
    }

    /// Keeps a message for a reader that is not there yet, as long as it is wanted.
    private boolean dropUnwanted(List<byte[]> frames) {
        if (outbox.isStillWanted(frames)) {
            return false;
        }
        stalled = null;
        return true;
    }

    private boolean sendNow(List<byte[]> frames) {
        int last = frames.size() - 1;
        while (sentFrames <= last) {
            boolean sent = sendFrame(frames.get(sentFrames), sentFrames < last);
            if (!sent && sentFrames == 0) {
                return false;
            }
            sentFrames++;
        }
        sentFrames = 0;
        return true;
    }

    private boolean sendFrame(byte[] frame, boolean more) {
        try {
            return socket.send(frame, ZMQ.DONTWAIT | (more ? ZMQ.SNDMORE : 0));
        } catch (ZMQException failed) {
            if (failed.getErrorCode() == ZError.EHOSTUNREACH) {
                return false;
            }
            throw failed;
        }
    }

    private void receiveAll() {
        takeUntaken();
        for (byte[] frame = socket.recv(ZMQ.DONTWAIT); frame != null; frame = socket.recv(ZMQ.DONTWAIT)) {
            var frames = new ArrayList<byte[]>();
            frames.add(frame);
            int count = 1;
            while (socket.hasReceiveMore()) {
                byte[] more = socket.recv(ZMQ.DONTWAIT);
                if (more != null && ++count <= MAX_FRAMES) {
                    frames.add(more);
                }
            }
            if (count > MAX_FRAMES) {
                log.log(WARNING, "{0} dropped a message of {1} frames", thread.getName(), count);
            } else {
                untaken = frames;
                takeUntaken();
            }
        }
    }

    private void takeUntaken() {
        if (untaken != null) {
            incoming.accept(untaken);
            untaken = null;
        }
    }
}
