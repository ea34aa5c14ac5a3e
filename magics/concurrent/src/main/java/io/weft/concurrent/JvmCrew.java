package io.weft.concurrent;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Worker JVMs behind a pool. Each is given a few chunks ahead while chunks are short, so that it need not
/// wait for the next; one that dies is replaced, and what it had not begun goes to the others.
@SuppressWarnings("FutureReturnValueIgnored") // what is chained to a future does not fail
final class JvmCrew implements Crew, WorkerJvm.Owner {
    private static final int STARTS_IN_A_ROW = 3;
    private static final int IDLE_DEATHS_IN_A_ROW = 10;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration TO_OBEY = Duration.ofMillis(250);
    private static final Duration TO_FINISH = Duration.ofSeconds(1);
    private static final int ATTEMPTS = 8;
    private static final int CHECKS = 100;
    private static final long SHORT_NANOS = 500_000;
    private static final long MIDDLE_NANOS = 20_000_000;
    private static final int AHEAD_IF_SHORT = 64;
    private static final int AHEAD_IF_MIDDLE = 4;

    private final Pool.Settings settings;
    private final OutputSink sink;
    private final @Nullable Batch initializer;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Chunk> waiting = new ArrayDeque<>();
    private final List<Member> members = new ArrayList<>();
    private final Listeners listeners;
    private Crowd crowd;
    private int size;
    private int named;
    private int failedStarts;
    private int idleDeaths;
    private boolean shutdown;
    private boolean terminated;
    private @Nullable RuntimeException broken;

    /// A worker, and what the crew knows of it.
    private static final class Member {
        @Nullable
        WorkerJvm jvm;

        boolean ready;
        boolean retired;
        long given;
        long lastNanos = System.nanoTime();
        double chunkNanos = MIDDLE_NANOS;

        /// The chunk that it is at, since when, and what ends it when its time is over.
        @Nullable
        Chunk current;

        Instant currentSince = Instant.now();

        @Nullable
        Future<?> alarm;

        boolean is(WorkerJvm other) {
            return jvm == other;
        }
    }

    JvmCrew(Pool.Settings settings, Listeners listeners) {
        this.settings = settings;
        this.listeners = listeners;
        this.size = settings.size();
        this.crowd = Crowd.of(settings.name(), size);
        this.sink = Output.ROUTER.sink();
        this.initializer = settings.initializer() == null ? null : new Batch(settings.initializer(), "the initializer");
        if (initializer != null) initializerChunk(initializer); // cannot travel? then say so now
        lock.lock();
        try {
            for (int i = 0; i < size; i++) hire();
        } catch (RuntimeException failure) {
            terminate();
            throw failure;
        } finally {
            lock.unlock();
        }
    }

    private void hire() {
        var member = new Member();
        members.add(member);
        member.jvm = WorkerJvm.start(
                "worker-" + ++named,
                settings.heap(),
                settings.jvmOptions(),
                WorkerCommand.Mode.POOL,
                crowd,
                sink,
                this);
    }

    private Chunk initializerChunk(Batch batch) {
        var chunk = new Chunk(batch, 0, new @Nullable Object[] {null}, "");
        prepare(List.of(chunk));
        return chunk;
    }

    @Override
    public void prepare(List<Chunk> chunks) {
        if (chunks.isEmpty()) return;
        var trace = new Trace();
        var items = new ArrayList<Out>(chunks.size());
        for (var chunk : chunks) items.add(Codec.write(chunk.batch.out(), chunk.items, trace));
        var function = chunks.getFirst().batch.function;
        var closure = Closure.pack(function, trace.classes);
        for (int i = 0; i < chunks.size(); i++) chunks.get(i).parcel = new Chunk.Parcel(closure, items.get(i));
    }

    @Override
    public void submit(List<Chunk> chunks) {
        lock.lock();
        try {
            if (broken != null) throw broken;
            if (shutdown) throw new RejectedExecutionException("the pool '%s' is closed".formatted(settings.name()));
            waiting.addAll(chunks);
            chunks.forEach(listeners::submitted);
            dispatch();
        } finally {
            lock.unlock();
        }
    }

    private void dispatch() {
        for (var each = waiting.iterator(); each.hasNext(); ) {
            var chunk = each.next();
            var member = chunk.pinned.isEmpty() ? freest() : byName(chunk.pinned);
            if (member == null) {
                if (chunk.pinned.isEmpty()) return;
                continue;
            }
            each.remove();
            give(member, chunk);
        }
    }

