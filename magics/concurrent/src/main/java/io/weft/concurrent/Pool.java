package io.weft.concurrent;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A fixed number of workers that run tasks: worker JVMs, or threads of this JVM.
///
/// A pool is open from its creation until [#close] or [#shutdown], after which it takes no more tasks.
/// `close` waits for the tasks, as in any [ExecutorService]; Python's `with Pool()` ends them instead, which is
/// [#terminate] here. Threads share the objects of this JVM; for isolation, to use more memory, or to survive a
/// crash, use worker JVMs. A worker JVM that dies fails the task it ran with [WorkerDiedException] and is
/// replaced; the other tasks go on.
///
/// ```java
/// try (var pool = Pool.of(5)) {
///     pool.map(n -> n * n, range(10));   // [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]
/// }
/// ```
///
/// **What a worker JVM sees.** The function, what it captures, the static fields that are not final and that its code
/// reads, and the items travel by value, as they are when the pool is called; classes follow by themselves. Every call
/// starts with these values. What a task changes in them, later tasks of the same call may find in the same worker, and
/// nobody else does; only static fields that are final keep theirs, and a [WorkerLocal]. What is the same as in the
/// call before does not travel again; the worker makes what can be changed anew from the bytes that it got, in some 4
/// ms for 25 MB of numbers, or for 10,000 entries of a `TreeMap`. Shared objects ([SharedQueue], [SharedLock], those of
/// a [Manager]) travel as references.
///
/// **Memory effects.** Actions in a thread before it submits a task *happen-before* the task runs, and the
/// actions of the task *happen-before* its result is seen. Two tasks of one `map` are not ordered.
///
/// **As an executor.** `CompletableFuture.supplyAsync(f, pool)` and an
/// [java.util.concurrent.ExecutorCompletionService] run their functions at the workers too; for worker JVMs these
/// must be serialisable, as every lambda of a notebook is.
///
/// **Threads.** All methods may be called from any thread. A pool does not travel to a worker JVM. A task of a pool
/// of threads may call that pool; if all its threads would come to wait for such tasks, the last one gets an
/// [IllegalStateException] instead.
@SuppressWarnings({
    "FutureReturnValueIgnored", // failures reach the user through the future that is returned
    "ReferenceEquality" // views of a pool have the very same workers
})
public final class Pool extends AbstractExecutorService {
    static final int UNBOUNDED = Integer.MAX_VALUE;
    private static final Set<Pool> OPEN = ConcurrentHashMap.newKeySet();
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final Duration FOR_EVER = Duration.ofDays(36_500);
    private static final int CHUNKS_PER_WORKER = 4;

    /// The thread that waits for so few items may read what brings their results.
    private static final int ATTENDED = 64;

    private static final Set<String> EXECUTOR_VERBS = Set.of("submit", "invokeAny", "supplyAsync");

    private final Settings settings;
    private final Crew crew;
    private final Listeners listeners;
    private final Limits limits;

    /// The futures that users hold and that have not completed.
    private final Set<CompletableFuture<?>> toCome;

    /// What a pool is made of.
    record Settings(
            String name,
            int size,
            Workers workers,
            String heap,
            List<String> jvmOptions,
            @Nullable Work initializer,
            int maxTasksPerChild) {}

    private Pool(Settings settings, Limits limits) {
        this.settings = settings;
        this.limits = limits;
        this.listeners = new Listeners();
        this.toCome = ConcurrentHashMap.newKeySet();
        this.crew = settings.workers() == Workers.JVM
                ? new JvmCrew(settings, listeners)
                : new ThreadCrew(settings, listeners);
        OPEN.add(this);
    }

    private Pool(Pool same, Limits limits) {
        this.settings = same.settings;
        this.crew = same.crew;
        this.listeners = same.listeners;
        this.toCome = same.toCome;
        this.limits = limits;
    }

    /// This very pool, for tasks that may run so long, counted from when a worker takes them up. One that is over its
    /// time fails with a [TimeoutException] as the cause of the [TaskFailedException]. It is interrupted, and if it
    /// does not end, its worker JVM is killed and replaced; a thread can't be killed, so that another one takes its
    /// place.
    ///
    /// ```java
    /// pool.withTimeout(Duration.ofSeconds(2)).map(url -> fetch(url), urls)
    /// ```
    ///
    /// Without a `chunksize`, items are sent one by one then, and each has its own time. With one, so many items
    /// share the sum of their times: with a timeout of 2 s and a `chunksize` of 4, one of four may take 7 s if
    /// the others are quick. When the 8 s are over, all four fail, also those that have ended.
    public Pool withTimeout(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        return new Pool(this, limits.timeout(timeout));
    }

    /// This very pool, for tasks that may be run again, so often, if their worker dies: they must bear to be run
    /// twice. Tasks that were sent together are run again together. What a task throws is not tried again.
    public Pool withRetries(int retries) {
        return new Pool(this, limits.retries(retries));
    }

    /// A pool of worker JVMs, as many as this JVM has processors.
    public static Pool of() {
        return builder().build();
    }

    /// A pool of worker JVMs. Returns at once; the workers start meanwhile.
    public static Pool of(int workers) {
        return builder().size(workers).build();
    }

    /// A pool of platform threads of this JVM.
    public static Pool ofThreads(int threads) {
        return builder().workers(Workers.THREADS).size(threads).build();
    }

