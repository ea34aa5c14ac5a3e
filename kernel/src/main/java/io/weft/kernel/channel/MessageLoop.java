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
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Takes each request from its frames to its reply, and tells the front ends when the kernel is busy.
///
/// Cells run one after the other on a lane of their own. Questions about code, which need the
/// evaluator, have another lane, so that they are answered while a cell runs; what came on
/// control has the third, and everything else the fourth.
///
/// **Status.** Every request has `busy` and `idle` with itself as the parent. A front end that
/// shows the last status it saw would show `idle` after a question was answered beside a running cell; therefore the
/// cell's `busy` is sent again then.
final class MessageLoop {
    private static final Duration SWEEP_AT_MOST = Duration.ofMillis(200);

    private final WireCodec codec;
    private final String session;
    private final Iopub iopub;
    private final StdinChannel stdin;
    private final System.Logger log;
    private final Handler<Request> handler;
    private final Runnable onFirstAnswer;
    private final Consumer<Reply.ShuttingDown> onShutdown;

    private final Lane cells;
    private final Lane questions = new Lane("questions");
    private final Lane control = new Lane("control-requests");
    private final Lane others = new Lane("shell-requests");

    private final Object status = new Object();
    /// The request whose cell runs; guarded by `status`.
    private @Nullable Header running;

    private boolean answered;

    MessageLoop(
            WireCodec codec,
            String session,
            Iopub iopub,
            StdinChannel stdin,
            Lane cells,
            Handler<Request> handler,
            Runnable onFirstAnswer,
            Consumer<Reply.ShuttingDown> onShutdown,
            System.Logger log) {
        this.codec = codec;
        this.session = session;
        this.iopub = iopub;
        this.stdin = stdin;
        this.cells = cells;
        this.handler = handler;
        this.onFirstAnswer = onFirstAnswer;
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
        Lane lane;
        Work work;
        try {
            Request request = Request.of(message);
            work = new Work(peer, message, request, null);
            lane = laneOf(request, peer);
        } catch (WireException wrong) {
            work = new Work(
                    peer, message, new Request.Unsupported(message.header().type()), wrong);
            lane = others;
        }
        lane.add(work);
    }

    /// Begins no more requests and waits for those that run.
    void close(Duration atMostEach) throws InterruptedException {
        for (Lane lane : List.of(others, questions, control)) {
            lane.close(atMostEach);
        }
    }

    private Lane laneOf(Request request, Peer peer) {
        return switch (request) {
            case Request.Execute _ -> cells;
            case Request.Complete _, Request.Inspect _, Request.IsComplete _ -> questions;
            case Request.Interrupt _, Request.Shutdown _ -> control;
            default -> peer.isControl() ? control : others;
        };
    }

    private void busy(WireMessage message, boolean cell) {
        synchronized (status) {
            if (cell) {
                running = message.header();
            }
            iopub.send(message.header(), Broadcast.Status.BUSY);
        }
    }

    private void idle(WireMessage message, boolean cell) {
        synchronized (status) {
            if (cell) {
                running = null;
            }
            iopub.send(message.header(), Broadcast.Status.IDLE);
            if (running != null) {
                iopub.send(running, Broadcast.Status.BUSY);
            }
        }
    }

    private void reply(Work work, Reply reply) {
        String type = replyType(work.message.header().type());
        if (reply instanceof Reply.None || type.isEmpty()) {
            return;
        }
        work.peer.send(codec.encode(WireMessage.of(
                work.message.identities(), Header.of(type, session), work.message.header(), reply.content())));
    }

    /// Comm messages have no reply; everything else has one, also what nobody knows.
    private static String replyType(String type) {
        return switch (type) {
            case "", "comm_open", "comm_msg", "comm_close" -> "";
            default -> (type.endsWith("_request") ? type.substring(0, type.length() - 8) : type) + "_reply";
        };
    }

    private void afterAnswer() {
        boolean first;
        synchronized (status) {
            first = !answered;
            answered = true;
        }
        if (first) {
            onFirstAnswer.run();
        }
    }

    /// One request that waits for its lane.
    private final class Work implements Runnable {
        private final Peer peer;
        private final WireMessage message;
        private final Request request;
        private final @Nullable WireException refusal;
        private final long receivedNanos = System.nanoTime();

        Work(Peer peer, WireMessage message, Request request, @Nullable WireException refusal) {
            this.peer = peer;
            this.message = message;
            this.request = request;
            this.refusal = refusal;
        }

        @Override
        public void run() {
            List<Runnable> aborted = List.of();
            boolean cell = request instanceof Request.Execute;
            busy(message, cell);
            Reply reply = new Reply.None();
            try {
                reply = answer();
                if (request instanceof Request.Execute execute
                        && execute.stopOnError()
                        && !(reply instanceof Reply.Executed)) {
                    aborted = takeBackCells();
                }
                reply(this, reply);
                if (reply instanceof Reply.ShuttingDown shutdown) {
                    iopub.send(message.header(), new Broadcast.ShuttingDown(shutdown.restart()));
                }
            } finally {
                idle(message, cell);
            }
            for (Runnable next : aborted) {
                ((Work) next).abort();
            }
            afterAnswer();
            if (reply instanceof Reply.ShuttingDown shutdown) {
                onShutdown.accept(shutdown);
            }
        }

        /// The handler's reply; a failure of the handler is a reply too, so that nobody waits for ever.
        private Reply answer() {
            if (refusal != null) {
                return new Reply.Failed("InvalidRequest", String.valueOf(refusal.getMessage()), List.of());
            }
            try {
                return handler.handle(request, new Exchange(message, receivedNanos, iopub, stdin));
            } catch (RuntimeException | Error failed) {
                log.log(WARNING, "{0} failed: {1}", message.header().type(), failed);
                String text = "the kernel failed to answer %s: %s. The session goes on; run it again."
                        .formatted(message.header().type(), failed);
                if (request instanceof Request.Execute) {
                    var shown = List.of(text);
                    iopub.send(message.header(), new Broadcast.Failure("KernelError", text, shown));
                    return new Reply.ExecutionFailed(0, "KernelError", text, shown);
                }
                return new Reply.Failed("KernelError", text, List.of());
            } finally {
                Thread.interrupted(); // an interrupt that came late is not for the next request
            }
        }

        /// The cells that wait, also those that have only reached the socket yet.
        private List<Runnable> takeBackCells() {
            try {
                peer.sweep(SWEEP_AT_MOST);
            } catch (InterruptedException _) {
                log.log(WARNING, "interrupted while cells were aborted; some may run");
            }
            return cells.takeBack(Work.class::isInstance);
        }

        private void abort() {
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
