package io.weft.kernel.eval;

import io.weft.kernel.comm.Comms;
import io.weft.kernel.display.CellInput;
import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.Renderer;
import io.weft.kernel.eval.Interrupter.Reach;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.CellScope;
import io.weft.kernel.magic.Meter;
import io.weft.kernel.magic.Notebook;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One run of one cell: its threads, and how they are stopped.
///
/// The thread that runs it has a group, in which the platform threads are that its cells start. The threads that a cell
/// starts, and those that these start, are its own. An interrupt interrupts them, makes the stop checks in their code
/// throw, and goes on doing so until they have ended or [#PATIENCE] is over. Code that looks for neither is ended where
/// that can do no harm: a compilation and a wait for a socket at the first interrupt, a computation at the next one.
final class CellRun implements Cell {
    /// How long the threads of an interrupted cell are pursued after the cell itself or the last of them has ended.
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    /// How long a stopped thread may run its `finally` blocks before it is stopped again.
    private static final Duration GRACE = Duration.ofMillis(300);
    /// A thread that has caught so many stops gets no time any more: each of its checks throws, also those outside of
    /// the `try` that catches everything.
    private static final int STOPS_WITH_GRACE = 3;

    private static final Stopped NEVER = new Stopped(0, 0);
    /// After how long a thread is helped out of the compiler or a wait for a socket.
    private static final Duration UNTIL_HELPED = Duration.ofMillis(350);
    /// A process from which the cell still reads after this time is killed.
    private static final Duration UNTIL_KILLED = Duration.ofSeconds(2);
    /// A further interrupt after this time ends computations of the JDK too; before, it is impatience.
    private static final Duration UNTIL_FORCED = Duration.ofSeconds(1);
    /// After how long the reader is told that the cell does not end.
    private static final Duration UNTIL_TOLD = Duration.ofSeconds(3);

    private final JavaSession session;
    private final Execution execution;
    private final FoldedOutput output;
    private final long beganNanos = System.nanoTime();
    /// Each thread's own, so that it goes with the thread: there may be a hundred thousand.
    private final ThreadLocal<Stopped> stopped = ThreadLocal.withInitial(() -> NEVER);
    private volatile boolean interrupted;
    /// Used by the cell's thread only.
    private @Nullable Meter meter;
    /// How many calls of what the meter measures the cell's thread is inside of; used by it only.
    private int meteredDepth;
    /// What ended the cell where the reader did not interrupt it.
    private volatile Optional<Outcome.Failure> cause = Optional.empty();
    private volatile long interruptedNanos;
    private volatile boolean forced;
    private volatile @Nullable Thread thread;
    /// The threads of the group that are not this cell's.
    private volatile Set<Thread> strangers = Set.of();
    /// When the cell ended; meaningless before.
    private volatile long endedNanos;

    private volatile boolean ended;
    private volatile long forcedNanos;
    /// What the reader has been told, confined to the interrupter's thread.
    private boolean told;

    private boolean toldThatForceFails;
    private boolean toldOfCrowd;
    /// How few of the cell's threads were left, and when there were fewer than before; confined likewise.
    private int fewest = Integer.MAX_VALUE;

    private int left;
    /// Confined to the census.
    private long census;

    private int counted;
    private long fewerNanos;
    /// How many calls of the cell's own code the cell's thread is inside of; guarded by `this`.
    private int userCodeDepth;

    /// How often a thread was stopped, and when it was for the last time.
    private record Stopped(int times, long atNanos) {}

    CellRun(JavaSession session, Execution execution) {
        this.session = session;
        this.execution = execution;
        output = new FoldedOutput(execution.output());
    }

    /// Runs the cell in the calling thread.
    void run(Runnable cell) {
        var own = Thread.currentThread();
        strangers = new HashSet<>(CellThreads.ofGroup(own.getThreadGroup()));
        thread = own;
        try {
            if (execution.shell().isEmpty()) {
                CellScope.enter(this);
                cell.run();
            } else {
                CellScope.during(this, cell);
            }
        } finally {
            output.end();
            endedNanos = System.nanoTime();
            ended = true;
        }
    }