    private void give(Member member, Chunk chunk) {
        if (member.jvm == null) return;
        if (member.jvm.inFlight() == 0) member.lastNanos = System.nanoTime();
        member.given += chunk.items.length;
        if (settings.maxTasksPerChild() > 0 && member.given >= settings.maxTasksPerChild()) member.retired = true;
        member.jvm.run(chunk);
        if (member.retired) member.jvm.finish();
        follow(member);
    }

    /// Notes which chunk the worker is at now, and watches over its time.
    private void follow(Member member) {
        var jvm = member.jvm;
        var head = jvm == null ? null : jvm.head();
        if (jvm == null || head == member.current) return;
        if (member.alarm != null) member.alarm.cancel(false);
        member.alarm = null;
        member.current = head;
        if (head == null) return;
        if (listeners.listen(head.batch)) {
            member.currentSince = Instant.now();
            listeners.started(head, jvm.name, member.currentSince);
        }
        var limit = head.limit();
        if (limit != null) member.alarm = Deadlines.after(limit, () -> checkTime(member, jvm, head, limit, 0));
    }

    /// The time of a task is counted from when the worker has its function and items, which takes longer the first
    /// time.
    private void checkTime(Member member, WorkerJvm jvm, Chunk chunk, Duration limit, int check) {
        lock.lock();
        try {
            if (jvm.head() != chunk || chunk.results.isDone()) return;
            var left = jvm.timeLeft(chunk, limit);
            if (left.isPositive() && check < CHECKS) {
                member.alarm = Deadlines.after(left, () -> checkTime(member, jvm, chunk, limit, check + 1));
            } else {
                late(jvm, chunk);
            }
        } finally {
            lock.unlock();
        }
    }

    private void late(WorkerJvm jvm, Chunk chunk) {
        chunk.fail(chunk.batch.late(
                chunk, jvm.name, jvm.pid(), "it is interrupted, and its worker is replaced if it does not end."));
        stop(jvm, chunk);
    }

    /// Interrupts a chunk, and ends its worker if that does not help.
    private void stop(WorkerJvm jvm, Chunk chunk) {
        jvm.cancel(chunk);
        Deadlines.after(TO_OBEY, () -> killUnlessEnded(jvm, chunk, 1));
    }

    private @Nullable Member freest() {
        Member best = null;
        int least = Integer.MAX_VALUE;
        for (var member : members) {
            if (!member.ready || member.retired || member.jvm == null || !member.jvm.isAlive()) continue;
            int load = member.jvm.inFlight();
            if (load < least && load < ahead(member)) {
                best = member;
                least = load;
            }
        }
        return best;
    }

    /// How many chunks a worker may hold: many while they are short and there are enough for all.
    private int ahead(Member member) {
        if (settings.maxTasksPerChild() > 0) return 1;
        int byTime = member.chunkNanos < SHORT_NANOS
                ? AHEAD_IF_SHORT
                : member.chunkNanos < MIDDLE_NANOS ? AHEAD_IF_MIDDLE : 1;
        return Math.min(byTime, 1 + waiting.size() / size);
    }

    private @Nullable Member byName(String name) {
        for (var member : members)
            if (member.ready && !member.retired && member.jvm != null && member.jvm.name.equals(name)) return member;
        return null;
    }

    @Override
    public void cancel(Chunk chunk) {
        lock.lock();
        try {
            chunk.cancelled("the task was cancelled");
            if (waiting.remove(chunk)) {
                listeners.ended(chunk, "", Instant.now());
                finishIfDone();
                changed.signalAll();
                return;
            }
            for (var member : members) {
                var jvm = member.jvm;
                if (jvm != null && jvm.has(chunk)) stop(jvm, chunk);
            }
        } finally {
            lock.unlock();
        }
    }