    /// A pool that runs every task in a new virtual thread.
    public static Pool ofVirtualThreads() {
        return builder().workers(Workers.VIRTUAL).build();
    }

    /// A pool that runs at most so many tasks at once, in virtual threads.
    public static Pool ofVirtualThreads(int threads) {
        return builder().workers(Workers.VIRTUAL).size(threads).build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /// Sees to it that a worker JVM waits that the next pool, process or manager can use at once, instead of
    /// starting one. Returns at once.
    ///
    /// It need not be called: such a spare worker is there from a moment after the first pool, process or
    /// manager of this JVM on, and another one a moment after it was taken. It is not counted among anybody's
    /// workers, takes 20 to 40 MB, and is let go when nobody has asked for workers for half an hour. Pools whose
    /// workers have a heap or options of their own do not use it. The environment variable `WEFT_SPARE=off`,
    /// or the system property `weft.spare`, does without.
    ///
    /// @param pause how long it leaves the processors to others before it is started
    public static void warmUp(Duration pause) {
        Objects.requireNonNull(pause, "pause");
        Spare.prepare(pause);
    }

    /// The pools of this JVM that still have workers.
    public static List<Pool> open() {
        OPEN.removeIf(Pool::isTerminated);
        return List.copyOf(OPEN);
    }

    /// Says what a pool should be.
    public static final class Builder {
        private static final Pattern HEAP = Pattern.compile("\\d+[kmgKMG]?");

        private String name = "";
        private int size;
        private Workers workers = Workers.JVM;
        private String heap = "";
        private List<String> jvmOptions = List.of();
        private @Nullable Work initializer;
        private int maxTasksPerChild;
        private Limits limits = Limits.NONE;

        private Builder() {}

        /// The name for messages and tables.
        public Builder name(String value) {
            name = Objects.requireNonNull(value, "value");
            return this;
        }

        /// How many workers; without it, as many as there are processors (in a worker JVM its share of them), or
        /// virtual threads without limit.
        public Builder size(int value) {
            if (value < 1) throw new IllegalArgumentException("a pool needs at least 1 worker, not " + value);
            size = value;
            return this;
        }

        public Builder workers(Workers value) {
            workers = Objects.requireNonNull(value, "value");
            return this;
        }

        /// The most heap that each worker JVM may use, such as `256m` or `2g`.
        public Builder heap(String value) {
            Objects.requireNonNull(value, "value");
            heap = checkHeap(value);
            return this;
        }

        /// Further options of each worker JVM, such as `-Dkey=value` or `-Xss4m`.
        public Builder jvmOptions(String... values) {
            Objects.requireNonNull(values, "values");
            jvmOptions = List.of(values);
            return this;
        }

        /// How long each task may run, as [Pool#withTimeout] says.
        public Builder taskTimeout(Duration value) {
            Objects.requireNonNull(value, "value");
            limits = limits.timeout(value);
            return this;
        }

        /// How often a task is run again whose worker died, as [Pool#withRetries] says; without it, never.
        public Builder retries(int value) {
            limits = limits.retries(value);
            return this;
        }

        /// Runs once in each worker before its first task, also in one that replaces another: for what belongs
        /// to the whole JVM, such as system properties. It does not see the variables of later calls; what
        /// tasks are to find again is kept in a [WorkerLocal].
        public Builder initializer(Work value) {
            Objects.requireNonNull(value, "value");
            initializer = value;
            return this;
        }

        /// After so many tasks a worker JVM is replaced by a fresh one.
        public Builder maxTasksPerChild(int value) {
            if (value < 1) throw new IllegalArgumentException("maxTasksPerChild must be at least 1, not " + value);
            maxTasksPerChild = value;
            return this;
        }

        /// Opens the pool.
        ///
        /// @throws IllegalArgumentException if the parts do not fit together
        /// @throws NotSendableException if the initializer cannot travel to a worker JVM
        /// @throws IllegalStateException in a worker JVM, if such a pool in each of its like would make far
        ///     more
        ///     JVMs than there are processors
        public Pool build() {
            if (workers != Workers.JVM && !heap.isEmpty())
                throw new IllegalArgumentException("heap is for worker JVMs; threads share the heap of this JVM");
            if (workers != Workers.JVM && maxTasksPerChild > 0)
                throw new IllegalArgumentException("maxTasksPerChild is for worker JVMs; threads need no replacement");
            if (workers != Workers.JVM && !jvmOptions.isEmpty())
                throw new IllegalArgumentException("jvmOptions are for worker JVMs; threads run in this JVM");
            int count = size > 0
                    ? size
                    : switch (workers) {
                        case JVM -> Crowd.share();
                        case THREADS -> Runtime.getRuntime().availableProcessors();
                        case VIRTUAL -> UNBOUNDED;
                    };
            var named = name.isEmpty() ? "pool-" + NAMES.incrementAndGet() : name;
            return new Pool(
                    new Settings(named, count, workers, heap, jvmOptions, initializer, maxTasksPerChild), limits);
        }

        static String checkHeap(String value) {
            if (!HEAP.matcher(value).matches())
                throw new IllegalArgumentException(
                        "heap '%s' is not a size; write a number and k, m or g, such as 256m".formatted(value));
            if (value.matches("\\d{1,6}"))
                throw new IllegalArgumentException(
                        "heap '%s' is that many bytes, too few for a JVM; write %sm for megabytes"
                                .formatted(value, value));
            return value;
        }
    }

    // ---- Python's verbs

    /// Runs `task` on every item and waits for all results.
    ///
    /// @param items read once, in encounter order, before the first task starts
    /// @return one result per item, in the order of `items`; unmodifiable
    /// @throws TaskFailedException if a task throws; reports the first failure in encounter order, and the
    ///     tasks
    ///     that are left are cancelled
    /// @throws NotSendableException if the task or an item cannot travel; then nothing is run
    /// @throws InterruptedException if interrupted while waiting; the tasks are interrupted too
    public <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            Task<? super T, ? extends R> task, Iterable<? extends T> items) throws InterruptedException {
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(items, "items");
        return await(split(new Batch(task, "map", limits), items, 0));
    }