    /// Visits the threads that the cell has started and that are alive.
    private void visitThreads(Thread own, Consumer<Thread> visitor) {
        CellThreads.visit(this, own.getThreadGroup(), strangers, one -> {
            if (one != own) visitor.accept(one);
        });
    }

    /// Interrupts the threads that the cell has started, and no more.
    void interruptThreads() {
        Thread own = thread;
        if (own != null) visitThreads(own, CellRun::interrupt);
    }

    private static void interrupt(Thread one) {
        try {
            one.interrupt();
        } catch (RejectedExecutionException full) {
            // the JDK's queue of virtual threads has no room for one more; the others are to be woken
        }
    }

    /// Interrupts the cell and all threads that it started; a further one, a while later, forces them to end.
    void interrupt() {
        synchronized (this) {
            if (interrupted) {
                if (!forced) forcedNanos = System.nanoTime();
                forced |= isPast(UNTIL_FORCED);
            } else {
                interruptedNanos = System.nanoTime();
                interrupted = true;
            }
        }
        session.interrupter().pursue(this);
    }

    /// Ends the cell because one of its statements ran too long.
    void timeOut(Duration limit) {
        end(Optional.of(Outcome.timedOut(limit)));
    }

    boolean beganBefore(long nanoTime) {
        return beganNanos - nanoTime < 0;
    }

    /// Ends the cell, or what is left of it, because the heap is full.
    void exhaust() {
        end(Shortages.exhausted());
    }

    /// Makes room for the calling thread's cell, which has none left to end in.
    static void ranOut(MemoryReserve reserve) {
        if (CellScope.current() instanceof CellRun run) {
            try {
                run.exhaustIfCrowd();
            } catch (OutOfMemoryError nothingLeft) {
                reserve.release();
                run.exhaustIfCrowd();
            }
        }
        reserve.release();
    }

    /// Ends the cell if it has started so many threads that they are what fills the heap.
    void exhaustIfCrowd() {
        if (!interrupted && hasCrowd()) exhaust();
    }

    private boolean hasCrowd() {
        int[] count = {0};
        CellThreads.visitVirtualOnes(
                one -> {
                    if (CellScope.startedBy(one) == this) count[0]++;
                },
                () -> count[0] >= Shortages.CROWD);
        return count[0] >= Shortages.CROWD;
    }

    /// Counts one more of this cell's threads, with no map of the cells: there may be no memory for one.
    ///
    /// @param number tells one census from the other; there is one at a time
    /// @return how many these are
    int countThread(long number) {
        if (census != number) {
            census = number;
            counted = 0;
        }
        return ++counted;
    }

    private void end(Optional<Outcome.Failure> why) {
        synchronized (this) {
            if (!interrupted) cause = why;
        }
        interrupt();
    }

    /// What to say of the interrupted cell.
    Outcome.Failure interruption() {
        return cause.orElseGet(Outcome::interrupted);
    }

    boolean isInterrupted() {
        return interrupted;
    }

    /// Whether the time has come for means that are not made before they are needed.
    boolean needsReach() {
        return isPast(UNTIL_HELPED);
    }

    private boolean isPast(Duration sinceInterrupt) {
        return System.nanoTime() - interruptedNanos > sinceInterrupt.toNanos();
    }

