package io.weft.concurrent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A worker JVM as its owner sees it: the process, the connection to it, and the chunks it has been given.
@SuppressWarnings("FutureReturnValueIgnored") // what is chained to a future does not fail
final class WorkerJvm {
    private static final Set<WorkerJvm> ALIVE = ConcurrentHashMap.newKeySet();
    private static final int DEATHS_KEPT = 100;

    /// How those that this JVM has started ended lately, by pid.
    private static final Latest<Death> DEATHS = new Latest<>(DEATHS_KEPT, DEATHS_KEPT, _ -> 1);
    private static final Duration LAST_WORDS = Duration.ofMillis(500);
    private static final Duration TO_END = Duration.ofSeconds(1);
    private static final Duration TO_BEGIN = Duration.ofMillis(100);
    private static final int SINKS_KEPT = 256;
    private static final int RUN_BYTES = 256;

    /// A function is brought to the worker with its first task if it takes no more than this with its classes; else the
    /// worker asks for what it has not got.
    private static final int BROUGHT_BYTES = 1 << 16;

    private static final int BROUGHT_KEPT = 64;
    private static final int CLASSES_KEPT = 4096;

    /// So long the reader stands aside after somebody else has read.
    private static final long ASIDE_NANOS = 2_000_000;

    /// What the owner wants to know; called on threads of the library.
    interface Owner {
        void connected(WorkerJvm worker);

        /// Items of a chunk have ended, and their outcome knows.
        void answered(WorkerJvm worker, Chunk chunk, Answer answer);

        /// A worker that was asked for what it has not begun of a chunk has given some back.
        ///
        /// @param rest what it will not run; null if it could not tell, and may be asked again
        default void gaveBack(WorkerJvm worker, Chunk chunk, @Nullable Chunk rest) {}

        /// The process has ended; what it had not finished is to be taken with [WorkerJvm#takeUnfinished].
        void ended(WorkerJvm worker, Death death);

        default void listening(WorkerJvm worker, Address address) {}
    }

    /// What a worker has told of items of a chunk.
    ///
    /// @param from the first of them, counted within the load
    /// @param to the item after the last of them
    /// @param nanos how long they took
    /// @param failure why they have no results; null if they have
    record Answer(int from, int to, long nanos, @Nullable Throwable failure) {}

    /// What it is called, whose it is, and where what it prints goes: these change once, when a spare worker is taken.
    private volatile String name;

    private volatile Owner owner;
    private volatile OutputSink sink;
    private final Process process;
    private final String heapLimit;
    private final java.nio.file.Path directory;
    private final String token;
    private final LastLines lastLines = new LastLines();
    private final BegunLines begunLines = new BegunLines();
    private final Thread pipe;
    private final CompletableFuture<Void> linkEnded = new CompletableFuture<>();
    private final AtomicBoolean connected = new AtomicBoolean();

    /// Completed when an owner that took it as a spare worker has heard that it is there.
    private volatile CompletableFuture<?> told = CompletableFuture.completedFuture(null);

    private volatile @Nullable Outbox outbox;

    /// Held by the thread that reads what the worker says: one of the library, or for a moment one that waits for a
    /// result.
    private final ReentrantLock reading = new ReentrantLock();

    private volatile @Nullable Connection link;
    private volatile @Nullable Thread reader;

    /// What another thread has read for the reader. Guarded by reading.
    private @Nullable Frame leftOver;

    /// Whether the reader leaves it to those who wait for results. Written with the lock of inFlight; a call that is
    /// missed costs a moment, as the reader looks by itself.
    private volatile boolean aside;

    /// How often others have read.
    private volatile long visits;

