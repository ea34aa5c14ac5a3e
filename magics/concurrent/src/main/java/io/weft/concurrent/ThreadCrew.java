package io.weft.concurrent;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Threads of this JVM behind a pool: a fixed number, or a virtual thread for each chunk.
final class ThreadCrew implements Crew {
    private final Pool.Settings settings;
    private final boolean perTask;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Chunk> waiting = new ArrayDeque<>();
    private final List<Member> members = new ArrayList<>();
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

        Member(Runnable body) {
            thread = settings.workers() == Workers.VIRTUAL
                    ? Thread.ofVirtual().name(settings.name() + "-" + name).unstarted(body)
                    : Thread.ofPlatform()
                            .name(settings.name() + "-" + name)
                            .daemon(true)
                            .unstarted(body);
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

    ThreadCrew(Pool.Settings settings) {
        this.settings = settings;
        this.perTask = settings.workers() == Workers.VIRTUAL && settings.size() == Pool.UNBOUNDED;
        for (int i = 0; !perTask && i < settings.size(); i++) hire(null);
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
        for (var chunk = next(member, only); chunk != null; chunk = next(member, null)) {
            chunk.bound.run();
            lock.lock();
            try {
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
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Chunk next(Member member, @Nullable Chunk only) {
        lock.lock();
        try {
            while (true) {
                var chunk = only != null ? only : take(member.name);
                if (chunk != null) {
                    member.current = chunk;
                    member.since = Instant.now();
                    return chunk;
                }
                if (shutdown) return null;
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
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
            changed.signalAll();
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
            if (perTask) chunks.forEach(this::hire);
            else waiting.addAll(chunks);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
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
            changed.signalAll();
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
            changed.signalAll();
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
                nanos = changed.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
