package io.weft.concurrent;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Worker JVMs behind a pool. Each is given many items in a row while they are short, and a few chunks ahead, so that
/// it need not wait for the next. What a busy one has not begun is asked back when another has nothing to do; one that
/// dies is replaced, and what it had not begun goes to the others.
@SuppressWarnings("FutureReturnValueIgnored") // what is chained to a future does not fail
final class JvmCrew implements Crew, WorkerJvm.Owner {
    /// After this a worker is killed that has been told to end its task and is still at it.
    static final Duration TO_OBEY = Duration.ofMillis(250);

    private static final int STARTS_IN_A_ROW = 3;
    private static final int IDLE_DEATHS_IN_A_ROW = 10;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration TO_FINISH = Duration.ofSeconds(1);
    private static final int ATTEMPTS = 8;
    private static final int CHECKS = 100;

    /// So long a worker that was there already has the processors to itself, and so long one that starts.
    private static final Duration HEAD_START = Duration.ofMillis(40);

    private static final Duration HEAD_START_COLD = Duration.ofMillis(250);
    private static final long SHORT_NANOS = 500_000;
    private static final long MIDDLE_NANOS = 20_000_000;
    private static final int AHEAD_IF_SHORT = 64;
    private static final int AHEAD_IF_MIDDLE = 4;

    /// So long a chunk should take, at most, if it is more than what was asked to be sent together.
    private static final double CHUNK_NANOS = 2_000_000;

    /// So many grains go to a worker while nobody knows how long one takes.
    private static final int GRAINS_AT_FIRST = 64;

    /// What takes longer is worth to be asked back.
    private static final double WORTH_NANOS = 1_000_000;

    private static final Duration TO_CATCH_UP = Duration.ofMillis(2);

    /// So long a thread that waits for results reads for itself.
    private static final long ATTENDED_NANOS = 2_000_000;

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
    private boolean balancesLater;

    /// Whether workers are still to be started for the first time, and whether they wait for those that start.
    private boolean startsGradually;

    private boolean firstWasThere;
    private @Nullable RuntimeException broken;

    /// A worker, and what the crew knows of it.
    private static final class Member {
        @Nullable
        WorkerJvm jvm;

        boolean ready;
        boolean retired;
        long given;
        long lastNanos = System.nanoTime();
        long lastEndNanos = lastNanos;
        double chunkNanos = MIDDLE_NANOS;

        /// The chunk that it is at and the item there, since when, and what ends it when its time is over.
        @Nullable
        Chunk current;

        int currentItem;

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
        if (initializer != null) initializerLoad(initializer); // cannot travel? then say so now
        lock.lock();
        try {
            hireFirst();
        } catch (RuntimeException failure) {
            terminate();
            throw failure;
        } finally {
            lock.unlock();
        }
    }

    /// Starts some workers and leaves the processors to them for a moment, so that the first result is there early; the
    /// others are started then.
    private void hireFirst() {
        hire();
        var first = members.getFirst().jvm;
        firstWasThere = first != null && !first.isStarting();
        int atOnce = firstWasThere ? 1 : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        while (members.size() < Math.min(size, atOnce)) hire();
        if (members.size() == size) return;
        startsGradually = true;
        hireSoon(firstWasThere ? HEAD_START : HEAD_START_COLD);
    }

    private void hireSoon(Duration pause) {
        Deadlines.after(pause, () -> Threads.run("weft-hire", this::hireOthers));
    }

    private void hireOthers() {
        lock.lock();
        try {
            if (!startsGradually) return;
            startsGradually = false;
            while (isWanted() && active() < size) hire();
        } catch (IllegalStateException cannotStart) {
            breakDown(cannotStart);
        } finally {
            lock.unlock();
        }
    }

