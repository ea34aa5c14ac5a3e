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
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
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

    /// A task that has taken as long as this is not alone any more: the owner may want to say something.
    private static final long TURN_NANOS = 1_000_000;

    /// After so many turns without a task the reader rests.
    private static final int TURNS = 5;

    private final WorkerCommand command;
    private final Connection link;
    private final Outbox outbox;
    private final WorkerOutput output;
    private final Progress progress;
    private final LinkedBlockingDeque<Frame> tasks = new LinkedBlockingDeque<>();
    private final Thread runner = Thread.currentThread();
    private volatile WorkerCommand.Mode mode;

    /// Held by the thread that reads what the owner says: the runner while it has nothing to do, else the reader.
    private final ReentrantLock reading = new ReentrantLock();

    private volatile @Nullable Thread reader;

    /// How many tasks the runner has taken up, and whether it is at one.
    private volatile long taken;

    private volatile boolean busy;

    /// Whether the reader waits to be called when the next task begins.
    private volatile boolean resting;

    private final Object turn = new Object();
    private final Set<Long> cancelled = Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > CANCELLED_KEPT;
        }
    });
    private final Answers answers;

    // of the chunk that is run, guarded by turn
    private long running;
    private volatile boolean stopped;
    private int grain;
    private int begun;
    private int limit;
    private boolean failed;

    private WorkerMain(WorkerCommand command, Connection link) throws IOException {
        this.command = command;
        this.mode = command.mode();
        this.link = link;
        this.outbox = new Outbox(link);
        this.output = new WorkerOutput(outbox);
        this.answers = new Answers(outbox);
        this.progress = mode == WorkerCommand.Mode.POOL || mode == WorkerCommand.Mode.SPARE
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
        if (mode == WorkerCommand.Mode.MANAGER) Manager.serve();
        reader = Threads.start("weft-link", this::listen);
        if (mode != WorkerCommand.Mode.SPARE) begin();
        for (var task = next(); task.type() == Frame.Type.RUN; task = next()) {
            run(task);
        }
        flush();
        // a process goes on until its last thread ends, as any Java program does
        if (mode != WorkerCommand.Mode.PROCESS) System.exit(0);
        if (failed) System.exit(TASK_FAILED);
    }

    private void begin() {
        Threads.start("weft-heap", this::reportHeap);
        if (mode == WorkerCommand.Mode.MANAGER)
            outbox.send(
                    Frame.Type.LISTENING,
                    0,
                    new Out().putAddress(Hub.get().address()).toBytes());
    }

    /// A spare worker is now one of a pool, or runs a task and ends, or holds shared objects.
    private void become(In in) {
        Hub.get().rename(in.getString());
        mode = WorkerCommand.Mode.valueOf(in.getString());
        Crowd.join(new Crowd(in.getString(), in.getInt(), in.getInt()));
        if (mode == WorkerCommand.Mode.MANAGER) Manager.serve();
        begin();
    }

    /// Waits for the next task. Mostly this thread reads it itself: one change of threads less.
    @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread only
    private Frame next() {
        busy = false;
        var task = tasks.poll();
        if (task == null && reading.tryLock()) {
            try {
                task = readNext();
            } finally {
                reading.unlock();
            }
        }
        if (task == null) task = awaitNext(); // the reader is at it, or comes soon
        taken++;
        busy = true;
        if (resting) LockSupport.unpark(reader);
        return task;
    }

    private Frame readNext() {
        var task = tasks.poll(); // what the other thread has read comes first
        try {
            while (task == null) {
                var frame = link.readHeedlessly(); // an interrupt is meant for the task that has just ended
                if (!obey(frame)) task = frame;
            }
            return task;
        } catch (IOException ended) {
            throw hungUp();
        }
    }

    private Frame awaitNext() {
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

    /// Reads what the owner says while a task runs that takes its time.
    private void listen() {
        while (true) {
            awaitNeed();
            if (!reading.tryLock()) continue; // the task has just ended
            try {
                boolean idle = false;
                while (!idle) {
                    var frame = link.read();
                    if (obey(frame)) continue;
                    idle = !busy;
                    tasks.add(frame);
                }
            } catch (IOException ended) {
                throw hungUp();
            } finally {
                reading.unlock();
            }
        }
    }

    /// Waits until the same task runs for a while, or the runner waits for what nobody reads.
    private void awaitNeed() {
        int turns = 0;
        long seen = taken;
        while (true) {
            LockSupport.parkNanos(TURN_NANOS);
            long now = taken;
            if (now != seen) {
                turns = 0;
                seen = now;
            } else if (busy || !reading.isLocked()) {
                return;
            } else if (++turns >= TURNS) {
                resting = true;
                if (!busy && taken == seen && reading.isLocked()) LockSupport.park(this);
                resting = false;
                turns = 0;
            }
        }
    }

    /// Does what the owner says, unless it is a task or the end of all tasks.
    private boolean obey(Frame frame) throws IOException {
        switch (frame.type()) {
            case RUN, FINISH -> {
                return false;
            }
            case CANCEL -> cancel(frame.id());
            case RECALL -> giveBack(frame.id());
            case BRING -> Hub.get().bring(frame.in());
            case BECOME -> become(frame.in());
            default -> throw new IOException("unexpected message " + frame.type());
        }
        return true;
    }

    /// A dead owner closes our standard input too, which tidies up and halts; one that lives has let go of us.
    private static IllegalStateException hungUp() {
        try {
            Thread.sleep(HUNG_UP_MILLIS);
        } catch (InterruptedException atOnce) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(OWNER_DIED);
        return new IllegalStateException("halted");
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

    /// Gives back what has not been begun of a chunk; of one that has been begun the second half of that, so that it is
    /// at hand if the others have little to do too.
    private void giveBack(long id) {
        int at = -1;
        synchronized (turn) {
            if (running == id && limit > 0) {
                int left = Math.ceilDiv(limit - begun, grain);
                limit = (int) Math.min(limit, begun + (long) (left / 2) * grain);
                at = limit;
            } else if (tasks.removeIf(frame -> frame.id() == id && frame.type() == Frame.Type.RUN)) {
                at = 0;
            }
        }
        outbox.send(Frame.Type.RECALLED, id, new Out().putInt(at).toBytes());
    }

    private void run(Frame frame) {
        long id = frame.id();
        var in = frame.in();
        var function = in.getString();
        long call = in.getLong();
        int count = in.getInt();
        boolean neverBegun;
        synchronized (turn) {
            neverBegun = cancelled.remove(id);
            running = neverBegun ? 0 : id;
            stopped = false;
            grain = Math.max(1, in.getInt());
            begun = 0;
            limit = 0; // nothing to give back yet
        }
        answers.begin(id, count > grain);
        if (neverBegun) {
            failed = true;
            answers.fail(count, -1, new CancellationException("cancelled"));
            return;
        }
        WorkerOutput.TASK.set(id);
        progress.begins(id);
        Closures.Ready ready = null;
        Parcel.Arrived items = null;
        try {
            ready = Hub.get().function(function, call, command.owner());
            Thread.currentThread().setContextClassLoader(ready.loader());
            items = new Parcel.Arrived(in, count, ready.loader());
        } catch (Throwable thrown) {
            failed = true;
            answers.fail(count, 0, thrown);
        }
        if (ready != null && items != null) {
            progress.starts();
            runAll(ready.function(), items, count);
        }
        synchronized (turn) {
            running = 0;
            Thread.interrupted(); // what was meant for this chunk must not reach the next
        }
        output.flush(id);
        answers.end();
    }

    /// Runs a chunk grain by grain, up to where it was not given back meanwhile.
    private void runAll(Object function, Parcel.Arrived items, int count) {
        synchronized (turn) {
            limit = count;
        }
        for (int from = 0; ; ) {
            int to;
            boolean stop;
            int end;
            synchronized (turn) {
                end = limit;
                stop = stopped;
                to = (int) Math.min(end, (long) from + grain);
                begun = to;
                if (from > 0) Thread.interrupted(); // of the grain before
                if (stop) limit = from;
            }
            if (from >= end) break;
            if (stop) {
                failed = true;
                answers.fail(end - from, 0, new InterruptedException("cancelled"));
                break;
            }
            runGrain(function, items, from, to);
            from = to;
        }
        progress.isAt(count);
    }

    private void runGrain(Object function, Parcel.Arrived items, int from, int to) {
        int index = from;
        var results = new Results(to - from);
        Throwable failure;
        try {
            progress.isAt(from);
            items.open(from, to);
            for (; index < to; index++) {
                if (stopped) throw new InterruptedException("cancelled");
                progress.isAt(index);
                results.add(Batch.run(function, items.get(index)));
            }
            Puts.flushAll();
            output.flush(running);
            results.addTo(answers);
            return;
        } catch (NotSendableException unsendable) {
            boolean ran = index == to;
            failure = ran ? Unsendable.result(unsendable) : unsendable;
            index = ran ? from + Math.max(0, unsendableIndex(results.all())) : index;
        } catch (Throwable thrown) {
            failure = thrown;
            index = index < to ? index : from + Math.max(0, unsendableIndex(results.all()));
        }
        failed = true;
        output.flush(running);
        Failures.trim(failure, Batch.class);
        answers.fail(to - from, index - from, failure);
    }

    /// The results of a grain, as numbers as long as they are numbers of one kind.
    private static final class Results {
        private final int size;
        private @Nullable Object values;
        private int count;

        Results(int size) {
            this.size = size;
        }

        void add(@Nullable Object result) {
            // no pattern switches here: the first use of one takes a fresh worker milliseconds
            if (values == null) {
                if (result instanceof Integer) values = new int[size];
                else if (result instanceof Long) values = new long[size];
                else if (result instanceof Double) values = new double[size];
                else values = new Object[size];
            }
            if (values instanceof int[] ints && result instanceof Integer number) ints[count] = number;
            else if (values instanceof long[] longs && result instanceof Long number) longs[count] = number;
            else if (values instanceof double[] doubles && result instanceof Double number) doubles[count] = number;
            else {
                var all = all();
                all[count] = result;
                values = all;
            }
            count++;
        }

        /// The results as objects.
        @Nullable
        Object[] all() {
            if (values == null) return new Object[0];
            return values instanceof Object[] objects
                    ? objects
                    : Numbers.of(values).toArray();
        }

        void addTo(Answers answers) {
            if (values == null || values instanceof Object[])
                answers.add(Codec.write(Out.referring(), all(), new Trace()), count);
            else answers.add(values, count);
        }
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
