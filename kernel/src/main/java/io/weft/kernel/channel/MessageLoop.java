package io.weft.kernel.channel;

import static java.lang.System.Logger.Level.WARNING;

import io.weft.kernel.wire.Broadcast;
import io.weft.kernel.wire.Header;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;
import io.weft.kernel.wire.WireCodec;
import io.weft.kernel.wire.WireException;
import io.weft.kernel.wire.WireMessage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Takes each request from its frames to its reply, and tells the front ends when the kernel is busy.
///
/// The cells and comm messages of a shell are dealt with one after the other, on the shell's own lane. Questions
/// about code, which need the evaluator, have another lane, so that they are answered while a cell runs; what came on
/// control has its own, and so has everything else.
///
/// **Status.** Every request has `busy` and `idle` with itself as the parent. A front end that
/// shows the last status it saw would show `idle` after a question was answered beside a running cell; therefore the
/// cell's `busy` is sent again then.
final class MessageLoop {
    private static final Duration SWEEP_AT_MOST = Duration.ofMillis(200);
    private static final Duration READER_AT_MOST = Duration.ofSeconds(1);
    private static final Duration SETTLE_AT_MOST = Duration.ofMillis(100);

    private static final Reply NO_REPLY = new Reply.None();

    private final WireCodec codec;
    private final String session;
    private final Iopub iopub;
    private final StdinChannel stdin;
    private final System.Logger log;
    private final Handler<Request> handler;
    private final Consumer<Reply.ShuttingDown> onShutdown;

    private final Subshells shells;
    private final Lane questions = new Lane("questions");
    private final Lane control = new Lane("control-requests");
    private final Lane others = new Lane("shell-requests");

    private final Object status = new Object();
    /// The requests whose cells run, in the order in which they began; guarded by `status`.
    private final List<Header> running = new ArrayList<>();

    /// The number of the cell that ended last, for the reply to one that could not be run.
    private volatile int lastCount;

    MessageLoop(
            WireCodec codec,
            String session,
            Iopub iopub,
            StdinChannel stdin,
            Subshells shells,
            Handler<Request> handler,
            Consumer<Reply.ShuttingDown> onShutdown,
            System.Logger log) {
        this.codec = codec;
        this.session = session;
        this.iopub = iopub;
        this.stdin = stdin;
        this.shells = shells;
        this.handler = handler;
        this.onShutdown = onShutdown;
        this.log = log;
    }

    /// Takes what came in on shell or control.
    void received(Peer peer, List<byte[]> frames) {
        WireMessage message;
        try {
            message = codec.decode(frames);
        } catch (WireException broken) {
            log.log(WARNING, "dropped a message on {0}: {1}", peer.name(), broken.getMessage());
            return;
        }
        try {
            Request request = Request.of(message);
            Lane lane = laneOf(request, message.header(), peer);
            if (!lane.add(new Work(peer, message, request, lane, null))) {
                throw new WireException(Subshells.unknown(message.header().subshell()));
            }
        } catch (WireException wrong) {
            var unclear = new Request.Unsupported(message.header().type());
            others.add(new Work(peer, message, unclear, others, wrong));
        }
    }

    /// Begins no more requests and waits for those that run.
    void close(Duration atMostEach) throws InterruptedException {
        for (Lane lane : List.of(others, questions, control)) {
            lane.close(atMostEach);
        }
        shells.close();
    }

    /// @throws WireException if the header names a subshell that is not there
    private Lane laneOf(Request request, Header header, Peer peer) throws WireException {
        Lane shell = shells.lane(peer.isControl() ? "" : header.subshell());
        return switch (request) {
            case Request.Execute _, Request.CommOpen _, Request.CommMessage _, Request.CommClose _ -> shell;
            case Request.Complete _, Request.Inspect _, Request.IsComplete _ -> questions;
            case Request.Interrupt _, Request.Shutdown _ -> control;
            default -> peer.isControl() ? control : others;
        };
    }

    private void busy(WireMessage message, boolean cell) {
        synchronized (status) {
            if (cell) {
                running.add(message.header());
            }
            iopub.insist(message.header(), Broadcast.Status.BUSY);
        }
    }

    private void idle(WireMessage message, boolean cell) {
        synchronized (status) {
            if (cell) {
                running.remove(message.header());
            }
            iopub.insist(message.header(), Broadcast.Status.IDLE);
            if (!running.isEmpty()) {
                iopub.insist(running.getLast(), Broadcast.Status.BUSY);
            }
        }
    }

    /// Sends a reply, in a full heap as soon as there is room for it.
    private void reply(Work work, Reply reply) {
        long beganNanos = System.nanoTime();
        while (true) {
            try {
                replyNow(work, reply);
                return;
            } catch (OutOfMemoryError full) {
                Patience.pause(full, beganNanos);
            }
        }
    }

    private void replyNow(Work work, Reply reply) {
        String type = replyType(work.message.header().type());
        if (reply instanceof Reply.None || type.isEmpty()) {
            return;
        }
        work.peer.send(codec.encode(new WireMessage(
                work.message.identities(),
                Header.of(type, session),
                work.message.header(),
                work.timing(),
                new LinkedHashMap<String, @Nullable Object>(reply.content()),
                List.of())));
    }