    /// Whether there is or may be something to do for further workers.
    private boolean isWanted() {
        return !terminated && broken == null && (!shutdown || !waiting.isEmpty());
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

    private Load initializerLoad(Batch batch) {
        var load = new Load(batch, 0, Collections.singletonList(null), 1, "");
        prepare(List.of(load));
        return load;
    }

    @Override
    public void prepare(List<Load> loads) {
        if (loads.isEmpty() || loads.getFirst().size() == 0) return;
        var trace = new Trace();
        for (var load : loads) load.parcel = Parcel.of(load, trace);
        var known = loads.getFirst().closure;
        var closure = known != null && known.covers(trace.classes)
                ? known
                : Closure.pack(loads.getFirst().batch.function, trace.classes);
        for (var load : loads) load.closure = closure;
    }

    @Override
    public void submit(List<Load> loads) {
        lock.lock();
        try {
            if (broken != null) throw broken;
            if (shutdown) throw new RejectedExecutionException("the pool '%s' is closed".formatted(settings.name()));
            for (var load : loads) {
                if (load.size() == 0) continue;
                waiting.add(Chunk.whole(load));
                listeners.submitted(load);
            }
            dispatch();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void attend(Load load) {
        long end = System.nanoTime() + ATTENDED_NANOS;
        var workers = workersWith(load);
        for (var jvm : workers) if (!load.outcome.isDecided()) jvm.attend(load, end);
        load.attended = false;
        if (!load.outcome.isDecided()) workers.forEach(WorkerJvm::callReader);
    }

    private List<WorkerJvm> workersWith(Load load) {
        lock.lock();
        try {
            var found = new ArrayList<WorkerJvm>();
            for (var member : members)
                if (member.jvm != null && !member.jvm.chunksOf(load).isEmpty()) found.add(member.jvm);
            return found;
        } finally {
            lock.unlock();
        }
    }

    private void dispatch() {
        for (var each = waiting.iterator(); each.hasNext(); ) {
            var chunk = each.next();
            boolean pinned = !chunk.load.pinned.isEmpty();
            while (true) {
                int items = share(chunk);
                var member = pinned ? byName(chunk.load.pinned) : freest(chunk, items);
                if (member == null) break;
                if (items < chunk.size()) {
                    give(member, chunk.cut(items));
                } else {
                    each.remove();
                    give(member, chunk);
                    chunk = null;
                    break;
                }
            }
            if (chunk != null && !pinned) return;
        }
        balance();
    }

    /// How many items of a chunk one worker should get now.
    private int share(Chunk chunk) {
        var load = chunk.load;
        int grains = Math.ceilDiv(chunk.size(), load.grain);
        if (grains == 1) return chunk.size();
        if (load.batch.limits.timeout() != null || settings.maxTasksPerChild() > 0)
            return load.grainEnd(chunk.from()) - chunk.from();
        boolean known = load.taskNanos > 0;
        int fair = Math.ceilDiv(grains, known ? 2 * size : size);
        double byTime = known ? CHUNK_NANOS / (load.taskNanos * load.grain) : GRAINS_AT_FIRST;
        int most = (int) Math.clamp(byTime, 1, fair);
        long end = Math.min(chunk.to(), chunk.from() + (long) most * load.grain);
        return java.util.Objects.requireNonNull(load.parcel).end(chunk.from(), (int) end) - chunk.from();
    }

    private void give(Member member, Chunk chunk) {
        if (member.jvm == null) return;
        if (member.jvm.inFlight() == 0) member.lastNanos = member.lastEndNanos = System.nanoTime();
        member.given += chunk.size();
        if (settings.maxTasksPerChild() > 0 && member.given >= settings.maxTasksPerChild()) member.retired = true;
        member.jvm.run(chunk);
        if (member.retired) member.jvm.finish();
        follow(member);
    }

    /// Notes what the worker is at now, and watches over its time.
    private void follow(Member member) {
        var jvm = member.jvm;
        var head = jvm == null ? null : jvm.head();
        int item = head == null ? 0 : head.answered();
        if (jvm == null || (head == member.current && item == member.currentItem)) return;
        boolean goesOn = head == member.current;
        if (goesOn && head != null && head.asked) return; // it may not go on with the next one
        member.current = head;
        member.currentItem = item;
        if (!goesOn) {
            if (member.alarm != null) member.alarm.cancel(false);
            member.alarm = null;
        }
        if (head == null || head.isFinished()) return;
        if (listeners.listen(head.load.batch)) {
            member.currentSince = Instant.now();
            listeners.started(head.load, item, head.currentEnd(), jvm.name(), member.currentSince);
        }
        var limit = goesOn ? null : head.limit();
        if (limit != null) member.alarm = Deadlines.after(limit, () -> checkTime(member, jvm, head, limit, 0));
    }

    /// The time of a task is counted from when the worker has its function and items, which takes longer the first
    /// time.
    private void checkTime(Member member, WorkerJvm jvm, Chunk chunk, Duration limit, int check) {
        lock.lock();
        try {
            if (jvm.head() != chunk || chunk.isEnded()) return;
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
        var failure = chunk.load.batch.late(chunk, jvm.name(), jvm.pid(), "%s worker is replaced");
        chunk.load.outcome.fail(chunk.from(), chunk.size(), failure);
        stop(jvm, chunk);
    }

    /// Interrupts a chunk, and ends its worker if that does not help.
    private void stop(WorkerJvm jvm, Chunk chunk) {
        jvm.cancel(chunk);
        Deadlines.after(TO_OBEY, () -> killUnlessEnded(jvm, chunk, 1));
    }

    private @Nullable Member freest(Chunk next, int items) {
        Member best = null;
        int least = Integer.MAX_VALUE;
        int waits = waiting.size() - 1 + Math.ceilDiv(next.size(), items);
        for (var member : members) {
            if (!isFree(member) || member.jvm == null) continue;
            int load = member.jvm.inFlight();
            if (load < least && load < ahead(member, next.load, waits)) {
                best = member;
                least = load;
            }
        }
        return best;
    }

    private static boolean isFree(Member member) {
        return member.ready && !member.retired && member.jvm != null && member.jvm.isAlive();
    }

    /// How many chunks a worker may hold: many while they are short and there are enough for all.
    private int ahead(Member member, Load load, int waits) {
        if (settings.maxTasksPerChild() > 0) return 1;
        int byTime = member.chunkNanos < SHORT_NANOS
                ? AHEAD_IF_SHORT
                : member.chunkNanos < MIDDLE_NANOS ? AHEAD_IF_MIDDLE : 1;
        if (load.taskNanos == 0 && load.grains() > 1) byTime = Math.min(byTime, 2);
        return Math.min(byTime, 1 + waits / size);
    }

    /// Lets workers that have nothing to do take over what others have been given and have not begun.
    private void balance() {
        if (!waiting.isEmpty() || members.size() < 2 || terminated) return;
        boolean idle = false;
        for (var member : members) if (isFree(member) && member.jvm != null && member.jvm.inFlight() == 0) idle = true;
        if (!idle) return;
        long now = System.nanoTime();
        boolean later = false;
        for (var member : members) {
            var jvm = member.jvm;
            if (jvm == null || !jvm.hasMore()) continue;
            var spare = jvm.notBegun();
            if (spare.isEmpty()) continue;
            double nanos = 0;
            for (var chunk : spare) nanos += chunk.load.taskNanos * chunk.left();
            if (nanos < WORTH_NANOS && now - member.lastNanos < TO_CATCH_UP.toNanos() / 2) {
                later = true;
                continue;
            }
            for (var chunk : spare.subList(spare.size() / 2, spare.size())) jvm.recall(chunk);
        }
        if (later) balanceLater();
    }

    private void balanceLater() {
        if (balancesLater) return;
        balancesLater = true;
        Deadlines.after(TO_CATCH_UP, () -> {
            lock.lock();
            try {
                balancesLater = false;
                balance();
            } finally {
                lock.unlock();
            }
        });
    }

    @Override
    public void gaveBack(WorkerJvm worker, Chunk chunk, @Nullable Chunk rest) {
        lock.lock();
        try {
            if (rest == null) {
                balanceLater();
                return;
            }
            if (terminated)
                rest.load.outcome.fail(rest.from(), rest.size(), new CancellationException("the pool was terminated"));
            if (!rest.isEnded()) waiting.addFirst(rest);
            else
                listeners.ended(
                        rest.load, rest.from(), rest.to(), "", Instant.now(), rest.load.outcome.failureOf(rest.from()));
            for (var member : members) if (member.is(worker)) follow(member);
            dispatch();
            finishIfDone();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Member byName(String name) {
        for (var member : members)
            if (member.ready
                    && !member.retired
                    && member.jvm != null
                    && member.jvm.name().equals(name)) return member;
        return null;
    }

    @Override
    public void cancel(Load load) {
        lock.lock();
        try {
            var why = new CancellationException("the task was cancelled");
            load.outcome.fail(why);
            boolean waited = waiting.removeIf(chunk -> {
                if (chunk.load != load) return false;
                listeners.ended(load, chunk.from(), chunk.to(), "", Instant.now(), why);
                return true;
            });
            for (var member : members) {
                var jvm = member.jvm;
                if (jvm != null) for (var chunk : jvm.chunksOf(load)) stop(jvm, chunk);
            }
            if (waited) {
                finishIfDone();
                changed.signalAll();
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
        var load = initializerLoad(initializer);
        worker.run(Chunk.whole(load));
        load.outcome.whenEnded(() -> {
            var failure = load.outcome.failure();
            if (failure == null) ready(worker);
            else if (failure instanceof WorkerDiedException) return;
            else {
                lock.lock();
                try {
                    breakDown(new IllegalStateException(
                            "the pool '%s' cannot work: its initializer failed on %s: %s"
                                    .formatted(settings.name(), worker.name(), failure.getCause()),
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
            listeners.tell(() -> new PoolEvent.WorkerStarted(Instant.now(), worker.name(), worker.pid()));
            changed.signalAll();
            failedStarts = 0;
            if (startsGradually && !firstWasThere) hireSoon(Duration.ZERO);
            if (shutdown && waiting.isEmpty() && worker.inFlight() == 0) worker.finish(TO_FINISH);
            dispatch();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void answered(WorkerJvm worker, Chunk chunk, WorkerJvm.Answer answer) {
        var load = chunk.load;
        lock.lock();
        try {
            idleDeaths = 0;
            if (answer.nanos() > 0) {
                double taskNanos = (double) answer.nanos() / (answer.to() - answer.from());
                load.taskNanos = load.taskNanos == 0 ? taskNanos : 0.5 * load.taskNanos + 0.5 * taskNanos;
            }
            for (var member : members) {
                if (!member.is(worker)) continue;
                long now = System.nanoTime();
                member.lastNanos = now;
                if (chunk.isFinished()) {
                    member.chunkNanos = 0.7 * member.chunkNanos + 0.3 * (now - member.lastEndNanos);
                    member.lastEndNanos = now;
                }
                if (load.batch != initializer)
                    listeners.ended(
                            load, answer.from(), answer.to(), worker.name(), member.currentSince, answer.failure());
                follow(member);
            }
            if (!chunk.isFinished()) return;
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
            if (isWanted() && active() < size) hire();
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
            startsGradually = false;
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
                    Instant.now(), worker.name(), worker.pid(), letGo, death.exitCode(), death.signal()));
            if (gone != null && gone.alarm != null) gone.alarm.cancel(false);
            boolean idle = begun(worker.mark(), unfinished) == 0;
            boolean inInitializer = !unfinished.isEmpty() && unfinished.getFirst().load.batch == initializer;
            reassign(worker, death, unfinished, gone == null ? Instant.now() : gone.currentSince);
            failPinned(worker, death);
            boolean needed = isWanted() && active() < size;
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
        var mark = worker.mark();
        int begun = begun(mark, unfinished);
        for (int i = unfinished.size() - 1; i >= 0; i--) {
            var chunk = unfinished.get(i);
            var load = chunk.load;
            int from = chunk.answered();
            int to = chunk.to();
            if (terminated) load.outcome.fail(from, to - from, new CancellationException("the pool was terminated"));
            boolean mustEnd = !load.pinned.isEmpty() || load.batch == initializer;
            // how far it had come in its last chunk is known, if it could be noted
            int at = i < begun - 1 || mark == null ? to : chunk.from() + mark.item();
            if (i >= begun) at = from;
            int lost = i >= begun ? (mustEnd ? to : from) : at >= to ? to : load.grainEnd(Math.max(at, from));
            if (chunk.isEnded()) {
                if (load.batch != initializer) ended(worker, load, from, to, since, load.outcome.failureOf(from));
                continue;
            }
            if (lost < to) {
                if (load.outcome.isEnded(lost, to - lost))
                    ended(worker, load, lost, to, since, load.outcome.failureOf(lost));
                else waiting.addFirst(new Chunk(load, lost, to, chunk.runs));
            }
            if (lost <= from) continue;
            if (i < begun && load.batch != initializer && chunk.runs <= load.batch.limits.retries()) {
                int run = chunk.runs + 1;
                waiting.addFirst(new Chunk(load, from, lost, run));
                for (int first = from; first < lost; first = load.grainEnd(first)) listeners.retried(load, first, run);
                continue;
            }
            int item = mark == null && i < begun ? from : at;
            var failure = load.batch.died(
                    load,
                    from,
                    lost,
                    item,
                    chunk.runs,
                    death,
                    "a new worker takes its place, and the other tasks go on.");
            load.outcome.fail(from, lost - from, failure);
            if (load.batch != initializer) ended(worker, load, from, lost, since, failure);
        }
    }

    private void ended(WorkerJvm worker, Load load, int from, int to, Instant since, @Nullable Throwable failure) {
        listeners.ended(load, from, to, worker.name(), since, failure);
    }

    /// How many of its chunks a worker had begun when it died: it takes them in order.
    private static int begun(Progress.@Nullable Mark mark, List<Chunk> unfinished) {
        if (mark == null) return Math.min(1, unfinished.size());
        for (int i = 0; i < unfinished.size(); i++) if (unfinished.get(i).id == mark.chunk()) return i + 1;
        return 0;
    }

    private void failPinned(WorkerJvm worker, Death death) {
        waiting.removeIf(chunk -> chunk.load.pinned.equals(worker.name())
                && chunk.load.outcome.fail(chunk.load.batch.died(
                        chunk.load, 0, chunk.load.size(), 0, 1, death, "the other workers go on.")));
    }

    private void breakDown(RuntimeException why) {
        broken = why;
        shutdown = true;
        for (var chunk : waiting) chunk.load.outcome.fail(chunk.from(), chunk.size(), why);
        waiting.clear();
        for (var member : members) if (member.jvm != null) member.jvm.kill();
        changed.signalAll();
    }

    @Override
    public List<WorkerInfo> workers() {
        hireOthers(); // who asks for all gets all
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
    public List<String> names() {
        hireOthers();
        lock.lock();
        try {
            var names = new ArrayList<String>();
            for (var member : members) if (!member.retired && member.jvm != null) names.add(member.jvm.name());
            return names;
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
            for (var chunk : waiting)
                chunk.load.outcome.fail(
                        chunk.from(), chunk.size(), new CancellationException("the pool was terminated"));
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