    /// Like [#map(Task, Iterable)], with so many items sent together.
    public <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            Task<? super T, ? extends R> task, Iterable<? extends T> items, int chunksize) throws InterruptedException {
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(items, "items");
        return await(split(new Batch(task, "map", limits), items, checkChunksize(chunksize)));
    }

    /// Runs `task` on every pair and waits for all results, as [#map(Task, Iterable)] does.
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> List<R> starmap(
            Task2<? super A, ? super B, ? extends R> task, Iterable<Pair<A, B>> pairs) throws InterruptedException {
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(pairs, "pairs");
        return await(split(new Batch(task, "starmap", limits), pairs, 0));
    }

    /// Runs `task` on the items while the results are read, in the order of the items. Items are read only a
    /// little ahead, so they may be endless. The task has the values that its variables had when the call began.
    ///
    /// @return an iterator; `next` waits, and throws [TaskFailedException] for an item whose task threw, or
    ///     [CancellationException] (with the interrupt kept) when interrupted
    public <T extends @Nullable Object, R extends @Nullable Object> ResultIterator<R> imap(
            Task<? super T, ? extends R> task, Iterable<? extends T> items) {
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(items, "items");
        return imap(task, items, 1);
    }

    /// Like [#imap(Task, Iterable)], with so many items sent together.
    public <T extends @Nullable Object, R extends @Nullable Object> ResultIterator<R> imap(
            Task<? super T, ? extends R> task, Iterable<? extends T> items, int chunksize) {
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(items, "items");
        return new Results<>(new Batch(task, "imap", limits), items.iterator(), checkChunksize(chunksize), true);
    }

    /// Like [#imap(Task, Iterable)], but results come in the order in which they are ready.
    public <T extends @Nullable Object, R extends @Nullable Object> ResultIterator<R> imapUnordered(
            Task<? super T, ? extends R> task, Iterable<? extends T> items) {
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(items, "items");
        return imapUnordered(task, items, 1);
    }

    /// Like [#imapUnordered(Task, Iterable)], with so many items sent together.
    public <T extends @Nullable Object, R extends @Nullable Object> ResultIterator<R> imapUnordered(
            Task<? super T, ? extends R> task, Iterable<? extends T> items, int chunksize) {
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(items, "items");
        return new Results<>(
                new Batch(task, "imapUnordered", limits), items.iterator(), checkChunksize(chunksize), false);
    }

    /// Runs `action` on every item and waits for all, as [#map(Task, Iterable)] does for tasks with results.
    public <T extends @Nullable Object> void forEach(Each<? super T> action, Iterable<? extends T> items)
            throws InterruptedException {
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(items, "items");
        await(split(new Batch(action, "forEach", limits), items, 0));
    }

    /// Like [#forEach(Each, Iterable)], with so many items sent together.
    public <T extends @Nullable Object> void forEach(Each<? super T> action, Iterable<? extends T> items, int chunksize)
            throws InterruptedException {
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(items, "items");
        await(split(new Batch(action, "forEach", limits), items, checkChunksize(chunksize)));
    }

    /// Items for stages that the workers run, such as `pool.stream(items).map(f).filter(g).toList()`. Nothing runs
    /// before the last call.
    public <T extends @Nullable Object> PoolStream<T> stream(Iterable<? extends T> items) {
        Objects.requireNonNull(items, "items");
        return PoolStream.of(this, items);
    }

    <R extends @Nullable Object> ResultIterator<R> results(
            Task<?, ? extends R> task, Iterator<?> items, int chunksize, boolean ordered) {
        return new Results<>(new Batch(task, "stream", limits), items, chunksize, ordered);
    }

    /// Runs one task and waits for its result.
    ///
    /// @throws TaskFailedException if the task throws
    /// @throws InterruptedException if interrupted while waiting; the task is interrupted too
    public <R extends @Nullable Object> R apply(Call<? extends R> call) throws InterruptedException {
        Objects.requireNonNull(call, "call");
        return this.<R>await(one(new Batch(call, "apply", limits), null, "")).getFirst();
    }

    /// Runs one task on one item and waits for its result.
    public <T extends @Nullable Object, R extends @Nullable Object> R apply(Task<? super T, ? extends R> task, T item)
            throws InterruptedException {
        Objects.requireNonNull(task, "task");
        return this.<R>await(one(new Batch(task, "apply", limits), item, "")).getFirst();
    }

    /// Runs one task without a result and waits for it.
    public void apply(Work work) throws InterruptedException {
        Objects.requireNonNull(work, "work");
        await(one(new Batch(work, "apply", limits), null, ""));
    }

    /// Runs one task without a result.
    public CompletableFuture<@Nullable Void> applyAsync(Work work) {
        Objects.requireNonNull(work, "work");
        return start(new Batch(work, "applyAsync", limits), null);
    }

    /// Runs one task, and hands its result to `callback` or what it threw to `errorCallback`, on a thread of the
    /// library, before the future completes. A callback should be quick; what it throws is shown, no more.
    public <R extends @Nullable Object> CompletableFuture<R> applyAsync(
            Call<? extends R> call, Consumer<? super R> callback, Consumer<? super Throwable> errorCallback) {
        Objects.requireNonNull(call, "call");
        Objects.requireNonNull(callback, "callback");
        Objects.requireNonNull(errorCallback, "errorCallback");
        return start(new Batch(call, "applyAsync", limits), null, new Callbacks<>(callback, errorCallback));
    }

    /// Like [#applyAsync(Call, Consumer, Consumer)], for a task with an item.
    public <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<R> applyAsync(
            Task<? super T, ? extends R> task,
            T item,
            Consumer<? super R> callback,
            Consumer<? super Throwable> errorCallback) {
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(callback, "callback");
        Objects.requireNonNull(errorCallback, "errorCallback");
        return start(new Batch(task, "applyAsync", limits), item, new Callbacks<>(callback, errorCallback));
    }

    /// Like [#mapAsync(Task, Iterable)], and hands all results to `callback`, or the first failure to
    /// `errorCallback`, as [#applyAsync(Call, Consumer, Consumer)] does.
    public <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> mapAsync(
            Task<? super T, ? extends R> task,
            Iterable<? extends T> items,
            Consumer<? super List<R>> callback,
            Consumer<? super Throwable> errorCallback) {
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(items, "items");
        Objects.requireNonNull(callback, "callback");
        Objects.requireNonNull(errorCallback, "errorCallback");
        return startAll(split(new Batch(task, "mapAsync", limits), items, 0), new Callbacks<>(callback, errorCallback));
    }

    /// Like [#starmap], without waiting.
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
            CompletableFuture<List<R>> starmapAsync(
                    Task2<? super A, ? super B, ? extends R> task, Iterable<Pair<A, B>> pairs) {
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(pairs, "pairs");
        return startAll(split(new Batch(task, "starmapAsync", limits), pairs, 0));
    }

    /// Runs one task; its result is to come.
    public <R extends @Nullable Object> CompletableFuture<R> applyAsync(Call<? extends R> call) {
        Objects.requireNonNull(call, "call");
        return start(new Batch(call, "applyAsync", limits), null);
    }

    /// Runs one task on one item; its result is to come.
    public <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<R> applyAsync(
            Task<? super T, ? extends R> task, T item) {
        Objects.requireNonNull(task, "task");
        return start(new Batch(task, "applyAsync", limits), item);
    }

    /// Like [#map(Task, Iterable)], without waiting.
    public <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> mapAsync(
            Task<? super T, ? extends R> task, Iterable<? extends T> items) {
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(items, "items");
        return startAll(split(new Batch(task, "mapAsync", limits), items, 0));
    }

    /// Like [#mapAsync(Task, Iterable)], with so many items sent together.
    public <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> mapAsync(
            Task<? super T, ? extends R> task, Iterable<? extends T> items, int chunksize) {
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(items, "items");
        return startAll(split(new Batch(task, "mapAsync", limits), items, checkChunksize(chunksize)));
    }

    /// Runs a task once on every worker.
    ///
    /// @return the results by the names of the workers
    public <R extends @Nullable Object> Map<String, R> onEach(Call<? extends R> call) throws InterruptedException {
        Objects.requireNonNull(call, "call");
        return onEach(call, crew.names());
    }

    /// Runs a task once on each of these workers.
    ///
    /// @throws IllegalArgumentException if there is no worker of such a name
    public <R extends @Nullable Object> Map<String, R> onEach(Call<? extends R> call, Collection<String> names)
            throws InterruptedException {
        Objects.requireNonNull(call, "call");
        Objects.requireNonNull(names, "names");
        requireWorkers(names);
        var batch = new Batch(call, "onEach", limits);
        var loads = new ArrayList<Load>();
        for (var name : names) loads.add(new Load(batch, loads.size(), Collections.singletonList(null), 1, name));
        List<R> results = await(loads);
        var byName = new LinkedHashMap<String, R>();
        for (int i = 0; i < results.size(); i++) byName.put(loads.get(i).pinned, results.get(i));
        return byName;
    }

    /// Starts a task once on each of these workers, which run it beside one another.
    ///
    /// @return the results to come by the names of the workers, in the order of the names
    /// @throws IllegalArgumentException if there is no worker of such a name
    public <R extends @Nullable Object> Map<String, CompletableFuture<R>> onEachAsync(
            Call<? extends R> call, Collection<String> names) {
        Objects.requireNonNull(call, "call");
        Objects.requireNonNull(names, "names");
        requireWorkers(names);
        var batch = new Batch(call, "onEach", limits);
        var futures = new LinkedHashMap<String, CompletableFuture<R>>();
        for (var name : names) futures.computeIfAbsent(name, _ -> startOne(one(batch, null, name)));
        return Collections.unmodifiableMap(futures);
    }

    private void requireWorkers(Collection<String> names) {
        var known = crew.names();
        for (var name : names)
            if (!known.contains(name))
                throw new IllegalArgumentException(
                        "the pool '%s' has no worker '%s'; it has %s".formatted(name(), name, known));
    }

    private static int checkChunksize(int chunksize) {
        if (chunksize < 1) throw new IllegalArgumentException("chunksize must be at least 1, not " + chunksize);
        return chunksize;
    }

    private static Load one(Batch batch, @Nullable Object item, String worker) {
        return new Load(batch, 0, Collections.singletonList(item), 1, worker);
    }

    /// How many of so many items are sent together if nobody says.
    int chunksize(int items) {
        if (limits.timeout() != null) return 1; // each has its own time
        long workers = Math.max(1, Math.min(size(), items));
        long size = Math.max(1, (items + CHUNKS_PER_WORKER * workers - 1) / (CHUNKS_PER_WORKER * workers));
        if (settings.maxTasksPerChild() > 0) size = Math.min(size, settings.maxTasksPerChild());
        return (int) size;
    }

    private Load split(Batch batch, Iterable<?> items, int chunksize) {
        var all = snapshot(items);
        batch.watched(this);
        return new Load(batch, 0, all, chunksize > 0 ? chunksize : chunksize(all.size()), "");
    }

    /// The items as they are now, read once and in their order.
    private static List<?> snapshot(Iterable<?> items) {
        if (items instanceof Range
                || items instanceof Numbers.Ints
                || items instanceof Numbers.Longs
                || items instanceof Numbers.Doubles) return (List<?>) items; // never change
        if (items.getClass() == ArrayList.class) return Arrays.asList(((ArrayList<?>) items).toArray());
        var all = new ArrayList<@Nullable Object>();
        for (var item : items) all.add(item);
        return all;
    }

    private <R extends @Nullable Object> List<R> await(Load load) throws InterruptedException {
        // a virtual thread would keep its carrier while it reads
        load.isShort = load.size() <= ATTENDED && !Thread.currentThread().isVirtual();
        load.attended = load.isShort;
        return await(List.of(load));
    }

    @SuppressWarnings("unchecked")
    private <R extends @Nullable Object> List<R> await(List<Load> loads) throws InterruptedException {
        crew.prepare(loads);
        crew.submit(loads);
        boolean complete = false;
        Runnable waited = () -> {};
        try {
            waited = crew.waitFor(loads);
            if (!loads.isEmpty() && loads.getFirst().isShort) crew.attend(loads.getFirst());
            for (var load : loads) {
                load.outcome.await();
                var failure = load.outcome.failure();
                if (failure != null) throw Outcome.asThrown(failure);
            }
            complete = true;
        } finally {
            waited.run();
            if (!complete) cancel(loads);
            if (!loads.isEmpty()) loads.getFirst().batch.end();
        }
        if (loads.size() == 1) return (List<R>) loads.getFirst().outcome.list();
        var results = new ArrayList<@Nullable Object>();
        for (var load : loads) results.addAll(load.outcome.list());
        return (List<R>) Collections.unmodifiableList(results);
    }

    private void cancel(List<Load> loads) {
        // the last first, so that no worker takes up another one
        for (var load : loads.reversed()) if (!load.outcome.isEnded()) crew.cancel(load);
    }

    /// What is to be called with the result.
    private static final class Callbacks<R extends @Nullable Object> {
        private final Consumer<? super R> callback;
        private final Consumer<? super Throwable> errorCallback;

        Callbacks(Consumer<? super R> callback, Consumer<? super Throwable> errorCallback) {
            this.callback = Objects.requireNonNull(callback);
            this.errorCallback = Objects.requireNonNull(errorCallback);
        }

        /// Lets what the callbacks print appear where the pool was called.
        void bindTo(TaskFuture<R> result, TaskFuture<R> shown) {
            var outcome = new AtomicReference<Runnable>(() -> {});
            var sink = Output.ROUTER.sink();
            var bound = Output.ROUTER.bind(() -> outcome.get().run());
            result.whenComplete((value, failure) -> {
                outcome.set(() -> {
                    if (failure == null) callback.accept(value);
                    else errorCallback.accept(failure);
                });
                try {
                    bound.run();
                } catch (RuntimeException | Error broken) {
                    Failures.show(sink, "a callback of the pool has failed", broken);
                }
                if (failure == null) shown.complete(value);
                else shown.completeExceptionally(failure);
            });
        }
    }

    private <R extends @Nullable Object> TaskFuture<R> start(
            Batch batch, @Nullable Object item, Callbacks<R> callbacks) {
        var load = one(batch, item, "");
        var shown = new TaskFuture<R>(waiting(load));
        TaskFuture<R> result = startOne(load, future -> callbacks.bindTo(future, shown));
        return shown.stoppedBy(() -> result.cancel(true));
    }

    private <R extends @Nullable Object> TaskFuture<R> start(Batch batch, @Nullable Object item) {
        return startOne(one(batch, item, ""));
    }

    private <R extends @Nullable Object> TaskFuture<R> startOne(Load load) {
        return startOne(load, _ -> {});
    }

    /// To be called before a wait: a task of this pool may be the one that waits.
    private TaskFuture.Waiting waiting(Load load) {
        return () -> crew.waitFor(List.of(load));
    }

    @SuppressWarnings("unchecked")
    private <R extends @Nullable Object> TaskFuture<R> startOne(Load load, Consumer<TaskFuture<R>> beforeItStarts) {
        return start(load, results -> (R) results.getFirst(), beforeItStarts);
    }

    private <R extends @Nullable Object> TaskFuture<R> start(
            Load load, Function<List<?>, R> result, Consumer<TaskFuture<R>> beforeItStarts) {
        var future = new TaskFuture<R>(waiting(load)).stoppedBy(() -> cancel(List.of(load)));
        crew.prepare(List.of(load));
        beforeItStarts.accept(future);
        track(future);
        if (load.batch.isWatched()) future.whenComplete((_, _) -> load.batch.end());
        load.outcome.whenEnded(() -> {
            var failure = load.outcome.failure();
            if (failure != null) future.fail(asExpected(failure, load.batch));
            else future.deliver(result.apply(load.outcome.list()));
        });
        try {
            crew.submit(List.of(load));
        } catch (RuntimeException refused) {
            load.outcome.fail(refused);
            throw refused;
        }
        return future;
    }

    /// Whoever uses the pool as an [ExecutorService] expects the task's own exception as the cause of the
    /// [ExecutionException]; Python's verbs tell of the worker and the item too.
    private static Throwable asExpected(Throwable failure, Batch batch) {
        Throwable own = failure.getClass() == TaskFailedException.class ? failure.getCause() : null;
        return own != null && EXECUTOR_VERBS.contains(batch.verb) ? own : failure;
    }

    private <R extends @Nullable Object> TaskFuture<List<R>> startAll(Load load, Callbacks<List<R>> callbacks) {
        var shown = new TaskFuture<List<R>>(waiting(load));
        TaskFuture<List<R>> result = start(load, Pool::all, future -> callbacks.bindTo(future, shown));
        return shown.stoppedBy(() -> result.cancel(true));
    }

    private <R extends @Nullable Object> TaskFuture<List<R>> startAll(Load load) {
        return start(load, Pool::all, _ -> {});
    }

    @SuppressWarnings("unchecked")
    private static <R extends @Nullable Object> List<R> all(List<?> results) {
        return (List<R>) results;
    }

    @SuppressWarnings("UndefinedEquals") // this very future
    private void track(CompletableFuture<?> future) {
        toCome.add(future);
        future.whenComplete((_, _) -> toCome.remove(future));
    }

    /// Waits until the workers have ended and every future has completed.
    private boolean awaitEnd(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        if (!crew.awaitEnd(limit)) return false;
        for (var future : toCome) {
            try {
                future.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException | CancellationException ended) {
                // ended is all that is asked
            } catch (TimeoutException late) {
                return false;
            }
        }
        return true;
    }

    /// Results of `imap` and of streams: keeps a few chunks under way, and no more.
    private final class Results<R extends @Nullable Object> implements ResultIterator<R> {
        private final Batch batch;
        private final Iterator<?> items;
        private final int chunksize;
        private final boolean ordered;
        private final int ahead = 2 * Math.min(size(), 64) + 2;
        private final ArrayDeque<Load> underWay = new ArrayDeque<>();
        private final LinkedBlockingQueue<Load> done = new LinkedBlockingQueue<>();
        private @Nullable Closure closure;
        private List<?> ready = List.of();
        private int position;
        private int next;
        private boolean closed;

        Results(Batch batch, Iterator<?> items, int chunksize, boolean ordered) {
            this.batch = batch.watched(Pool.this);
            this.items = items;
            this.chunksize = chunksize;
            this.ordered = ordered;
            while (underWay.size() < ahead && sendNext()) {
                // as many as may be under way
            }
        }

        /// Reads the items of a chunk and gives them to the pool; false if there are no more.
        private boolean sendNext() {
            if (closed || !items.hasNext()) return false;
            var part = new ArrayList<@Nullable Object>();
            while (part.size() < chunksize && items.hasNext()) part.add(items.next());
            var load = new Load(batch, next, part, Math.max(1, part.size()), "");
            load.closure = closure; // with the values that its variables had when the call began
            crew.prepare(List.of(load));
            closure = load.closure;
            crew.submit(List.of(load));
            next += part.size();
            underWay.add(load);
            if (!ordered) load.outcome.whenEnded(() -> done.add(load));
            return true;
        }

        @Override
        public boolean hasNext() {
            boolean more = position < ready.size() || !underWay.isEmpty() || (!closed && items.hasNext());
            if (!more) batch.end();
            return more;
        }

        @Override
        @SuppressWarnings({"unchecked", "NullAway"}) // R may be a type with null
        public R next() {
            while (position == ready.size()) advance();
            return (R) ready.get(position++);
        }

        private void advance() {
            if (!hasNext()) throw new NoSuchElementException();
            if (underWay.isEmpty()) sendNext();
            var load = ordered ? underWay.getFirst() : done.poll();
            Runnable waited = () -> {};
            try {
                if (load == null || !load.outcome.isDecided()) {
                    waited = crew.waitFor(List.copyOf(underWay));
                    if (load == null) load = done.take();
                    load.outcome.await();
                }
                var failure = load.outcome.failure();
                underWay.remove(load);
                position = 0;
                ready = failure == null ? load.outcome.list() : List.of();
                sendNext();
                if (failure != null) throw Outcome.asThrown(failure);
            } catch (InterruptedException interrupted) {
                close();
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted while waiting for a result of " + batch.verb);
            } finally {
                waited.run();
            }
        }

        @Override
        public void close() {
            closed = true;
            batch.end();
            cancel(List.copyOf(underWay));
            underWay.clear();
            ready = List.of();
            position = 0;
        }
    }

    // ---- ExecutorService

    @Override
    public <R extends @Nullable Object> Future<R> submit(Callable<R> task) {
        Objects.requireNonNull(task, "task");
        return start(new Batch(task, "submit", limits), null);
    }

    /// Like [#submit(Callable)]; a lambda is taken as this one, so that it can travel.
    public <R extends @Nullable Object> Future<R> submit(Call<R> task) {
        Objects.requireNonNull(task, "task");
        return start(new Batch(task, "submit", limits), null);
    }

    @Override
    public Future<?> submit(Runnable task) {
        Objects.requireNonNull(task, "task");
        return start(new Batch(task, "submit", limits), null);
    }

    /// Like [#submit(Runnable)]; a lambda is taken as this one, so that it can travel.
    public Future<?> submit(Action task) {
        Objects.requireNonNull(task, "task");
        return start(new Batch(task, "submit", limits), null);
    }

    @Override
    public <R extends @Nullable Object> Future<R> submit(Runnable task, R result) {
        Objects.requireNonNull(task, "task");
        return submitFor(task, result);
    }

    /// Like [#submit(Runnable, Object)]; a lambda is taken as this one, so that it can travel.
    public <R extends @Nullable Object> Future<R> submit(Action task, R result) {
        Objects.requireNonNull(task, "task");
        return submitFor(task, result);
    }

    private <R extends @Nullable Object> Future<R> submitFor(Runnable task, R result) {
        var load = one(new Batch(task, "submit", limits), null, "");
        var future = new TaskFuture<R>(waiting(load)).stoppedBy(() -> cancel(List.of(load)));
        TaskFuture<@Nullable Object> done = startOne(load);
        done.whenComplete((_, failure) -> {
            if (failure != null) future.completeExceptionally(failure);
            else future.complete(result);
        });
        return future;
    }

    /// Runs a task whose result nobody waits for; if it fails, the output says so.
    @Override
    public void execute(Runnable task) {
        Objects.requireNonNull(task, "task");
        run(task);
    }

    /// Like [#execute(Runnable)]; a lambda is taken as this one, so that it can travel.
    public void execute(Action task) {
        Objects.requireNonNull(task, "task");
        run(task);
    }

    /// A future of a task that has not been given to a worker yet, for an
    /// [java.util.concurrent.ExecutorCompletionService].
    @Override
    protected <R extends @Nullable Object> RunnableFuture<R> newTaskFor(Callable<R> task) {
        return settings.workers() == Workers.JVM ? CompletionService.futureOf(task) : super.newTaskFor(task);
    }

    @Override
    protected <R extends @Nullable Object> RunnableFuture<R> newTaskFor(Runnable task, R value) {
        if (settings.workers() != Workers.JVM) return super.newTaskFor(task, value);
        return CompletionService.futureOf((Call<R>) () -> {
            task.run();
            return value;
        });
    }

    private <R extends @Nullable Object> void submitFor(CompletionService.Submitted<R> future, Runnable whenDone) {
        TaskFuture<R> result = start(new Batch(future.task, "submit", limits), null);
        future.stoppedBy(() -> result.cancel(true));
        result.whenComplete((value, failure) -> {
            if (failure == null) future.complete(value);
            else future.completeExceptionally(failure);
            whenDone.run();
        });
    }

    /// A step of a [CompletableFuture], whose function is the task.
    private void complete(FutureStep step) {
        TaskFuture<@Nullable Object> result = start(new Batch(step, "supplyAsync", limits), null);
        var shown = step.result();
        result.whenComplete((value, failure) -> {
            if (failure == null) shown.complete(value);
            else shown.completeExceptionally(failure);
        });
        shown.whenComplete((_, _) -> result.cancel(true));
    }

    private void run(Runnable task) {
        if (settings.workers() == Workers.JVM) {
            var submitted = CompletionService.takeFor(task);
            if (submitted != null) {
                submitFor(submitted, task);
                return;
            }
            if (FutureStep.is(task)) {
                complete(FutureStep.of(task));
                return;
            }
        }
        var batch = new Batch(task, "execute", limits);
        TaskFuture<@Nullable Object> done = start(batch, null);
        done.whenComplete((_, failure) -> {
            if (failure == null || failure instanceof CancellationException) return;
            batch.sink.line(
                    new OutputLine(name(), ProcessHandle.current().pid(), true, String.valueOf(failure.getMessage())));
        });
    }

    @Override
    public <R extends @Nullable Object> List<Future<R>> invokeAll(Collection<? extends Callable<R>> tasks)
            throws InterruptedException {
        Objects.requireNonNull(tasks, "tasks");
        return invokeAll(tasks, FOR_EVER.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public <R extends @Nullable Object> List<Future<R>> invokeAll(
            Collection<? extends Callable<R>> tasks, long timeout, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(tasks, "tasks");
        Objects.requireNonNull(unit, "unit");
        long end = System.nanoTime() + unit.toNanos(timeout);
        var futures = new ArrayList<Future<R>>();
        boolean complete = false;
        try {
            for (var task : tasks) futures.add(submit(task));
            complete = true;
            for (var future : futures) {
                try {
                    future.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (ExecutionException | CancellationException ended) {
                    // the future tells
                } catch (TimeoutException late) {
                    complete = false;
                }
            }
        } catch (InterruptedException interrupted) {
            complete = false;
            throw interrupted;
        } finally {
            if (!complete) futures.forEach(future -> future.cancel(true));
        }
        return futures;
    }

    @Override
    public <R extends @Nullable Object> R invokeAny(Collection<? extends Callable<R>> tasks)
            throws InterruptedException, ExecutionException {
        Objects.requireNonNull(tasks, "tasks");
        try {
            return invokeAny(tasks, FOR_EVER.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException impossible) {
            throw new ExecutionException(impossible);
        }
    }

    @Override
    public <R extends @Nullable Object> R invokeAny(
            Collection<? extends Callable<R>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        Objects.requireNonNull(tasks, "tasks");
        Objects.requireNonNull(unit, "unit");
        if (tasks.isEmpty()) throw new IllegalArgumentException("invokeAny needs at least one task");
        long end = System.nanoTime() + unit.toNanos(timeout);
        var done = new LinkedBlockingQueue<CompletableFuture<R>>();
        var futures = new ArrayList<CompletableFuture<R>>();
        try {
            for (var task : tasks) {
                TaskFuture<R> future = start(new Batch(task, "invokeAny", limits), null);
                futures.add(future);
                future.whenComplete((_, _) -> done.add(future));
            }
            ExecutionException last = null;
            for (int i = 0; i < futures.size(); i++) {
                var first = done.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (first == null) throw new TimeoutException("no task has ended in time");
                try {
                    return first.get();
                } catch (ExecutionException failure) {
                    last = failure;
                }
            }
            throw Objects.requireNonNull(last);
        } finally {
            futures.forEach(future -> future.cancel(true));
        }
    }

    /// Takes no more tasks; those that it has go on.
    @Override
    public void shutdown() {
        crew.shutdown();
    }

    /// Like [#terminate].
    ///
    /// @return an empty list: a task that was meant for a worker cannot be run elsewhere; its future is
    ///     cancelled
    @Override
    public List<Runnable> shutdownNow() {
        terminate();
        return List.of();
    }

    /// Ends the workers at once; futures of tasks that have not ended are cancelled.
    public void terminate() {
        crew.terminate();
    }

    /// Waits for the workers to end, after [#shutdown] or [#terminate].
    ///
    /// @throws IllegalStateException if the pool is still open
    public void join() throws InterruptedException {
        if (!crew.isShutdown())
            throw new IllegalStateException(
                    "the pool '%s' is open: call close(), shutdown() or terminate() first".formatted(name()));
        awaitEnd(FOR_EVER);
        OPEN.removeIf(pool -> pool.crew == crew);
    }

    /// Takes no more tasks and waits for those that it has; if interrupted, it ends them.
    @Override
    public void close() {
        crew.shutdown();
        boolean interrupted = false;
        while (true) {
            try {
                awaitEnd(FOR_EVER);
                break;
            } catch (InterruptedException stop) {
                interrupted = true;
                crew.terminate();
            }
        }
        OPEN.removeIf(pool -> pool.crew == crew);
        if (interrupted) Thread.currentThread().interrupt();
    }

    @Override
    public boolean isShutdown() {
        return crew.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        try {
            // the interrupt of the caller is not ours to use up
            boolean interrupted = Thread.interrupted();
            boolean ended = awaitEnd(Duration.ZERO);
            if (interrupted) Thread.currentThread().interrupt();
            return ended;
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
        return awaitEnd(Duration.ofNanos(unit.toNanos(timeout)));
    }

    // ---- what it is

    public String name() {
        return settings.name();
    }

    /// How many tasks can run at once.
    public int size() {
        return crew.size();
    }

    /// Changes how many tasks can run at once: starts workers, or lets some go when they have done what they have
    /// been given.
    ///
    /// @throws IllegalStateException if the pool is closed
    /// @throws UnsupportedOperationException if every task has a virtual thread of its own
    public void resize(int workers) {
        if (workers < 1) throw new IllegalArgumentException("a pool needs at least 1 worker, not " + workers);
        crew.resize(workers);
    }

    /// Tells `listener` what happens in the pool from now on. Nothing is noted while nobody listens.
    public void addListener(PoolListener listener) {
        Objects.requireNonNull(listener, "listener");
        listeners.add(listener);
    }

    public void removeListener(PoolListener listener) {
        Objects.requireNonNull(listener, "listener");
        listeners.remove(listener);
    }

    public Workers kind() {
        return settings.workers();
    }

    /// Waits until a worker can take a task. A pool need not be asked: tasks wait by themselves. It tells early
    /// that its workers cannot start or that their initializer fails.
    ///
    /// @return false if the time is over first
    /// @throws IllegalStateException if the workers cannot start, with the JVM's own words
    public boolean awaitReady(Duration limit) throws InterruptedException {
        Objects.requireNonNull(limit, "limit");
        return crew.awaitReady(limit);
    }

    /// What each worker is doing now.
    public List<WorkerInfo> workers() {
        return crew.workers();
    }

    @Override
    public String toString() {
        var count = size() == UNBOUNDED ? "" : size() + " ";
        var what = switch (settings.workers()) {
            case JVM -> size() == 1 ? "worker JVM" : "worker JVMs";
            case THREADS -> "threads";
            case VIRTUAL -> size() == UNBOUNDED ? "a virtual thread per task" : "virtual threads";
        };
        return "Pool[" + name() + ": " + count + what + (isShutdown() ? ", closed]" : "]");
    }
}