    /// Comm messages have no reply; everything else has one, also what nobody knows.
    private static String replyType(String type) {
        return switch (type) {
            case "", "comm_open", "comm_msg", "comm_close" -> "";
            default -> (type.endsWith("_request") ? type.substring(0, type.length() - 8) : type) + "_reply";
        };
    }

    private void noteCount(Reply reply) {
        switch (reply) {
            case Reply.Executed executed -> lastCount = executed.count();
            case Reply.ExecutionFailed failed -> lastCount = failed.count();
            default -> {}
        }
    }

    /// A request that has not begun.
    interface Waiting extends Runnable {
        /// Answers it without doing what it asks.
        void abort();
    }

    /// One request that waits for its lane.
    private final class Work implements Waiting {
        private final Peer peer;
        private final WireMessage message;
        private final Request request;
        private final Lane lane;
        private final @Nullable WireException refusal;
        private final long receivedNanos = System.nanoTime();
        /// When it was begun; null before.
        private @Nullable Instant started;

        Work(Peer peer, WireMessage message, Request request, Lane lane, @Nullable WireException refusal) {
            this.peer = peer;
            this.message = message;
            this.request = request;
            this.lane = lane;
            this.refusal = refusal;
        }

        @Override
        public void run() {
            List<Work> aborted = List.of();
            boolean cell = request instanceof Request.Execute;
            if (cell) {
                iopub.awaitReader(READER_AT_MOST);
            }
            started = Instant.now();
            busy(message, cell);
            Reply reply = NO_REPLY;
            try {
                reply = answer();
                noteCount(reply);
                if (request instanceof Request.Execute execute
                        && execute.stopOnError()
                        && !execute.silent()
                        && !(reply instanceof Reply.Executed)) {
                    aborted = takeBackCells();
                }
                if (cell) {
                    settle();
                }
                reply(this, reply);
                if (reply instanceof Reply.ShuttingDown shutdown) {
                    iopub.insist(message.header(), new Broadcast.ShuttingDown(shutdown.restart()));
                }
            } finally {
                idle(message, cell);
            }
            aborted.forEach(Work::abort);
            if (reply instanceof Reply.ShuttingDown shutdown) {
                onShutdown.accept(shutdown);
            }
        }

        /// The reply's metadata: for a cell that was run, when it began, which JupyterLab keeps with the cell.
        Map<String, @Nullable Object> timing() {
            Instant begin = started;
            return request instanceof Request.Execute && begin != null
                    ? Map.of("started", begin.truncatedTo(ChronoUnit.MICROS).toString())
                    : Map.of();
        }

        /// The handler's reply; a failure of the handler is a reply too, so that nobody waits for ever.
        private Reply answer() {
            if (refusal != null) {
                return failed("InvalidRequest", String.valueOf(refusal.getMessage()));
            }
            try {
                return handler.handle(request, new Exchange(message, receivedNanos, iopub, stdin));
            } catch (RuntimeException | Error failed) {
                return failed(failed);
            } finally {
                Thread.interrupted(); // an interrupt that came late is not for the next request
            }
        }

        /// A reply that says that the handler failed, in a full heap as soon as there is room for it.
        private Reply failed(Throwable failed) {
            long beganNanos = System.nanoTime();
            while (true) {
                try {
                    String type = message.header().type();
                    SocketThread.tell(log, "{0} failed: {1}", type, failed);
                    return failed(
                            "KernelError",
                            "the kernel failed to answer %s: %s. The session goes on; run it again."
                                    .formatted(type, failed));
                } catch (OutOfMemoryError full) {
                    Patience.pause(full, beganNanos);
                }
            }
        }

        private void settle() {
            try {
                iopub.settle(SETTLE_AT_MOST);
            } catch (OutOfMemoryError full) {
                // the output comes a little later than the reply
            }
        }

        /// A reply that says what went wrong; who sent a cell looks for it below that cell.
        private Reply failed(String name, String text) {
            if (!message.header().type().equals("execute_request")) {
                return new Reply.Failed(name, text, List.of());
            }
            var shown = List.of(text);
            iopub.insist(message.header(), new Broadcast.Failure(name, text, shown));
            return new Reply.ExecutionFailed(lastCount, name, text, shown);
        }

        /// The cells that wait in this shell, also those that have only reached the socket yet.
        private List<Work> takeBackCells() {
            try {
                peer.sweep(SWEEP_AT_MOST);
            } catch (InterruptedException _) {
                log.log(WARNING, "interrupted while cells were aborted; some may run");
            } catch (OutOfMemoryError full) {
                // those that have reached the lane are aborted; that this one failed must be said
            }
            return lane.takeBack(next -> next instanceof Work work && work.request instanceof Request.Execute).stream()
                    .map(Work.class::cast)
                    .toList();
        }

        @Override
        public void abort() {
            busy(message, false);
            try {
                reply(this, new Reply.Aborted());
            } finally {
                idle(message, false);
            }
        }
    }

    /// The socket that a request came through and its reply goes back through.
    interface Peer {
        String name();

        boolean isControl();

        void send(List<byte[]> frames);

        void sweep(Duration atMost) throws InterruptedException;
    }
}
