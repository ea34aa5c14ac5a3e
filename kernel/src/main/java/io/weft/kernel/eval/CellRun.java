package io.weft.kernel.eval;

import io.weft.kernel.comm.Comms;
import io.weft.kernel.display.CellInput;
import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.Renderer;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.CellScope;
import io.weft.kernel.magic.Meter;
import io.weft.kernel.magic.Notebook;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One run of one cell: its threads, and how they are stopped.
///
/// The thread that runs it has a group, in which the platform threads are that its cells start. An interrupt interrupts
/// those that are new
/// since the cell began, makes the stop checks in their code throw, and goes on doing so until they have ended or
/// [#PATIENCE] is over.
final class CellRun implements Cell {
    /// How long the threads of an interrupted cell are pursued after the cell itself has ended.
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    /// How long a stopped thread may run its `finally` blocks before it is stopped again.
    private static final Duration GRACE = Duration.ofMillis(300);
    /// The pause between two interrupts of threads that do not end.
    private static final Duration INSISTENCE = Duration.ofMillis(50);
    /// After how long the reader is told that the cell does not end.
    private static final Duration UNTIL_TOLD = Duration.ofSeconds(3);

    private final JavaSession session;
    private final Execution execution;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Map<Thread, Long> stoppedAtNanos = new ConcurrentHashMap<>();
    private volatile boolean interrupted;
    /// Used by the cell's thread only.
    private @Nullable Meter meter;
    private volatile Optional<Outcome.Failure> timedOut = Optional.empty();
    private volatile @Nullable Thread thread;
    /// The threads of the group that are not this cell's.
    private volatile Set<Thread> strangers = Set.of();
    /// The threads that the cell left when it ended; null while it runs.
    private volatile @Nullable Set<Thread> left;
    /// How many calls of the cell's own code the cell's thread is inside of; guarded by `this`.
    private int userCodeDepth;

    CellRun(JavaSession session, Execution execution) {
        this.session = session;
        this.execution = execution;
    }

    /// Runs the cell in the calling thread.
    void run(Runnable cell) {
        var own = Thread.currentThread();
        strangers = threadsOf(own.getThreadGroup());
        thread = own;
        try {
            if (execution.shell().isEmpty()) {
                CellScope.enter(this);
                cell.run();
            } else {
                CellScope.during(this, cell);
            }
        } finally {
            left = ownThreads(own);
            ended.countDown();
        }
    }

    private static Set<Thread> threadsOf(ThreadGroup group) {
        var threads = new Thread[group.activeCount() + 64];
        int count = group.enumerate(threads);
        return new HashSet<>(Arrays.asList(threads).subList(0, count));
    }

    /// The threads that the cell has started and that are alive.
    private Set<Thread> ownThreads(Thread own) {
        var threads = threadsOf(own.getThreadGroup());
        threads.removeAll(strangers);
        threads.remove(own);
        return threads;
    }

    /// Interrupts the cell and all threads that it started.
    void interrupt() {
        synchronized (this) {
            if (interrupted) {
                interruptThreads();
                return;
            }
            interrupted = true;
        }
        StopCheck.arm();
        Thread.ofPlatform()
                .daemon()
                .name("interrupt of cell [" + execution.count() + "]")
                .inheritInheritableThreadLocals(false)
                .start(this::pursue);
    }

    /// Ends the cell because one of its statements ran too long.
    void timeOut(Duration limit) {
        timedOut = Optional.of(Outcome.timedOut(limit));
        session.interrupting(this);
        interrupt();
    }

    /// What to say of the interrupted cell.
    Outcome.Failure interruption() {
        return timedOut.orElseGet(Outcome::interrupted);
    }

    boolean isInterrupted() {
        return interrupted;
    }

    private void pursue() {
        try {
            long told = System.nanoTime() + UNTIL_TOLD.toNanos();
            while (!ended.await(INSISTENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                interruptThreads();
                if (System.nanoTime() - told >= 0) {
                    told = Long.MAX_VALUE + System.nanoTime();
                    tellThatItDoesNotEnd();
                }
            }
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (interruptThreads() && System.nanoTime() - deadline < 0) Thread.sleep(INSISTENCE);
            // virtual threads cannot be listed: they get the rest of the time to reach a check
            Thread.sleep(Math.max(0, deadline - System.nanoTime()) / 1_000_000);
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
        } finally {
            session.disarmUnlessInterrupting(this);
        }
    }

    private void tellThatItDoesNotEnd() {
        Thread own = thread;
        StackTraceElement[] trace = own == null ? new StackTraceElement[0] : own.getStackTrace();
        String where = trace.length == 0 ? "code" : trace[0].getClassName() + "." + trace[0].getMethodName();
        output().stream(
                CellOutput.Stream.STDERR,
                "The cell has been interrupted, but does not end: it is in %s, which does not look for interrupts. Wait for it, or restart the kernel, which loses the variables.%n"
                        .formatted(where));
    }

    /// Interrupts the threads that the cell started, and its own only inside the reader's code: the compiler's
    /// open files do not survive an interrupt.
    ///
    /// @return whether a thread that the cell started is alive
    private boolean interruptThreads() {
        Thread own = thread;
        if (own == null) return false;
        Set<Thread> threads = left;
        if (threads == null) threads = ownThreads(own);
        threads.forEach(Thread::interrupt);
        synchronized (this) {
            if (userCodeDepth > 0) own.interrupt();
        }
        return threads.stream().anyMatch(Thread::isAlive);
    }

    /// Called by the stop checks of the calling thread.
    void stopIfInterrupted() {
        if (!interrupted) return;
        long now = System.nanoTime();
        Long before = stoppedAtNanos.get(Thread.currentThread());
        if (before != null && now - before < GRACE.toNanos()) return;
        stoppedAtNanos.put(Thread.currentThread(), now);
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

    /// Runs compiled code and tells the meter of the calling thread's cell, if it has one.
    static <T extends @Nullable Object, X extends Exception> T metered(UserCode<T, X> code) throws X {
        Meter told =
                CellScope.current() instanceof CellRun run && Thread.currentThread() == run.thread ? run.meter : null;
        if (told == null) return code.run();
        told.begin();
        try {
            return code.run();
        } finally {
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
        try {
            return compilation.run();
        } finally {
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
        return execution.output();
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
        meter = told;
        try {
            return session.runSource(source, origin, this);
        } finally {
            meter = before;
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
