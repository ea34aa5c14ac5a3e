package io.weft.kernel.channel;

import static java.lang.System.Logger.Level.WARNING;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zmq.Msg;
import zmq.msg.MsgAllocator;

/// Gives ZeroMQ the memory for the frames that arrive, up to a quarter of the heap at a time.
///
/// Whoever can connect, with no key yet, says how long the frame is that follows, and JeroMQ takes his word: a negative
/// length makes its thread turn for ever, a few of 200 MB fill the memory, and so does a message whose frames never
/// end. Here such a frame becomes an empty one that ends its message. What that sender says from then on is out of step
/// and dropped as unsigned, like all else that makes no sense.
///
/// Safe for use by many threads; ZeroMQ has one that asks.
final class FrameBudget implements MsgAllocator {
    private static final int SPARE_BYTES = 256 << 10;
    private static final int BYTES_OF_A_FRAME_ITSELF = 200;
    private static final long CLEAN_UP_MILLIS = 50;
    private static final long PAUSE_NANOS = SECONDS.toNanos(1);

    private final long most;
    private final System.Logger log;
    private final ReferenceQueue<Msg> dropped = new ReferenceQueue<>();
    private final Set<Frame> frames = new HashSet<>();
    private long bytes;
    private long cleanedUpNanos = System.nanoTime() - PAUSE_NANOS;
    private long warnedNanos = System.nanoTime() - PAUSE_NANOS;
    /// For a small frame that comes while a cell fills the heap: it may be the interrupt that ends it.
    private byte @Nullable [] spare = new byte[SPARE_BYTES];

    FrameBudget(long most, System.Logger log) {
        this.most = most;
        this.log = log;
    }

    @Override
    public synchronized Msg allocate(int size) {
        if (size < 0 || !fits(size)) {
            return refused(size);
        }
        try {
            Msg message = take(size);
            if (spare == null) {
                spare = new byte[SPARE_BYTES];
            }
            return message;
        } catch (OutOfMemoryError _) {
            return takeFromSpare(size);
        }
    }

    private Msg takeFromSpare(int size) {
        spare = null;
        try {
            return take(size);
        } catch (OutOfMemoryError _) {
            return refused(size);
        }
    }

    private Msg take(int size) {
        var message = new Msg(size);
        frames.add(new Frame(message, dropped, size + BYTES_OF_A_FRAME_ITSELF));
        bytes += size + BYTES_OF_A_FRAME_ITSELF;
        return message;
    }

    private boolean fits(int size) {
        forget(dropped.poll());
        long now = System.nanoTime();
        if (bytes + size > most && now - cleanedUpNanos > PAUSE_NANOS) {
            cleanedUpNanos = now;
            System.gc(); // what was read long ago counts until it is collected
            try {
                forget(dropped.remove(CLEAN_UP_MILLIS));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        return bytes + size <= most;
    }

    private void forget(@Nullable Reference<? extends Msg> first) {
        for (Reference<? extends Msg> next = first; next != null; next = dropped.poll()) {
            if (next instanceof Frame frame && frames.remove(frame)) {
                bytes -= frame.bytes;
            }
        }
    }

    private Msg refused(int size) {
        long now = System.nanoTime();
        if (now - warnedNanos > PAUSE_NANOS) {
            warnedNanos = now;
            log.log(WARNING, "refused a frame of {0} bytes from a peer: there is no room for it", String.valueOf(size));
        }
        return new EndOfMessage();
    }

    private static final class Frame extends PhantomReference<Msg> {
        private final long bytes;

        Frame(Msg message, ReferenceQueue<Msg> queue, long bytes) {
            super(message, queue);
            this.bytes = bytes;
        }
    }

    /// An empty frame that is the last of its message, whatever its sender said.
    private static final class EndOfMessage extends Msg {
        @Override
        public void setFlags(int flags) {
            super.setFlags(flags & ~MORE);
        }
    }
}
