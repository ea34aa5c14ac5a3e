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
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Threads of this JVM behind a pool: a fixed number, or a virtual thread for each chunk.
final class ThreadCrew implements Crew {
    private static final Duration TO_OBEY = Duration.ofMillis(250);
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

    private final class Member {
        final String name = "thread-" + ++named;
        final Thread thread;

        @Nullable
        Chunk current;

        Instant since = Instant.now();
        long tasksDone;

        /// The chunks of this very pool that its task waits for.
        List<Chunk> awaited = List.of();

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

        boolean isOf(ThreadCrew crew) {
            return ThreadCrew.this == crew;
        }

        /// Whether its task waits for one that has not ended.
        boolean isStuck() {
            return awaited.stream().anyMatch(chunk -> !chunk.results.isDone());
        }

        WorkerInfo info() {
            var runtime = Runtime.getRuntime();
            var chunk = current;
            return new WorkerInfo(
                    name,
                    ProcessHandle.current().pid(),
                    chunk == null ? WorkerInfo.State.IDLE : WorkerInfo.State.BUSY,
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
        for (var chunk = next(member, only); chunk != null; chunk = next(member, null)) {
            CURRENT.set(member);
            chunk.bound.run();
            lock.lock();
            try {
                listeners.ended(chunk, member.name, member.since);
                if (member.alarm != null) member.alarm.cancel(false);
                member.alarm = null;
                member.current = null;
                member.since = Instant.now();
                member.tasksDone += chunk.items.length;
                Thread.interrupted(); // what was meant for this chunk must not reach the next
            } finally {
                lock.unlock();
            }
            if (only != null) break;
        }
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
        lock.lock();
        try {
            while (true) {
                if (member.retired) return null;
                var chunk = only != null ? only : take(member.name);
                if (chunk != null) {
                    member.current = chunk;
                    member.since = Instant.now();
                    begin(member, chunk);
                    return chunk;
                }
                if (shutdown) return null;
                work.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void begin(Member member, Chunk chunk) {
        listeners.started(chunk, member.name, member.since);
        var limit = chunk.limit();
        if (limit != null) member.alarm = Deadlines.after(limit, () -> late(member, chunk));
    }

    private void late(Member member, Chunk chunk) {
        lock.lock();
        try {
            if (member.current != chunk || chunk.results.isDone()) return;
            chunk.fail(chunk.batch.late(
                    chunk,
                    member.thread.getName(),
                    ProcessHandle.current().pid(),
                    "it is interrupted, and another thread takes its place if it does not end."));
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
    public Runnable waitFor(List<Chunk> chunks) {
        var member = CURRENT.get();
        if (member == null || perTask || !member.isOf(this)) return () -> {};
        lock.lock();
        try {
            if (member.thread != Thread.currentThread()) return () -> {};
            member.awaited = chunks;
            if (members.stream().allMatch(Member::isStuck)) {
                member.awaited = List.of();
                throw new IllegalStateException(
                        "%s waits for %s of the same pool '%s', and so does every other of its %d threads: none is left to run it. Call the function directly, give the pool more threads, or use Pool.ofVirtualThreads()."
                                .formatted(
                                        member.current == null ? "a task" : member.current.label(),
                                        chunks.getFirst().label(),
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
            if (!chunk.pinned.isEmpty() && !chunk.pinned.equals(name)) continue;
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
            if (only != null) only.fail(why);
            for (var chunk : waiting) chunk.fail(why);
            waiting.clear();
            work.signalAll();
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void prepare(List<Chunk> chunks) {
        for (var chunk : chunks) chunk.bound = Output.ROUTER.bind(() -> run(chunk));
    }

    private static void run(Chunk chunk) {
        var results = new @Nullable Object[chunk.items.length];
        int index = 0;
        var worker = Thread.currentThread().getName();
        try {
            for (; index < results.length; index++) {
                if (chunk.results.isDone()) return; // cancelled
                results[index] = Batch.run(chunk.batch.function, chunk.items[index]);
            }
            chunk.results.complete(results);
        } catch (Throwable failure) {
            Failures.trim(failure, Batch.class);
            chunk.fail(chunk.batch.failed(worker, chunk.first + index, chunk.items[index], failure));
        }
    }

    @Override
    public void submit(List<Chunk> chunks) {
        lock.lock();
        try {
            if (broken != null) throw broken;
            if (shutdown) throw new RejectedExecutionException("the pool '%s' is closed".formatted(settings.name()));
            chunks.forEach(listeners::submitted);
            if (perTask) chunks.forEach(this::hire);
            else {
                waiting.addAll(chunks);
                wake(chunks);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Wakes as many threads as there is work for.
    private void wake(List<Chunk> chunks) {
        if (chunks.isEmpty()) return;
        if (chunks.size() >= size || !chunks.getLast().pinned.isEmpty()) work.signalAll();
        else for (int i = 0; i < chunks.size(); i++) work.signal();
    }

    @Override
    public void cancel(Chunk chunk) {
        lock.lock();
        try {
            chunk.cancelled("the task was cancelled");
            if (waiting.remove(chunk)) return;
            for (var member : members) if (member.current == chunk) member.thread.interrupt();
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
            for (var chunk : waiting) chunk.fail(new CancellationException("the pool was terminated"));
            waiting.clear();
            for (var member : members) {
                if (member.current == null) continue;
                member.current.cancelled("the pool was terminated");
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