    private void killUnlessEnded(WorkerJvm jvm, Chunk chunk, int attempt) {
        lock.lock();
        try {
            if (jvm.head() != chunk) return;
            if (!jvm.isAt(chunk) && attempt < ATTEMPTS) {
                // its answer is under way, or it has not begun: the next task must not die in its place
                Deadlines.after(TO_OBEY, () -> killUnlessEnded(jvm, chunk, attempt + 1));
                return;
            }
            for (var member : members) if (member.is(jvm)) member.retired = true;
            jvm.kill();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void connected(WorkerJvm worker) {
        if (initializer == null) {
            ready(worker);
            return;
        }
        var chunk = initializerChunk(initializer);
        worker.run(chunk);
        chunk.results.whenComplete((_, failure) -> {
            if (failure == null) ready(worker);
            else if (failure instanceof WorkerDiedException) return;
            else {
                lock.lock();
                try {
                    breakDown(new IllegalStateException(
                            "the pool '%s' cannot work: its initializer failed on %s: %s"
                                    .formatted(settings.name(), worker.name, failure.getCause()),
                            failure.getCause()));
                } finally {
                    lock.unlock();
                }
            }
        });
    }

    @Override
    public boolean awaitReady(Duration limit) throws InterruptedException {
        long nanos = limit.toNanos();
        lock.lockInterruptibly();
        try {
            while (broken == null && members.stream().noneMatch(member -> member.ready)) {
                if (nanos <= 0) return false;
                nanos = changed.awaitNanos(nanos);
            }
            if (broken != null) throw broken;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void ready(WorkerJvm worker) {
        lock.lock();
        try {
            for (var member : members) if (member.is(worker)) member.ready = true;
            listeners.tell(() -> new PoolEvent.WorkerStarted(Instant.now(), worker.name, worker.pid()));
            changed.signalAll();
            failedStarts = 0;
            if (shutdown && waiting.isEmpty() && worker.inFlight() == 0) worker.finish(TO_FINISH);
            dispatch();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void done(WorkerJvm worker, Chunk chunk) {
        lock.lock();
        try {
            idleDeaths = 0;
            for (var member : members) {
                if (!member.is(worker)) continue;
                long now = System.nanoTime();
                member.chunkNanos = 0.7 * member.chunkNanos + 0.3 * (now - member.lastNanos);
                member.lastNanos = now;
                if (chunk.batch != initializer) listeners.ended(chunk, worker.name, member.currentSince);
                follow(member);
            }
            dispatch();
            finishIfDone();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void hireLater() {
        lock.lock();
        try {
            if (!terminated && broken == null && (!shutdown || !waiting.isEmpty()) && active() < size) hire();
        } catch (IllegalStateException cannotStart) {
            breakDown(cannotStart);
        } finally {
            lock.unlock();
        }
    }

    /// How many workers there are that have not been let go.
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
        lock.lock();
        try {
            if (broken != null) throw broken;
            if (shutdown) throw new IllegalStateException("the pool '%s' is closed".formatted(settings.name()));
            crowd = Crowd.of(settings.name(), workers);
            size = workers;
            while (active() < size) hire();
            // those that have the least to do go first
            var leaving = new ArrayList<>(members);
            leaving.removeIf(member -> member.retired);
            leaving.sort(Comparator.comparing((Member member) -> member.ready)
                    .thenComparingInt(member -> member.jvm == null ? 0 : member.jvm.inFlight()));
            for (var member : leaving.subList(0, Math.max(0, leaving.size() - size))) {
                member.retired = true;
                if (member.jvm == null) continue;
                if (member.ready) member.jvm.finish();
                else member.jvm.kill();
            }
            dispatch();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void finishIfDone() {
        if (!shutdown || !waiting.isEmpty()) return;
        for (var member : members)
            if (member.ready && !member.retired && member.jvm != null && member.jvm.inFlight() == 0) {
                member.retired = true;
                member.jvm.finish(TO_FINISH);
            }
    }

    @Override
    public void ended(WorkerJvm worker, Death death) {
        lock.lock();
        try {
            Member gone = null;
            for (var member : members) if (member.is(worker)) gone = member;
            if (gone != null) members.remove(gone);
            // only now, when no other thread can give it more
            var unfinished = worker.takeUnfinished();
            boolean started = gone != null && gone.ready;
            boolean letGo = shutdown || (gone != null && gone.retired);
            listeners.tell(() -> new PoolEvent.WorkerEnded(
                    Instant.now(), worker.name, worker.pid(), letGo, death.exitCode(), death.signal()));
            if (gone != null && gone.alarm != null) gone.alarm.cancel(false);
            boolean idle = begun(worker.mark(), unfinished) == 0;
            boolean inInitializer = !unfinished.isEmpty() && unfinished.getFirst().batch == initializer;
            reassign(worker, death, unfinished, gone == null ? Instant.now() : gone.currentSince);
            failPinned(worker, death);
            boolean needed = !terminated && broken == null && (!shutdown || !waiting.isEmpty()) && active() < size;
            if (needed && !started && !letGo && ++failedStarts >= STARTS_IN_A_ROW) {
                breakDown(new IllegalStateException(
                        "the pool '%s' cannot start its workers: %d in a row ended before they were ready. The last: %s%s.%s"
                                .formatted(
                                        settings.name(),
                                        failedStarts,
                                        death.sentence(),
                                        inInitializer ? " in its initializer" : "",
                                        death.details())));
            } else if (needed && started && idle && !letGo && ++idleDeaths > IDLE_DEATHS_IN_A_ROW) {
                // something ends every worker: go on, but not in a circle
                Deadlines.after(PAUSE, this::hireLater);
            } else if (needed) {
                hire();
            }
            dispatch();
            finishIfDone();
            changed.signalAll();
        } catch (IllegalStateException cannotStart) {
            breakDown(cannotStart);
        } finally {
            lock.unlock();
        }
    }

    /// What the worker had begun has died with it; the rest goes to the others.
    private void reassign(WorkerJvm worker, Death death, List<Chunk> unfinished, Instant since) {
        int begun = begun(worker.mark(), unfinished);
        for (int i = 0; i < unfinished.size(); i++) {
            var chunk = unfinished.get(i);
            if (chunk.results.isDone()) continue;
            if (terminated) chunk.cancelled("the pool was terminated");
            else if (i < begun && chunk.batch != initializer && chunk.runs <= chunk.batch.limits.retries()) {
                chunk.runs++;
                listeners.tell(
                        chunk.batch,
                        () -> new PoolEvent.TasksRetried(
                                Instant.now(),
                                chunk.batch.call,
                                chunk.batch.verb,
                                chunk.first,
                                chunk.items.length,
                                chunk.runs));
            } else if (i < begun || !chunk.pinned.isEmpty() || chunk.batch == initializer) {
                var mark = worker.mark();
                int item = i < begun - 1 ? chunk.items.length : mark == null ? 0 : mark.item();
                chunk.fail(chunk.batch.died(
                        chunk, item, death, "a new worker takes its place, and the other tasks go on."));
            }
        }
        for (int i = unfinished.size() - 1; i >= 0; i--) {
            var chunk = unfinished.get(i);
            if (!chunk.results.isDone()) waiting.addFirst(chunk);
            else if (chunk.batch != initializer) listeners.ended(chunk, worker.name, since);
        }
    }

    /// How many of its chunks a worker had begun when it died: it takes them in order.
    private static int begun(Progress.@Nullable Mark mark, List<Chunk> unfinished) {
        if (mark == null) return Math.min(1, unfinished.size());
        for (int i = 0; i < unfinished.size(); i++) if (unfinished.get(i).id == mark.chunk()) return i + 1;
        return 0;
    }

    private void failPinned(WorkerJvm worker, Death death) {
        waiting.removeIf(chunk -> chunk.pinned.equals(worker.name)
                && chunk.fail(chunk.batch.died(chunk, 0, death, "the other workers go on.")));
    }

    private void breakDown(RuntimeException why) {
        broken = why;
        shutdown = true;
        for (var chunk : waiting) chunk.fail(why);
        waiting.clear();
        for (var member : members) if (member.jvm != null) member.jvm.kill();
        changed.signalAll();
    }

    @Override
    public List<WorkerInfo> workers() {
        lock.lock();
        try {
            var infos = new ArrayList<WorkerInfo>();
            for (var member : members) if (member.jvm != null) infos.add(member.jvm.info());
            return List.copyOf(infos);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void shutdown() {
        lock.lock();
        try {
            shutdown = true;
            finishIfDone();
            if (waiting.isEmpty()) {
                // workers that are still starting have nothing to do any more
                for (var member : members) if (!member.ready && member.jvm != null) member.jvm.kill();
            }
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
            terminated = true;
            for (var chunk : waiting) chunk.fail(new CancellationException("the pool was terminated"));
            waiting.clear();
            for (var member : members) if (member.jvm != null) member.jvm.kill();
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
