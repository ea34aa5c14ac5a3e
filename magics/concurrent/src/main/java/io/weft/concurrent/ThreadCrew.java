package io.weft.concurrent;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Threads of this JVM behind a pool: a fixed number, or a virtual thread for each chunk.
final class ThreadCrew implements Crew {
    private static final Duration TO_OBEY = Duration.ofMillis(250);
    /// As long as a thread takes to sleep and to be woken.
    private static final long LOOK_NANOS = 20_000;

    private static final boolean LOOKS = Runtime.getRuntime().availableProcessors() > 1;
    private static final ThreadLocal<@Nullable Member> CURRENT = new ThreadLocal<>();

    private final Pool.Settings settings;
    private final boolean perTask;

    private final ReentrantLock lock = new ReentrantLock();
    /// For threads that wait for a chunk, and for who waits for their end.
    private final Condition work = lock.newCondition();

    private final Condition ended = lock.newCondition();
    private final ArrayDeque<Chunk> waiting = new ArrayDeque<>();
    private final List<Member> members = new ArrayList<>();
    private final Listeners listeners;
    private int size;
    private int named;
    private boolean shutdown;
    private @Nullable RuntimeException broken;

    /// Threads that look for a task before they sleep.
    private int looking;

    private final AtomicLong submissions = new AtomicLong();

    private final class Member {
        final String name = "thread-" + ++named;
        final Thread thread;

        @Nullable
        Chunk current;

        /// When its chunk was begun, if somebody listens: the clock takes longer than the shortest tasks.
        Instant begun = Instant.now();

        private WorkerInfo.State state = WorkerInfo.State.IDLE;
        private Instant since = begun;
        long tasksDone;

        /// Why the chunk that it is at has no results.
        @Nullable
        Throwable failure;

        /// What its task waits for of this very pool.
        List<Load> awaited = List.of();

        @Nullable
        Future<?> alarm;

        /// Its task did not end in time: another thread has taken its place, or none is needed.
        boolean retired;

        Member(Runnable body) {
            thread = settings.workers() == Workers.VIRTUAL
                    ? Thread.ofVirtual().name(settings.name() + "-" + name).unstarted(body)
                    : Thread.ofPlatform()
                            .name(settings.name() + "-" + name)
                            .daemon(true)
                            .unstarted(body);
        }

        void become(WorkerInfo.State next) {
            if (state == next) return;
            state = next;
            since = Instant.now();
        }

        boolean isOf(ThreadCrew crew) {
            return ThreadCrew.this == crew;
        }

        /// Whether its task waits for one that has not ended.
        boolean isStuck() {
            return awaited.stream().anyMatch(load -> !load.outcome.isEnded());
        }

        WorkerInfo info() {
            var runtime = Runtime.getRuntime();
            var chunk = current;
            return new WorkerInfo(
                    name,
                    ProcessHandle.current().pid(),
                    state,
                    chunk == null ? "" : chunk.label(),
                    since,
                    tasksDone,
                    runtime.totalMemory() - runtime.freeMemory(),
                    runtime.maxMemory());
        }
    }

    ThreadCrew(Pool.Settings settings, Listeners listeners) {
        this.settings = settings;
        this.listeners = listeners;
        this.size = settings.size();
        this.perTask = settings.workers() == Workers.VIRTUAL && settings.size() == Pool.UNBOUNDED;
        for (int i = 0; !perTask && i < size; i++) hire(null);
    }

    /// Whether a thread belongs to a pool of threads.
    static boolean isWorker(Thread thread) {
        var member = CURRENT.get();
        return member != null && member.thread == thread;
    }

    /// Starts a thread, for one chunk only if there is one.
    private void hire(@Nullable Chunk only) {
        var holder = new Member[1];
        var member = new Member(() -> work(holder[0], only));
        holder[0] = member;
        members.add(member);
        member.thread.start();
    }