    /// One step of ending the cell, again and again until it says that there is nothing more to do.
    ///
    /// Its own thread is interrupted only in the reader's code: the files of the compiler do not survive that.
    ///
    /// @param reach the means for code that does not look for interrupts, once [#needsReach]
    /// @return whether there is more to do
    boolean pursue(@Nullable Reach reach) {
        Thread own = thread;
        if (own == null) return !ended;
        boolean over = ended;
        if (fewest == Integer.MAX_VALUE) {
            // those that have not begun end without a stack of their own; to wake one that waits takes memory
            left = 0;
            CellThreads.visitVirtualOnes(
                    one -> {
                        if (CellScope.startedBy(one) != this) return;
                        left++;
                        if (one.getState() == Thread.State.RUNNABLE) interrupt(one);
                    },
                    () -> left >= Shortages.CROWD);
            session.reserve().release();
        }
        // nobody can interrupt a cell again that has ended
        boolean force = forced || (over && System.nanoTime() - endedNanos > UNTIL_FORCED.toNanos());
        left = 0;
        visitThreads(own, one -> {
            left++;
            interrupt(one);
            if (reach != null) end(one, force, reach);
        });
        if (!toldOfCrowd && cause.isPresent() && left >= Shortages.CROWD) {
            toldOfCrowd = true;
            output.stream(CellOutput.Stream.STDERR, Shortages.crowd(left) + "\n");
        }
        if (over) return isPatient(left);
        boolean inUserCode;
        synchronized (this) {
            inUserCode = userCodeDepth > 0;
            if (inUserCode) own.interrupt();
        }
        if (reach != null) {
            if (inUserCode) end(own, forced, reach);
            else reach.endCompilation(own);
        }
        if (!told && isPast(UNTIL_TOLD)) {
            told = true;
            tellThatItDoesNotEnd(own);
        }
        if (!toldThatForceFails && forced && System.nanoTime() - forcedNanos > UNTIL_TOLD.toNanos()) {
            toldThatForceFails = true;
            tellThatForceFails(own);
        }
        return true;
    }

    /// A hundred thousand virtual threads take a while to end; those that never will are given up.
    private boolean isPatient(int left) {
        if (left < fewest) {
            fewest = left;
            fewerNanos = System.nanoTime();
        }
        return System.nanoTime() - fewerNanos < PATIENCE.toNanos();
    }

    private void end(Thread one, boolean force, Reach reach) {
        if (one.isVirtual()) return; // nobody can
        boolean checked = force && reach.endComputation(one);
        if (!checked) reach.endWait(one, isPast(UNTIL_KILLED));
    }

    private void tellThatItDoesNotEnd(Thread own) {
        String what = own.getState() == Thread.State.BLOCKED
                ? "it waits in %s to enter `synchronized`, which no JVM can end. End the thread that is inside, or restart the kernel, which loses the variables."
                : "it is in %s. Interrupt it again to force it, wait for it, or restart the kernel, which loses the variables.";
        output.stream(
                CellOutput.Stream.STDERR,
                ("The cell has been interrupted, but does not end: " + what + "%n").formatted(where(own)));
    }

    private void tellThatForceFails(Thread own) {
        output.stream(
                CellOutput.Stream.STDERR,
                "The cell cannot be forced to end where it is, in %s, without harm to the kernel. It is ended as soon as it comes from there. Wait for it, or restart the kernel, which loses the variables.%n"
                        .formatted(where(own)));
    }

    private String where(Thread own) {
        return session.traceback().where(own.getStackTrace());
    }

    /// Whether the calling thread compiles for this cell, so that what it prints is the compiler's.
    synchronized boolean isCompiling() {
        return Thread.currentThread() == thread && userCodeDepth == 0;
    }

    /// Called by the stop checks of the calling thread.
    void stopIfInterrupted() {
        if (!interrupted) return;
        long now = System.nanoTime();
        Stopped before = stopped.get();
        boolean graced = before.times > 0 && before.times < STOPS_WITH_GRACE && !forced;
        if (graced && now - before.atNanos < GRACE.toNanos()) return;
        stopped.set(new Stopped(before.times + 1, now));
        throw new CellStopped();
    }

    /// An exception as text for the reader.
    String stackTrace(Throwable thrown) {
        return session.traceback().plainText(thrown);
    }

    /// Something that runs the reader's code.
    interface UserCode<T extends @Nullable Object, X extends Exception> {
        T run() throws X;
    }

    /// Runs code of the reader on behalf of the calling thread's cell, open to interrupts.
    ///
    /// @throws CellStopped if the cell was interrupted before the code began
    static <T extends @Nullable Object, X extends Exception> T inUserCode(UserCode<T, X> code) throws X {
        if (!(CellScope.current() instanceof CellRun run) || Thread.currentThread() != run.thread) return code.run();
        run.enterUserCode();
        try {
            return code.run();
        } finally {
            run.leaveUserCode();
        }
    }

