package io.weft.kernel.channel;

import static java.lang.System.Logger.Level.WARNING;

import io.weft.kernel.wire.Header;
import io.weft.kernel.wire.WireCodec;
import io.weft.kernel.wire.WireException;
import io.weft.kernel.wire.WireMessage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Asks the front end that runs a cell for a line.
///
/// One question is open at a time; further threads that ask wait for their turn. An answer to a question that is no
/// longer open is ignored. A question to a front end whose stdin is not connected yet waits until it is; one that never
/// connects leaves the asker waiting until it is interrupted.
///
/// All methods may be called from any thread, except those of [Outbox].
final class StdinChannel implements Outbox {
    private final WireCodec codec;
    private final String session;
    private final System.Logger log;
    private final ReentrantLock turn = new ReentrantLock(true);
    private volatile Runnable wakeUp = () -> {};
    private volatile @Nullable Question open;
    private volatile boolean closed;

    StdinChannel(WireCodec codec, String session, System.Logger log) {
        this.codec = codec;
        this.session = session;
        this.log = log;
    }

    /// Joins this to the socket; called once, before the first question.
    void onWork(Runnable wakeUp) {
        this.wakeUp = wakeUp;
    }

    String readLine(WireMessage cell, String prompt, boolean password) throws IOException, InterruptedException {
        turn.lockInterruptibly();
        try {
            var header = Header.of("input_request", session);
            List<byte[]> frames = codec.encode(WireMessage.of(
                    cell.identities(), header, cell.header(), Map.of("prompt", prompt, "password", password)));
            var question = new Question(cell, header, frames, new AtomicBoolean(), new ArrayBlockingQueue<>(1));
            open = question;
            if (closed) {
                throw new IOException("the kernel ends");
            }
            wakeUp.run();
            return question.line()
                    .take()
                    .orElseThrow(() -> new IOException("the front end ended the question without a line"));
        } finally {
            open = null;
            turn.unlock();
        }
    }

    /// Ends every wait for a line.
    void close() {
        closed = true;
        Question question = open;
        if (question != null) {
            question.line().offer(Optional.empty());
        }
    }

    @Override
    public @Nullable List<byte[]> poll() {
        Question question = open;
        return question != null && question.isSent().compareAndSet(false, true) ? question.frames() : null;
    }

    @Override
    public long nanosToNext() {
        Question question = open;
        return question == null || question.isSent().get() ? Long.MAX_VALUE : 0;
    }

    @Override
    public boolean isStillWanted(List<byte[]> frames) {
        Question question = open;
        return question != null && question.frames().equals(frames) && !closed;
    }

    /// Takes what a front end sent.
    void received(List<byte[]> frames) {
        try {
            WireMessage message = codec.decode(frames);
            Question question = open;
            if (message.header().type().equals("input_reply") && question != null && question.isAnsweredBy(message)) {
                question.answer(message.content());
            }
        } catch (WireException broken) {
            log.log(WARNING, "dropped a message on stdin: {0}", broken.getMessage());
        }
    }

    private record Question(
            WireMessage cell,
            Header header,
            List<byte[]> frames,
            AtomicBoolean isSent,
            BlockingQueue<Optional<String>> line) {
        /// Some front ends send no parent header; one that names another question is late.
        boolean isAnsweredBy(WireMessage reply) {
            String parent = reply.parent().id();
            boolean namesThis = parent.isEmpty()
                    || parent.equals(header.id())
                    || parent.equals(cell.header().id());
            return namesThis && sameRoute(reply.identities(), cell.identities());
        }

        void answer(Map<String, @Nullable Object> content) {
            line.offer(content.get("value") instanceof String value ? Optional.of(value) : Optional.empty());
        }

        private static boolean sameRoute(List<byte[]> one, List<byte[]> other) {
            return Arrays.deepEquals(one.toArray(), other.toArray());
        }
    }
}
