package io.weft.concurrent;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingDeque;
import org.jspecify.annotations.Nullable;

/// The main class of a worker JVM: takes chunks from its owner, runs them one after the other in the main
/// thread, sends back results and what is printed.
///
/// Its output streams are framed, each line with the task that printed it. For tasks, the standard input is
/// at its end.
///
/// It ends at once, in the middle of a task if need be, when its standard input ends: then its owner is dead.
public final class WorkerMain {
    private static final int OWNER_DIED = 2;
    private static final int TASK_FAILED = 1;
    private static final int CANCELLED_KEPT = 10_000;
    private static final long HUNG_UP_MILLIS = 500;
    private static final long FLUSH_MILLIS = 2000;
    private static final long HEAP_REPORT_MILLIS = 1000;

    private final WorkerCommand command;
    private final Connection link;
    private final Outbox outbox;
    private final WorkerOutput output;
    private final Progress progress;
    private final LinkedBlockingDeque<Frame> tasks = new LinkedBlockingDeque<>();
    private final Thread runner = Thread.currentThread();
    private final Object turn = new Object();
    private final Set<Long> cancelled = Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > CANCELLED_KEPT;
        }
    });
    private long running;
    private boolean stopped;
    private boolean failed;

    private WorkerMain(WorkerCommand command, Connection link) throws IOException {
        this.command = command;
        this.link = link;
        this.outbox = new Outbox(link);
        this.output = new WorkerOutput(outbox);
        this.progress = command.mode() == WorkerCommand.Mode.POOL
                ? Progress.create(Progress.of(command.directory()))
                : Progress.NONE;
    }

    /// Started by the library only; the owner speaks over the standard input.
    @SuppressWarnings("SystemOut") // the owner shows what a worker prints when it cannot start
    public static void main(String[] args) throws InterruptedException {
        InputStream owner = System.in;
        WorkerCommand command;
        try {
            command = WorkerCommand.listen(owner);
        } catch (IOException | IllegalArgumentException notOurs) {
            System.err.println("a Weft worker is started by the library, not by hand");
            System.exit(OWNER_DIED);
            return;
        }
        // nobody answers a task that reads: the stream is the owner's
        System.setIn(InputStream.nullInputStream());
        Threads.start("weft-owner", () -> endWithOwner(command, owner));
        Crowd.join(command.crowd());
        Hub.get().join(command.secret(), command.directory(), command.name(), command.token());
        try {
            var link = Hub.connect(command.owner(), command.secret(), "worker", command.token());
            new WorkerMain(command, link).work();
        } catch (IOException refused) {
            System.err.println("cannot reach the owner: " + refused);
            System.exit(OWNER_DIED);
        }
    }

    private static void endWithOwner(WorkerCommand command, InputStream stdin) {
        try {
            while (stdin.read() >= 0) {
                // nothing more is said; the stream only has to stay open
            }
        } catch (IOException ended) {
            // as good as its end
        }
        SessionDirectory.deleteSession(command.ownerDirectory());
        Runtime.getRuntime().halt(OWNER_DIED);
    }

    private void work() throws InterruptedException {
        System.setOut(new PrintStream(output.stream(false), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(output.stream(true), true, StandardCharsets.UTF_8));
        Runtime.getRuntime().addShutdownHook(new Thread(this::flush, "weft-flush"));
        if (command.mode() == WorkerCommand.Mode.MANAGER) Manager.serve();
        Threads.start("weft-link", this::listen);
        Threads.start("weft-heap", this::reportHeap);
        if (command.mode() == WorkerCommand.Mode.MANAGER)
            outbox.send(
                    Frame.Type.LISTENING,
                    0,
                    new Out().putAddress(Hub.get().address()).toBytes());
        for (var task = tasks.take(); task.type() == Frame.Type.RUN; task = next()) {
            run(task);
        }
        flush();
        // a process goes on until its last thread ends, as any Java program does
        if (command.mode() != WorkerCommand.Mode.PROCESS) System.exit(0);
        if (failed) System.exit(TASK_FAILED);
    }

    private Frame next() {
        while (true) {
            try {
                return tasks.take();
            } catch (InterruptedException late) {
                // meant for the task that has just ended
            }
        }
    }

    private void flush() {
        flushPuts();
        output.flush();
        outbox.flush(FLUSH_MILLIS);
    }

    private static void flushPuts() {
        try {
            Puts.flushAll();
        } catch (RuntimeException lost) {
            // the task that put them has ended, and nobody is left to be told
        }
    }

    private void listen() {
        try {
            while (true) {
                var frame = link.read();
                switch (frame.type()) {
                    case RUN, FINISH -> tasks.add(frame);
                    case CANCEL -> cancel(frame.id());
                    default -> throw new IOException("unexpected message " + frame.type());
                }
            }
        } catch (IOException ended) {
            // a dead owner closes our standard input too, which tidies up and halts; one that lives has let go of us
            try {
                Thread.sleep(HUNG_UP_MILLIS);
            } catch (InterruptedException atOnce) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(OWNER_DIED);
        }
    }

    private void cancel(long id) {
        synchronized (turn) {
            if (running == id) {
                stopped = true;
                runner.interrupt();
            } else {
                cancelled.add(id); // it waits, or has ended already
            }
        }
    }

    private void run(Frame frame) {
        boolean neverBegun;
        synchronized (turn) {
            neverBegun = cancelled.remove(frame.id());
            running = neverBegun ? 0 : frame.id();
            stopped = false;
        }
        if (neverBegun) {
            failed = true;
            fail(frame.id(), -1, new CancellationException("cancelled"));
            return;
        }
        WorkerOutput.TASK.set(frame.id());
        int index = 0;
        @Nullable Object[] results = null;
        Throwable failure = new IllegalStateException("the task has no results");
        progress.begins(frame.id());
        try {
            var in = frame.in();
            var ready = Hub.get().function(in.getString(), command.owner());
            Thread.currentThread().setContextClassLoader(ready.loader());
            var items = Codec.array(Codec.read(in, ready.loader()));
            results = new @Nullable Object[items.length];
            progress.starts();
            for (; index < items.length; index++) {
                if (isStopped()) throw new InterruptedException("cancelled");
                progress.isAt(index);
                results[index] = Batch.run(ready.function(), items[index]);
            }
            Puts.flushAll();
            progress.isAt(index);
        } catch (Throwable thrown) {
            if (results != null) index = Math.min(index, Math.max(0, results.length - 1));
            results = null;
            failure = thrown;
        }
        synchronized (turn) {
            running = 0;
            Thread.interrupted(); // what was meant for this task must not reach the next
        }
        output.flush(frame.id());
        if (results != null) {
            try {
                outbox.send(Frame.Type.RESULTS, frame.id(), Codec.write(Out.referring(), results, new Trace()));
                return;
            } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError unsendable) {
                failure = unsendable instanceof NotSendableException
                        ? new NotSendableException(
                                "the task has run, but its result cannot be sent back: " + unsendable.getMessage(),
                                "",
                                null)
                        : unsendable;
                index = Math.max(0, unsendableIndex(results));
            }
        }
        failed = true;
        Failures.trim(failure, Batch.class);
        fail(frame.id(), index, failure);
    }

    private static int unsendableIndex(@Nullable Object[] results) {
        for (int i = 0; i < results.length; i++) {
            try {
                Codec.encode(results[i]);
            } catch (RuntimeException found) {
                return i;
            }
        }
        return -1;
    }

    private boolean isStopped() {
        synchronized (turn) {
            return stopped;
        }
    }

    private void fail(long id, int index, Throwable failure) {
        outbox.send(
                Frame.Type.FAILURE,
                id,
                new Out().putInt(index).putBytes(Failures.encode(failure)).toBytes());
    }

    private void reportHeap() {
        var runtime = Runtime.getRuntime();
        try {
            while (true) {
                var heap = new Out()
                        .putLong(runtime.totalMemory() - runtime.freeMemory())
                        .putLong(runtime.maxMemory());
                outbox.send(Frame.Type.HEAP, 0, heap.toBytes());
                Thread.sleep(HEAP_REPORT_MILLIS);
            }
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
        }
    }
}