    /// Runs compiled code or a magic and tells the meter of the calling thread's cell, if it has one.
    static <T extends @Nullable Object, X extends Exception> T metered(UserCode<T, X> code) throws X {
        if (!(CellScope.current() instanceof CellRun run) || Thread.currentThread() != run.thread) return code.run();
        Meter told = run.meter;
        if (told == null) return code.run();
        told.begin();
        run.meteredDepth++;
        try {
            return code.run();
        } finally {
            run.meteredDepth--;
            told.end();
        }
    }

    private synchronized void enterUserCode() {
        if (interrupted) throw new CellStopped();
        userCodeDepth++;
    }

    private synchronized void leaveUserCode() {
        userCodeDepth--;
        // an interrupt that came too late must not hit the compiler
        if (userCodeDepth == 0) Thread.interrupted();
    }

    /// Something that compiles.
    interface Compilation<T extends @Nullable Object> {
        T run() throws Throwable;
    }

    /// Runs something that compiles, on behalf of a magic, which itself runs as the reader's code: the compiler is
    /// not interrupted, what it compiled is.
    static <T extends @Nullable Object> T outOfUserCode(Compilation<T> compilation) throws Throwable {
        if (!(CellScope.current() instanceof CellRun run) || Thread.currentThread() != run.thread)
            return compilation.run();
        int depth = run.suspendUserCode();
        Meter paused = run.meteredDepth > 0 ? run.meter : null;
        if (paused != null) paused.end();
        try {
            return compilation.run();
        } finally {
            if (paused != null) paused.begin();
            run.resumeUserCode(depth);
        }
    }

    private synchronized int suspendUserCode() {
        if (interrupted) throw new CellStopped();
        int depth = userCodeDepth;
        userCodeDepth = 0;
        Thread.interrupted();
        return depth;
    }

    private synchronized void resumeUserCode(int depth) {
        userCodeDepth = depth;
    }

    /// The id of the subshell that the cell runs in; empty for the main shell.
    String shell() {
        return execution.shell();
    }

    @Override
    public CellInput input() {
        return execution.input();
    }

    @Override
    public int count() {
        return execution.count();
    }

    @Override
    public CellOutput output() {
        return output;
    }

    @Override
    public Comms comms() {
        return session.comms();
    }

    @Override
    public Renderer renderer() {
        return session.renderer();
    }

    @Override
    public void declare(String name, String type, Object value) {
        session.declare(name, type, value);
    }

    @Override
    public @Nullable Object evaluate(String code) throws Exception {
        return session.evaluateExpression(code, this);
    }

    @Override
    public @Nullable Object evaluate(String before, String code, String after, String origin) throws Exception {
        return session.evaluateExpression(before, code, after, origin);
    }

    @Override
    public List<Variable> variables() {
        return session.notebook().variables();
    }

    @Override
    public @Nullable Object run(String source, String origin) throws Exception {
        return session.runSource(source, origin, this);
    }

    @Override
    public @Nullable Object run(String source, String origin, Meter told) throws Exception {
        Meter before = meter;
        int depthBefore = meteredDepth;
        meter = told;
        meteredDepth = 0;
        try {
            return session.runSource(source, origin, this);
        } finally {
            meter = before;
            meteredDepth = depthBefore;
        }
    }

    @Override
    public Notebook notebook() {
        return session.notebook();
    }

    @Override
    public @Nullable Object lineMagic(String name, List<String> arguments) throws Exception {
        return session.runMagic(io.weft.kernel.magic.Magic.Kind.LINE, name, arguments, "", this);
    }

    @Override
    public @Nullable Object cellMagic(String name, List<String> arguments, String body) throws Exception {
        return session.runMagic(io.weft.kernel.magic.Magic.Kind.CELL, name, arguments, body, this);
    }
}