    private final Map<Long, Chunk> inFlight = new LinkedHashMap<>();
    private final Map<Long, OutputSink> sinks = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, OutputSink> eldest) {
            return size() > SINKS_KEPT;
        }
    };
    private final LinkedHashSet<String> brought = new LinkedHashSet<>();
    private final Set<String> broughtClasses = new HashSet<>();
    private WorkerInfo.State state = WorkerInfo.State.STARTING;
    private Instant since = Instant.now();
    private long tasksDone;
    private volatile Progress.@Nullable Mark mark;
    private volatile boolean dismissed;
    private volatile long heapUsed;
    private volatile long heapMax;

    private WorkerJvm(
            String name,
            String token,
            String heapLimit,
            java.nio.file.Path directory,
            Process process,
            OutputSink sink,
            Owner owner) {
        this.name = name;
        this.token = token;
        this.heapLimit = heapLimit;
        this.directory = directory;
        this.process = process;
        this.sink = sink;
        this.owner = owner;
        ALIVE.add(this);
        this.pipe = Threads.start("weft-pipe-" + name, this::readPipe);
    }

    /// Starts a worker; the owner hears when it is there, or that it could not start.
    ///
    /// @throws IllegalStateException if the process cannot be started at all
    static WorkerJvm start(String name, String heap, WorkerCommand.Mode mode, OutputSink sink, Owner owner) {
        return start(name, heap, List.of(), mode, Crowd.here(), sink, owner);
    }

    /// Starts a worker with further options of the JVM.
    static WorkerJvm start(
            String name,
            String heap,
            List<String> options,
            WorkerCommand.Mode mode,
            Crowd crowd,
            OutputSink sink,
            Owner owner) {
        var command = WorkerCommand.line(heap, options);
        var spare = Spare.take(command);
        Spare.prepare();
        if (spare != null && spare.become(name, mode, crowd, sink, owner)) return spare;
        return start(name, command, mode, crowd, sink, owner);
    }

    /// Starts a worker that nobody needs yet, to be one that somebody needs with [#become].
    static WorkerJvm startSpare(List<String> command, Owner owner) {
        return start("spare", command, WorkerCommand.Mode.SPARE, Crowd.here(), _ -> {}, owner);
    }

    private static WorkerJvm start(
            String name, List<String> command, WorkerCommand.Mode mode, Crowd crowd, OutputSink sink, Owner owner) {
        var hub = Hub.get();
        var token = name + "/" + UUID.randomUUID();
        var address = hub.address();
        var directory = hub.directoryForWorker();
        var connection = hub.expect(token);
        Process process;
        try {
            process = WorkerCommand.start(command);
        } catch (IOException failure) {
            hub.forget(token);
            throw new IllegalStateException("cannot start a worker JVM: " + failure.getMessage(), failure);
        }
        var worker = new WorkerJvm(name, token, WorkerCommand.heapOf(command), directory, process, sink, owner);
        connection.thenAccept(link -> Threads.start("weft-link-" + name, () -> worker.listen(link)));
        Threads.start("weft-end-" + name, worker::awaitEnd);
        try {
            new WorkerCommand(hub.secret(), directory, hub.ownDirectory(), address, name, token, mode, crowd)
                    .tell(process.getOutputStream());
        } catch (IOException died) {
            // its exit is reported like any other
        }
        return worker;
    }

    /// Makes a spare worker the one that is needed; its new owner hears of it as of one that has just connected.
    ///
    /// @return false if it has ended
    private boolean become(String newName, WorkerCommand.Mode mode, Crowd crowd, OutputSink newSink, Owner newOwner) {
        var nowTold = new CompletableFuture<Void>();
        synchronized (inFlight) {
            if (state == WorkerInfo.State.ENDED) return false;
            told = nowTold;
            name = newName;
            sink = newSink;
            owner = newOwner;
            tasksDone = 0;
            since = Instant.now();
        }
        send(
                Frame.Type.BECOME,
                0,
                new Out()
                        .putString(newName)
                        .putString(mode.name())
                        .putString(crowd.pools())
                        .putInt(crowd.workers())
                        .putInt(crowd.depth()));
        Threads.run("weft-link-" + newName, () -> {
            try {
                newOwner.connected(this);
            } finally {
                nowTold.complete(null);
            }
        });
        return true;
    }

    static boolean anyIsStarting() {
        for (var worker : ALIVE) if (worker.isStarting()) return true;
        return false;
    }

    boolean isStarting() {
        synchronized (inFlight) {
            return state == WorkerInfo.State.STARTING;
        }
    }

    String name() {
        return name;
    }

    static void killAll() {
        ALIVE.forEach(WorkerJvm::kill);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    Process process() {
        return process;
    }

    /// Asks the process to end by SIGTERM. Its standard input stays open, which `Process.destroy` would close: a worker
    /// takes that for the death of its owner, and clears the session away.
    void terminate() {
        process.toHandle().destroy();
    }

    void kill() {
        process.destroyForcibly();
    }

    /// Ends it as its user asks.
    void dismiss() {
        dismissed = true;
        kill();
    }

    /// How a process that this JVM has started has ended, if it has, or is about to.
    static Optional<Death> deathOf(long pid) {
        for (var worker : ALIVE) {
            if (worker.pid() != pid) continue;
            try {
                if (worker.process.waitFor(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS))
                    return Optional.of(worker.death());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return Optional.ofNullable(DEATHS.get(Long.toString(pid)));
    }

    /// Lets the worker end after what it has been given, but does not wait for ever.
    void finish(Duration limit) {
        send(Frame.Type.FINISH, 0, Frame.NOTHING);
        Threads.run("weft-finish", () -> {
            try {
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) kill();
            } catch (InterruptedException impossible) {
                kill();
            }
        });
    }

    void finish() {
        send(Frame.Type.FINISH, 0, Frame.NOTHING);
    }

    void run(Chunk chunk) {
        var load = chunk.load;
        var closure = java.util.Objects.requireNonNull(load.closure);
        synchronized (inFlight) {
            inFlight.put(chunk.id, chunk);
            sinks.put(chunk.id, load.batch.sink);
            become(WorkerInfo.State.BUSY);
        }
        if (!load.attended) callReader();
        Hub.get().offer(closure);
        bring(closure);
        var body = new Out(RUN_BYTES)
                .putString(closure.id())
                .putLong(load.batch.call)
                .putInt(chunk.size())
                .putInt(load.grain);
        java.util.Objects.requireNonNull(load.parcel).write(body, chunk.from(), chunk.to());
        send(Frame.Type.RUN, chunk.id, body);
    }

    /// Sends a function that the worker has not been sent lately, so that it need not ask for it.
    private void bring(Closure closure) {
        var hub = Hub.get();
        if (!hub.isHere(closure.root().home())) return;
        var names = new ArrayList<String>();
        synchronized (brought) {
            if (!brought.add(closure.id())) return;
            if (brought.size() > BROUGHT_KEPT) brought.removeFirst();
            if (closure.content().length > BROUGHT_BYTES) return;
            if (broughtClasses.size() > CLASSES_KEPT) broughtClasses.clear();
            int loader = closure.root().loader();
            for (var name : closure.classes()) if (broughtClasses.add(loader + "/" + name)) names.add(name);
        }
        var body = new Out().putBytes(closure.toBytes()).putInt(names.size());
        for (var name : names) {
            body.putString(name).putBytes(hub.classBytes(closure.root().loader(), name));
            if (body.size() > BROUGHT_BYTES) return;
        }
        send(Frame.Type.BRING, 0, body);
    }

    void cancel(Chunk chunk) {
        send(Frame.Type.CANCEL, chunk.id, Frame.NOTHING);
    }

    /// Asks for what it has not begun of a chunk, or for a half of that if it has begun the chunk.
    void recall(Chunk chunk) {
        synchronized (inFlight) {
            chunk.asked = true;
        }
        send(Frame.Type.RECALL, chunk.id, Frame.NOTHING);
    }

    /// Whether it may have been given more than it has begun.
    boolean hasMore() {
        synchronized (inFlight) {
            var head = head();
            return inFlight.size() > 1 || (head != null && head.notBegun(true) > 0);
        }
    }

    /// The chunks of which it has not begun all, and which anybody may run; those that it was asked for are left out.
    List<Chunk> notBegun() {
        synchronized (inFlight) {
            var spare = new ArrayList<Chunk>();
            boolean isHead = true;
            for (var chunk : inFlight.values()) {
                if (!chunk.asked && !chunk.begun && chunk.load.pinned.isEmpty() && chunk.notBegun(isHead) > 0)
                    spare.add(chunk);
                isHead = false;
            }
            return spare;
        }
    }

    List<Chunk> chunksOf(Load load) {
        synchronized (inFlight) {
            var chunks = new ArrayList<Chunk>();
            for (var chunk : inFlight.values()) if (chunk.load == load) chunks.add(chunk);
            return chunks;
        }
    }

    int inFlight() {
        synchronized (inFlight) {
            return inFlight.size();
        }
    }

    /// The chunk that the worker is at, as far as it has told: it takes them in order.
    @Nullable
    Chunk head() {
        synchronized (inFlight) {
            return inFlight.isEmpty() ? null : inFlight.values().iterator().next();
        }
    }

    /// Whether the worker is at work on this chunk, and has not ended it, or begun the next, without having told yet.
    boolean isAt(Chunk chunk) {
        if (head() != chunk) return false;
        var now = Progress.read(Progress.of(directory));
        return now == null || (now.chunk() == chunk.id && now.item() < chunk.size());
    }

    /// How much of its time the chunk has left, as the worker has noted its start.
    Duration timeLeft(Chunk chunk, Duration limit) {
        var now = Progress.read(Progress.of(directory));
        if (now == null) return Duration.ZERO;
        if (now.chunk() != chunk.id || now.started() == 0) return TO_BEGIN;
        var left = limit.minusMillis(System.currentTimeMillis() - now.started());
        return left.compareTo(limit) > 0 ? limit : left; // the clock may have been set back
    }

    /// How far the worker was when it ended; null if it is not known.
    Progress.@Nullable Mark mark() {
        return mark;
    }

    WorkerInfo info() {
        synchronized (inFlight) {
            var oldest = head();
            return new WorkerInfo(
                    name, pid(), state, oldest == null ? "" : oldest.label(), since, tasksDone, heapUsed, heapMax);
        }
    }

    long tasksDone() {
        synchronized (inFlight) {
            return tasksDone;
        }
    }

    List<String> lastLines() {
        return lastLines.toList();
    }

    private void send(Frame.Type type, long id, byte[] body) {
        send(type, id, Out.of(body));
    }

    private void send(Frame.Type type, long id, Out body) {
        var box = outbox;
        if (box != null) box.send(type, id, body);
    }

    private void become(WorkerInfo.State next) {
        if (state == next || state == WorkerInfo.State.ENDED) return;
        state = next;
        since = Instant.now();
    }

    private void readPipe() {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) print(0, true, line);
        } catch (IOException ended) {
            // the process is gone
        }
    }

    private void print(long task, boolean error, String text) {
        lastLines.add(text);
        OutputSink to;
        synchronized (inFlight) {
            var known = sinks.get(task);
            if (known == null && !inFlight.isEmpty())
                known = inFlight.values().iterator().next().load.batch.sink;
            to = known == null ? sink : known;
        }
        try {
            to.line(new OutputLine(name, pid(), error, text));
        } catch (RuntimeException broken) {
            // a sink that fails loses the line, not the worker
        }
    }

    private void listen(Connection link) {
        try {
            outbox = new Outbox(link);
        } catch (IOException failure) {
            kill();
            return;
        }
        this.link = link;
        reader = Thread.currentThread();
        connected.set(true);
        synchronized (inFlight) {
            become(WorkerInfo.State.IDLE);
        }
        owner.connected(this);
        try {
            while (true) {
                read(link);
                awaitNeed();
            }
        } catch (IOException ended) {
            // the end of the process says why
        } finally {
            linkEnded.complete(null);
            var box = outbox;
            if (box != null) box.close();
            link.close();
            endSoon();
        }
    }

    private void read(Connection from) throws IOException {
        reading.lock();
        try {
            do {
                var frame = leftOver == null ? from.read() : leftOver;
                leftOver = null;
                receive(frame);
            } while (!aside);
        } finally {
            reading.unlock();
        }
    }

    /// Waits until nobody has read for a moment, or somebody calls.
    private void awaitNeed() {
        while (aside) {
            long before = visits;
            LockSupport.parkNanos(ASIDE_NANOS);
            synchronized (inFlight) {
                if (visits == before) aside = false;
            }
        }
    }

    /// Has the reader read, if it stands aside.
    void callReader() {
        if (!aside) return;
        synchronized (inFlight) {
            aside = false;
        }
        LockSupport.unpark(reader);
    }

    /// Reads, in a thread that waits for these results, as long as they are the next that the worker sends, and come
    /// soon: two changes of threads less. All else is left to the reader.
    @SuppressWarnings("NonAtomicVolatileUpdate") // with the lock
    void attend(Load load, long end) {
        var from = link;
        if (!aside || from == null || !reading.tryLock()) return;
        boolean more = true;
        boolean isLeft = false;
        try {
            visits++;
            while (leftOver == null
                    && !load.outcome.isDecided()
                    && !chunksOf(load).isEmpty()) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                var frame = left > 0 ? from.readShort(left) : null;
                if (frame == null) break;
                if (isOf(load, frame)) receive(frame);
                else leftOver = frame;
            }
            isLeft = leftOver != null;
            more = false;
        } catch (IOException ended) {
            // the reader finds it out
        } finally {
            if (more) from.close();
            reading.unlock();
            if (more || isLeft || inFlight() > 0) callReader();
        }
    }

    private boolean isOf(Load load, Frame frame) {
        if (frame.type() != Frame.Type.RESULTS && frame.type() != Frame.Type.FAILURE) return false;
        synchronized (inFlight) {
            var chunk = inFlight.get(frame.id());
            return chunk != null && chunk.load == load;
        }
    }

    /// A worker that has hung up is about to end; if not, it is of no more use.
    private void endSoon() {
        try {
            if (!process.waitFor(TO_END.toMillis(), TimeUnit.MILLISECONDS)) kill();
        } catch (InterruptedException impossible) {
            kill();
        }
    }

    private void receive(Frame frame) {
        var in = frame.in();
        switch (frame.type()) {
            case LINE -> {
                var source = new WorkerOutput.Source(frame.id(), in.getByte() == 1);
                begunLines.end(source);
                print(source.task(), source.error(), in.getString());
            }
            case BEGUN -> begunLines.add(new WorkerOutput.Source(frame.id(), in.getByte() == 1), in.getBytes());
            case HEAP -> {
                heapUsed = in.getLong();
                heapMax = in.getLong();
            }
            case LISTENING -> owner.listening(this, in.getAddress());
            case RESULTS, FAILURE, RECALLED -> {
                Chunk chunk;
                synchronized (inFlight) {
                    chunk = inFlight.get(frame.id());
                }
                if (chunk == null) return;
                if (frame.type() == Frame.Type.RECALLED) giveBack(chunk, in.getInt());
                else answer(chunk, frame.type(), in);
            }
            default -> kill();
        }
    }

    private void giveBack(Chunk chunk, int item) {
        Chunk rest = null;
        synchronized (inFlight) {
            chunk.asked = false;
            if (item >= 0) {
                int at = Math.clamp(chunk.from() + (long) item, chunk.answered(), chunk.to());
                chunk.begun = at == chunk.to();
                rest = chunk.giveBack(at);
                if (chunk.isFinished()) remove(chunk);
            }
        }
        owner.gaveBack(this, chunk, rest);
    }

    private void remove(Chunk chunk) {
        inFlight.remove(chunk.id);
        if (inFlight.isEmpty()) become(WorkerInfo.State.IDLE);
    }

    private void answer(Chunk chunk, Frame.Type type, In in) {
        int from = chunk.from() + in.getInt();
        int to = from + in.getInt();
        if (from < chunk.answered() || to > chunk.load.size()) {
            kill(); // not one of our workers
            return;
        }
        long nanos = type == Frame.Type.RESULTS ? in.getLong() : 0;
        var failure = type == Frame.Type.RESULTS ? fill(chunk.load, from, to, in) : fail(chunk.load, from, to, in);
        synchronized (inFlight) {
            chunk.answered(to);
            tasksDone += to - from;
            if (chunk.isFinished()) remove(chunk);
            if (chunk.load.isShort && inFlight.isEmpty()) aside = true; // who waited is likely to call again
        }
        owner.answered(this, chunk, new Answer(from, to, nanos, failure));
    }

    private static ClassLoader loaderFor(Load load) {
        var known = Hub.get()
                .loaderAtHome(java.util.Objects.requireNonNull(load.closure).root());
        return known == null ? Hub.get().arrivals() : known;
    }

    /// Adds results to their outcome.
    ///
    /// @return why it did not take them; null if it did
    private @Nullable Throwable fill(Load load, int from, int to, In in) {
        if (load.outcome.isEnded(from, to - from)) return load.outcome.failureOf(from);
        int form = in.getByte();
        if (form != Parcel.GRAINS) {
            try {
                load.outcome.fill(from, to - from, form, in);
                return null;
            } catch (RuntimeException broken) {
                return unreadable(load, from, to, broken);
            }
        }
        Throwable failure = null;
        var loader = loaderFor(load);
        for (int at = from; at < to; ) {
            int end = Math.min(to, load.grainEnd(at));
            int length = in.getLength(1);
            int next = in.position() + length;
            try {
                load.outcome.fill(at, Codec.array(Codec.read(in, loader)));
                if (!load.outcome.isEnded(at, end - at)) throw new IllegalStateException("results are missing");
            } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError broken) {
                failure = unreadable(load, at, end, broken);
            }
            in.position(next);
            at = end;
        }
        return failure;
    }

    private Throwable fail(Load load, int from, int to, In in) {
        int index = in.getInt();
        try {
            var cause = Failures.decode(in.getBytes(), loaderFor(load));
            var item = index >= 0 && from + index < to ? load.items.get(from + index) : null;
            var failure = load.batch.failed(name, load.first + from + Math.max(0, index), item, cause);
            if (load.outcome.fail(from, to - from, failure)) return failure;
            var earlier = load.outcome.failureOf(from);
            return earlier == null ? failure : earlier;
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError broken) {
            return unreadable(load, from, to, broken);
        }
    }

    private Throwable unreadable(Load load, int from, int to, Throwable broken) {
        var cause =
                new IllegalStateException("the task has run, but its result cannot be read here: " + broken, broken);
        var failure = load.batch.failed(name, load.first + from, null, cause);
        load.outcome.fail(from, to - from, failure);
        return failure;
    }

    /// Not by [Process#onExit], which tells on the common pool: a user may keep that busy for ever.
    private void awaitEnd() {
        while (true) {
            try {
                process.waitFor();
                break;
            } catch (InterruptedException notForUs) {
                // nobody else waits for it
            }
        }
        ended();
    }

    private void ended() {
        Hub.get().forget(token);
        join(pipe);
        if (connected.get()) {
            try {
                linkEnded.get(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
            } catch (Exception enough) {
                // what has not arrived by now does not arrive
            }
        }
        begunLines.take().forEach((source, text) -> print(source.task(), source.error(), text));
        try {
            told.get(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS); // an end is told after the beginning
        } catch (Exception enough) {
            // its owner is busy, and will find it dead
        }
        SessionDirectory.delete(directory);
        mark = Progress.read(Progress.of(directory));
        Progress.delete(Progress.of(directory));
        LockFile.delete(directory);
        synchronized (inFlight) {
            become(WorkerInfo.State.ENDED);
        }
        var death = death();
        DEATHS.put(Long.toString(pid()), death);
        ALIVE.remove(this);
        owner.ended(this, death);
    }

    /// The chunks that the worker had when it ended, in the order in which it got them; for its owner, once it gives
    /// it no more.
    List<Chunk> takeUnfinished() {
        synchronized (inFlight) {
            var unfinished = new ArrayList<>(inFlight.values());
            inFlight.clear();
            return unfinished;
        }
    }

    Death death() {
        int code = process.isAlive() ? -1 : process.exitValue();
        return new Death(name, pid(), code, heapLimit, dismissed, lastLines());
    }

    private static void join(Thread pipe) {
        try {
            pipe.join(LAST_WORDS);
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
        }
    }
}