    private void work(Member member, @Nullable Chunk only) {
        try {
            if (settings.initializer() != null) settings.initializer().run();
        } catch (Exception failure) {
            breakDown(failure, only);
        }
        listeners.tell(() -> new PoolEvent.WorkerStarted(
                Instant.now(), member.name, ProcessHandle.current().pid()));
        CURRENT.set(member);
        for (var chunk = next(member, only); chunk != null; chunk = next(member, null)) chunk.load.bound.run();
        lock.lock();
        try {
            members.remove(member);
            boolean letGo = shutdown || member.retired || only != null;
            listeners.tell(() -> new PoolEvent.WorkerEnded(
                    Instant.now(),
                    member.name,
                    ProcessHandle.current().pid(),
                    letGo,
                    OptionalInt.empty(),
                    Optional.empty()));
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Chunk next(Member member, @Nullable Chunk only) {
        boolean mayLook = LOOKS && !perTask;
        lock.lock();
        try {
            if (member.current != null) end(member, member.current);
            while (true) {
                if (member.retired || (perTask && only == null)) return null;
                var chunk = only != null ? only : take(member.name);
                if (chunk != null) {
                    // a submission wakes no more threads than it needs beside those that look: they pass it on
                    if (!waiting.isEmpty()) work.signal();
                    member.current = chunk;
                    begin(member, chunk);
                    return chunk;
                }
                if (shutdown) return null;
                member.become(WorkerInfo.State.IDLE);
                if (mayLook && member.tasksDone > 0) look();
                else work.awaitUninterruptibly();
                mayLook = false;
            }
        } finally {
            lock.unlock();
        }
    }

    /// Looks for a moment whether another task follows, for to sleep and to be woken takes longer than a short task.
    private void look() {
        looking++;
        long seen = submissions.get();
        lock.unlock();
        try {
            long end = System.nanoTime() + LOOK_NANOS;
            while (seen == submissions.get() && System.nanoTime() < end) Thread.onSpinWait();
        } finally {
            lock.lock();
            looking--;
        }
    }

    private void end(Member member, Chunk chunk) {
        listeners.ended(chunk.load, chunk.from(), chunk.to(), member.name, member.begun, member.failure);
        member.failure = null;
        if (member.alarm != null) member.alarm.cancel(false);
        member.alarm = null;
        member.current = null;
        member.tasksDone += chunk.size();
        Thread.interrupted(); // what was meant for this chunk must not reach the next
    }

    private void begin(Member member, Chunk chunk) {
        member.become(WorkerInfo.State.BUSY);
        if (listeners.listen(chunk.load.batch)) {
            member.begun = Instant.now();
            listeners.started(chunk.load, chunk.from(), chunk.to(), member.name, member.begun);
        }
        var limit = chunk.limit();
        if (limit != null) member.alarm = Deadlines.after(limit, () -> late(member, chunk));
    }

    private void late(Member member, Chunk chunk) {
        lock.lock();
        try {
            if (member.current != chunk || chunk.isEnded()) return;
            var failure = chunk.load.batch.late(
                    chunk, member.thread.getName(), ProcessHandle.current().pid(), "another thread takes %s place");
            chunk.load.outcome.fail(chunk.from(), chunk.size(), failure);
            member.thread.interrupt();
            member.alarm = Deadlines.after(TO_OBEY, () -> replace(member, chunk));
        } finally {
            lock.unlock();
        }
    }

    /// A thread cannot be ended from outside: it is left to itself.
    private void replace(Member member, Chunk chunk) {
        lock.lock();
        try {
            if (member.current != chunk) return;
            member.retired = true;
            members.remove(member);
            if (!perTask && (!shutdown || !waiting.isEmpty()) && active() < size) hire(null);
            work.signalAll();
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private int active() {
        int count = 0;
        for (var member : members) if (!member.retired) count++;
        return count;
    }

    @Override
    public int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void resize(int workers) {
        if (perTask)
            throw new UnsupportedOperationException(
                    "the pool '%s' has a virtual thread for each task, so there is no size to change"
                            .formatted(settings.name()));
        lock.lock();
        try {
            if (shutdown) throw new IllegalStateException("the pool '%s' is closed".formatted(settings.name()));
            size = workers;
            while (active() < size) hire(null);
            int surplus = active() - size;
            var leaving = new ArrayList<>(members);
            leaving.removeIf(member -> member.retired);
            leaving.sort(Comparator.comparing(member -> member.current != null));
            for (var member : leaving.subList(0, Math.max(0, surplus))) member.retired = true;
            work.signalAll();
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Runnable waitFor(List<Load> loads) {
        var member = CURRENT.get();
        if (member == null || perTask || !member.isOf(this)) return () -> {};
        lock.lock();
        try {
            if (member.thread != Thread.currentThread()) return () -> {};
            member.awaited = loads;
            if (members.stream().allMatch(Member::isStuck)) {
                member.awaited = List.of();
                throw new IllegalStateException(
                        "%s waits for %s of the same pool '%s', and so does every other of its %d threads: none is left to run it. Call the function directly, give the pool more threads, or use Pool.ofVirtualThreads()."
                                .formatted(
                                        member.current == null ? "a task" : member.current.label(),
                                        loads.getFirst().label(),
                                        settings.name(),
                                        size));
            }
        } finally {
            lock.unlock();
        }
        return () -> {
            lock.lock();
            try {
                member.awaited = List.of();
            } finally {
                lock.unlock();
            }
        };
    }

    private @Nullable Chunk take(String name) {
        for (var each = waiting.iterator(); each.hasNext(); ) {
            var chunk = each.next();
            if (!chunk.load.pinned.isEmpty() && !chunk.load.pinned.equals(name)) continue;
            int items = chunk.load.grainEnd(chunk.from()) - chunk.from();
            if (items < chunk.size()) return chunk.cut(items);
            each.remove();
            return chunk;
        }
        return null;
    }

    private void breakDown(Exception failure, @Nullable Chunk only) {
        lock.lock();
        try {
            var why = new IllegalStateException(
                    "the pool '%s' cannot work: its initializer failed: %s".formatted(settings.name(), failure),
                    failure);
            broken = why;
            shutdown = true;
            if (only != null) only.load.outcome.fail(only.from(), only.size(), why);
            for (var chunk : waiting) chunk.load.outcome.fail(chunk.from(), chunk.size(), why);
            waiting.clear();
            work.signalAll();
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void prepare(List<Load> loads) {
        for (var load : loads) load.bound = Output.ROUTER.bind(ThreadCrew::runCurrent);
    }

    private static void runCurrent() {
        var member = CURRENT.get();
        if (member != null && member.current != null) member.failure = run(member.current);
    }

    /// Runs a chunk.
    ///
    /// @return why it has no results; null if it has
    private static @Nullable Throwable run(Chunk chunk) {
        var load = chunk.load;
        int first = chunk.from();
        var results = new @Nullable Object[chunk.size()];
        int index = 0;
        var worker = Thread.currentThread().getName();
        try {
            for (; index < results.length; index++) {
                if (isOver(chunk)) return load.outcome.failureOf(chunk.from());
                results[index] = Batch.run(load.batch.function, load.items.get(first + index));
            }
            if (isOver(chunk)) return load.outcome.failureOf(chunk.from());
            load.outcome.fill(first, results);
            return null;
        } catch (Throwable thrown) {
            Failures.trim(thrown, Batch.class);
            var failure = load.batch.failed(worker, load.first + first + index, load.items.get(first + index), thrown);
            if (load.outcome.fail(first, results.length, failure)) return failure;
            return load.outcome.failureOf(first);
        }
    }

    /// Whether a chunk that runs was cancelled, or is over its time.
    private static boolean isOver(Chunk chunk) {
        return chunk.load.outcome.hasFailures() && chunk.isEnded();
    }

    @Override
    public void submit(List<Load> loads) {
        lock.lock();
        try {
            if (broken != null) throw broken;
            if (shutdown) throw new RejectedExecutionException("the pool '%s' is closed".formatted(settings.name()));
            for (var load : loads) {
                if (load.size() == 0) continue;
                listeners.submitted(load);
                var chunk = Chunk.whole(load);
                if (!perTask) {
                    waiting.add(chunk);
                    wake(load);
                    continue;
                }
                while (chunk.size() > 0) hire(chunk.cut(load.grainEnd(chunk.from()) - chunk.from()));
            }
        } finally {
            lock.unlock();
        }
    }

    /// Wakes as many threads as there is work for, beside those that look for it.
    private void wake(Load load) {
        int grains = load.grains();
        submissions.incrementAndGet();
        if (grains >= size || !load.pinned.isEmpty()) work.signalAll();
        else for (int i = looking; i < grains; i++) work.signal();
    }

    @Override
    public void cancel(Load load) {
        lock.lock();
        try {
            load.outcome.fail(new CancellationException("the task was cancelled"));
            waiting.removeIf(chunk -> chunk.load == load);
            for (var member : members)
                if (member.current != null && member.current.load == load) member.thread.interrupt();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitReady(Duration limit) {
        return true; // threads start with their first task
    }

    @Override
    public List<WorkerInfo> workers() {
        lock.lock();
        try {
            return members.stream().map(Member::info).toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<String> names() {
        lock.lock();
        try {
            return members.stream()
                    .filter(member -> !member.retired)
                    .map(member -> member.name)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void shutdown() {
        lock.lock();
        try {
            shutdown = true;
            work.signalAll();
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void terminate() {
        lock.lock();
        try {
            shutdown = true;
            for (var chunk : waiting)
                chunk.load.outcome.fail(
                        chunk.from(), chunk.size(), new CancellationException("the pool was terminated"));
            waiting.clear();
            for (var member : members) {
                if (member.current == null) continue;
                var chunk = member.current;
                chunk.load.outcome.fail(
                        chunk.from(), chunk.size(), new CancellationException("the pool was terminated"));
                member.thread.interrupt();
            }
            work.signalAll();
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isShutdown() {
        lock.lock();
        try {
            return shutdown;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        long nanos = limit.toNanos();
        lock.lockInterruptibly();
        try {
            while (!(shutdown && members.isEmpty())) {
                if (nanos <= 0) return false;
                nanos = ended.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
