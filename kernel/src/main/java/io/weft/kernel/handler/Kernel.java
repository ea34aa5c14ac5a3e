package io.weft.kernel.handler;

import static java.lang.System.Logger.Level.WARNING;

import io.weft.kernel.channel.ChannelException;
import io.weft.kernel.channel.Channels;
import io.weft.kernel.eval.Evaluator;
import io.weft.kernel.wire.ConnectionInfo;
import io.weft.kernel.wire.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// A running kernel: its sockets, its handlers and, once it is needed, its evaluator.
///
/// Answers requests from [#start] until [#close]; a front end's shutdown request only ends [#awaitShutdown], so that
/// whoever started the kernel decides what becomes of the process. Safe for use by many threads.
public final class Kernel implements AutoCloseable {
    private static final Duration EVALUATOR_CLOSE = Duration.ofMillis(600);

    private final Channels channels;
    private final EvaluatorSource evaluators;
    private final History history;
    private final System.Logger log;
    private final CountDownLatch shutdown = new CountDownLatch(1);
    private final AtomicBoolean closed = new AtomicBoolean();

    private Kernel(
            ConnectionInfo connection,
            Supplier<? extends Evaluator> evaluator,
            String version,
            Optional<Path> historyFile,
            System.Logger log)
            throws ChannelException {
        this.log = log;
        channels = Channels.open(connection, log);
        evaluators = new EvaluatorSource(evaluator, channels::runAsCell);
        history = new History(historyFile, log);
        var handlers = new Handlers(
                new ExecuteHandler(evaluators, history),
                new CompleteHandler(evaluators),
                new InspectHandler(evaluators),
                new IsCompleteHandler(evaluators),
                new KernelInfoHandler(version),
                new HistoryHandler(history),
                new CommHandlers(evaluators),
                new InterruptHandler(evaluators),
                new UsageHandler(new Usage()),
                new ConnectHandler(channels.connection()),
                new DebugHandler(),
                new SubshellHandlers(channels.subshells(), evaluators),
                new ShutdownHandler(),
                new UnsupportedHandler());
        if (connection.curve().isEmpty()) {
            channels.serve(handlers, reply -> shutdown.countDown());
            evaluators.prepare();
        } else {
            // the handshakes of five sockets take a cold JVM a second: first they, then the evaluator
            channels.serve(
                    (request, exchange) -> {
                        Reply reply = handlers.handle(request, exchange);
                        evaluators.prepare();
                        return reply;
                    },
                    reply -> shutdown.countDown());
        }
    }

    /// Listens on the addresses of a connection file, for a port of 0 on any that is free, and answers requests.
    ///
    /// @param evaluator makes the evaluator; called once, on the thread that runs cells, as soon as the kernel
    ///                  listens; with encryption, when the first request is answered
    /// @param version   what the kernel says its version is
    /// @param history   the file in which cells are kept across restarts; empty for none
    /// @throws ChannelException if an address cannot be listened on
    public static Kernel start(
            ConnectionInfo connection,
            Supplier<? extends Evaluator> evaluator,
            String version,
            Optional<Path> history,
            System.Logger log)
            throws ChannelException {
        return new Kernel(connection, evaluator, version, history, log);
    }

    /// Listens and answers, and keeps cells for this session only.
    ///
    /// @throws ChannelException if an address cannot be listened on
    public static Kernel start(
            ConnectionInfo connection, Supplier<? extends Evaluator> evaluator, String version, System.Logger log)
            throws ChannelException {
        return start(connection, evaluator, version, Optional.empty(), log);
    }

    /// The file in which a user's cells are kept across restarts, unless `WEFT_HISTORY` is `off`.
    public static Optional<Path> historyFile() {
        return HistoryFile.location(
                System.getenv(), System.getProperty("os.name", ""), System.getProperty("user.home", ""));
    }

    /// Where the kernel listens, with the ports that it found where it was free to choose.
    public ConnectionInfo connection() {
        return channels.connection();
    }

    /// Waits until a front end has asked the kernel to end and has its reply, or [#requestShutdown] was called.
    public void awaitShutdown() throws InterruptedException {
        shutdown.await();
    }

    /// Lets [#awaitShutdown] return.
    public void requestShutdown() {
        shutdown.countDown();
    }

    /// Ends the running cell, as an interrupt request does.
    public void interrupt() {
        evaluators.interrupt();
    }

    /// Ends the session and closes the sockets. Takes about a second at the most, whatever the cells do.
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        Thread session = Thread.ofPlatform().name("weft-close").daemon().start(this::closeEvaluator);
        try {
            session.join(EVALUATOR_CLOSE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        channels.close();
        history.close();
    }

    private void closeEvaluator() {
        try {
            evaluators.close();
        } catch (RuntimeException | Error failed) {
            log.log(WARNING, "the session did not close well: {0}", failed);
        }
    }
}
