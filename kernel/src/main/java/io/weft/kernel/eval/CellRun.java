package io.weft.kernel.eval;

import io.weft.kernel.display.CellInput;
import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.Renderer;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.CellScope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One run of one cell: its threads, and how they are stopped.
///
/// The cell runs in a thread of its own, in a thread group of its own, which the platform threads that
/// it starts inherit. An interrupt interrupts them all, makes the stop checks in their code throw, and
/// goes on doing so until they have ended or [#PATIENCE] is over.
final class CellRun implements Cell {
    /// How long the threads of an interrupted cell are pursued after the cell itself has ended.
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    /// How long a stopped thread may run its `finally` blocks before it is stopped again.
    private static final Duration GRACE = Duration.ofMillis(300);
    /// The pause between two interrupts of threads that do not end.
    private static final Duration INSISTENCE = Duration.ofMillis(50);

    private final JavaSession session;
    private final Execution execution;
    private final ThreadGroup group;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Map<Thread, Long> stoppedAtNanos = new ConcurrentHashMap<>();
    private volatile boolean interrupted;
    private volatile @Nullable Thread thread;
    /// How many calls of the cell's own code the cell's thread is inside of; guarded by `this`.
    private int userCodeDepth;

    CellRun(JavaSession session, Execution execution) {
        this.session = session;
        this.execution = execution;
        this.group = new ThreadGroup("cell [" + execution.count() + "]");
    }

    /// Runs the cell in its own thread and waits for it, whatever happens.
    void runToEnd(ClassLoader contextLoader, Runnable cell) {
        var own = new Thread(
                group,
                () -> {
                    CellScope.enter(this);
                    cell.run();
                },
                "cell [" + execution.count() + "]");
        own.setContextClassLoader(contextLoader);
        own.setDaemon(false);
        thread = own;
        own.start();
        boolean wasInterrupted = false;
        while (own.isAlive()) {
            try {
                own.join();
            } catch (InterruptedException again) {
                wasInterrupted = true;
            }
        }
        ended.countDown();
        if (wasInterrupted) Thread.currentThread().interrupt();
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
        Thread.ofPlatform().daemon().name("interrupt of " + group.getName()).start(this::pursue);
    }

    boolean isInterrupted() {
        return interrupted;
    }

    private void pursue() {
        try {
            long deadline = Long.MAX_VALUE;
            while (System.nanoTime() < deadline) {
                boolean othersAlive = interruptThreads();
                boolean cellEnded = ended.await(INSISTENCE.toMillis(), TimeUnit.MILLISECONDS);
                if (cellEnded && deadline == Long.MAX_VALUE) deadline = System.nanoTime() + PATIENCE.toNanos();
                if (cellEnded && !othersAlive) {
                    // virtual threads cannot be listed: they get the rest of the time to reach a check
                    Thread.sleep(Math.max(0, deadline - System.nanoTime()) / 1_000_000);
                    break;
                }
                if (cellEnded) Thread.sleep(INSISTENCE);
            }
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
        } finally {
            session.disarmUnlessInterrupting(this);
        }
    }

    /// Interrupts the threads of the group, but the cell's own only inside the reader's code: the compiler's
    /// open files do not survive an interrupt.
    ///
    /// @return whether another thread than the cell's own is alive
    private boolean interruptThreads() {
        var threads = new Thread[group.activeCount() + 16];
        int count = group.enumerate(threads);
        boolean others = false;
        for (int i = 0; i < count; i++) {
            if (threads[i] == thread) continue;
            others = true;
            threads[i].interrupt();
        }
        synchronized (this) {
            Thread own = thread;
            if (userCodeDepth > 0 && own != null) own.interrupt();
        }
        return others;
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

    private synchronized void enterUserCode() {
        if (interrupted) throw new CellStopped();
        userCodeDepth++;
    }

    private synchronized void leaveUserCode() {
        userCodeDepth--;
        // an interrupt that came too late must not hit the compiler
        if (userCodeDepth == 0) Thread.interrupted();
    }

    CellInput input() {
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
    public Renderer renderer() {
        return session.renderer();
    }

    @Override
    public void declare(String name, String type, Object value) {
        session.declare(name, type, value);
    }

    @Override
    public @Nullable Object evaluate(String code) throws Exception {
        return session.evaluateExpression(code, count());
    }

    @Override
    public List<Variable> variables() {
        return session.variables();
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
