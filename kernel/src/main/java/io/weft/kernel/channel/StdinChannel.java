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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Asks the front end that runs a cell for a line.
///
/// Each shell has one open question at a time; further threads of its cells wait for their turn. An answer to a
/// question that is no longer open is ignored. A question to a front end whose stdin is not connected yet waits until
/// it is; one that never connects leaves the asker waiting until it is interrupted.
///
/// All methods may be called from any thread, except those of [Outbox].
final class StdinChannel implements Outbox {
    private final WireCodec codec;
    private final String session;
    private final System.Logger log;
    private final Map<String, ReentrantLock> turns = new ConcurrentHashMap<>();
    /// The open questions, oldest first.
    private final List<Question> open = new CopyOnWriteArrayList<>();
    private volatile Runnable wakeUp = () -> {};
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
        ReentrantLock turn = turns.computeIfAbsent(cell.header().subshell(), _ -> new ReentrantLock(true));
        turn.lockInterruptibly();
        try {
            return ask(cell, prompt, password);
        } finally {
            turn.unlock();
        }
    }

    private String ask(WireMessage cell, String prompt, boolean password) throws IOException, InterruptedException {
        var header = Header.of("input_request", session);
        List<byte[]> frames = codec.encode(WireMessage.of(
                cell.identities(), header, cell.header(), Map.of("prompt", prompt, "password", password)));
        var question = new Question(cell, header, frames, new AtomicBoolean(), new CompletableFuture<>());
        open.add(question);
        try {
            if (closed) {
                throw new IOException("the kernel ends");
            }
            wakeUp.run();
            return question.line()
                    .get()
                    .orElseThrow(() -> new IOException("the front end ended the question without a line"));
        } catch (ExecutionException impossible) {
            throw new AssertionError(impossible); // a question is only ever answered
        } finally {
            open.remove(question);
        }
    }

    /// Ends every wait for a line.
    void close() {
        closed = true;
        open.forEach(question -> question.line().complete(Optional.empty()));
    }

    @Override
    public @Nullable List<byte[]> poll() {
        for (Question question : open) {
            if (question.isSent().compareAndSet(false, true)) {
                return question.frames();
            }
        }
        return null;
    }

    @Override
    public long nanosToNext() {
        return open.stream().allMatch(question -> question.isSent().get()) ? Long.MAX_VALUE : 0;
    }

    @Override
    public boolean isStillWanted(List<byte[]> frames) {
        return !closed && open.stream().anyMatch(question -> question.frames().equals(frames));
    }

    /// Takes what a front end sent.
    void received(List<byte[]> frames) {
        try {
            WireMessage message = codec.decode(frames);
            if (message.header().type().equals("input_reply")) {
                open.stream()
                        .filter(question -> question.isAnsweredBy(message))
                        .findFirst()
                        .ifPresent(question -> question.answer(message.content()));
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
            CompletableFuture<Optional<String>> line) {
        /// Some front ends send no parent header; one that names another question is late.
        boolean isAnsweredBy(WireMessage reply) {
            if (!isSent.get() || line.isDone()) {
                return false; // nobody has seen it, or it is answered and about to be closed
            }
            String parent = reply.parent().id();
            boolean namesThis = parent.isEmpty()
                    || parent.equals(header.id())
                    || parent.equals(cell.header().id());
            return namesThis && sameRoute(reply.identities(), cell.identities());
        }

        void answer(Map<String, @Nullable Object> content) {
            line.complete(content.get("value") instanceof String value ? Optional.of(value) : Optional.empty());
        }

        private static boolean sameRoute(List<byte[]> one, List<byte[]> other) {
            return Arrays.deepEquals(one.toArray(), other.toArray());
        }
    }
}
