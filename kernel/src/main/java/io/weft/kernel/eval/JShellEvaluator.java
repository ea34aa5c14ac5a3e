package io.weft.kernel.eval;

import io.weft.kernel.assist.CodeAssistant;
import io.weft.kernel.assist.Completeness;
import io.weft.kernel.assist.Completion;
import io.weft.kernel.comm.CommRegistry;
import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.eval.JavaSession.Result;
import io.weft.kernel.magic.CellScope;
import io.weft.kernel.magic.DisplayHandle;
import io.weft.kernel.magic.MagicProvider;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Runs cells with JShell in this JVM.
///
/// Making one takes the place of `System.out`, `System.err` and `System.in`, so there is one in a JVM.
public final class JShellEvaluator implements Evaluator {
    /// What a virtual thread that waits takes at least.
    private static final int BYTES_OF_A_THREAD = 1_000;
    /// What part of the heap the threads of a cell take at least that are ended because it is full.
    private static final int CROWD_PARTS = 32;

    /// How much longer than a census the time to the next one is.
    private static final int CENSUS_PAUSES = 20;

    private final JavaSession session;
    private final CodeAssistant assistant;
    private final Map<String, Shell> shells = new ConcurrentHashMap<>();

    /// Starts a session with the magics of all providers on the class path.
    public JShellEvaluator() {
        this(ServiceLoader.load(MagicProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList());
    }

    /// Starts a session with the magics of these providers.
    public JShellEvaluator(List<MagicProvider> providers) {
        this(providers, System.getenv());
    }

    /// Starts a session with the magics of these providers and the settings of these environment variables.
    public JShellEvaluator(List<MagicProvider> providers, Map<String, String> environment) {
        CellStreams.install();
        session = new JavaSession(providers, new SessionSettings(environment));
        assistant = new CodeAssistant(session.view(), session.magics());
        session.reserve().start(new Endangered());
        Thread.setDefaultUncaughtExceptionHandler(this::tellUncaught);
    }

    /// A thread of a cell that ends with an exception says so below the cell; one that an interrupt ended has
    /// nothing to say.
    private void tellUncaught(Thread thread, Throwable thrown) {
        if (thrown instanceof CellStopped) return;
        if (Shortages.in(thrown) != null) CellRun.ranOut(session.reserve());
        String name = thread.getName().isEmpty() ? "a virtual thread" : "thread \"" + thread.getName() + "\"";
        System.err.println("Exception in " + name + "\n"
                + String.join("\n", session.traceback().of(thrown).traceback()));
    }

    @Override
    public Outcome evaluate(Execution execution) {
        var outcome = new AtomicReference<Outcome>(new Outcome.Nothing());
        run(execution, run -> outcome.set(outcomeOf(run, execution.code())));
        return outcome.get();
    }

    @Override
    public Outcome run(Execution execution, Task task) {
        var outcome = new AtomicReference<Outcome>(new Outcome.Nothing());
        run(execution, run -> outcome.set(outcomeOf(run, task)));
        return outcome.get();
    }

    private Outcome outcomeOf(CellRun run, Task task) {
        try {
            CellRun.<@Nullable Object, Exception>inUserCode(() -> {
                task.run();
                return null;
            });
            return run.isInterrupted() ? run.interruption() : new Outcome.Nothing();
        } catch (Throwable thrown) {
            // whatever a handler throws ends that call only
            return run.isInterrupted()
                    ? run.interruption()
                    : session.traceback().of(thrown);
        }
    }

    @Override
    public CommRegistry comms() {
        return session.comms();
    }

    @Override
    public Map<String, Outcome> evaluateExpressions(Map<String, String> expressions, Execution execution) {
        var outcomes = new LinkedHashMap<String, Outcome>();
        run(execution, run -> expressions.forEach((key, code) -> outcomes.put(key, outcomeOf(run, code))));
        return outcomes;
    }

    private void run(Execution execution, java.util.function.Consumer<CellRun> body) {
        var run = new CellRun(session, execution);
        shell(execution.shell()).run(run, () -> body.accept(run));
    }

    private Shell shell(String id) {
        return shells.computeIfAbsent(
                id, _ -> new Shell(id.isEmpty() ? "cells" : "cells of subshell " + id, session.loader()));
    }

    private Outcome outcomeOf(CellRun run, String code) {
        try {
            Result result = evaluateParts(run, code);
            if (run.isInterrupted()) return run.interruption();
            if (!result.present() || result.value() == null || isSilent(result.value())) return new Outcome.Nothing();
            return new Outcome.Value(CellRun.inUserCode(() -> session.renderer().render(result.value())));
        } catch (Throwable thrown) {
            // whatever a cell throws ends that cell only
            return failureOf(run, thrown);
        }
    }

    private Outcome failureOf(CellRun run, Throwable thrown) {
        try {
            relieve(run, thrown);
            return run.isInterrupted()
                    ? run.interruption()
                    : session.traceback().of(thrown);
        } catch (OutOfMemoryError full) {
            // other threads have taken what was free: tell as much as takes next to nothing
            String name = OutOfMemoryError.class.getName();
            return new Outcome.Failure(name, Shortages.FULL, List.of(name, Shortages.FULL));
        }
    }

    /// Makes room for the cells that follow one which has used everything up.
    private void relieve(CellRun run, Throwable thrown) {
        OutOfMemoryError shortage = Shortages.in(thrown);
        if (shortage == null) return;
        if (Shortages.ofThreads(shortage)) run.interruptThreads();
        else run.exhaustIfCrowd();
        session.reserve().release();
    }

    /// The value of `System.out.printf(…)` is of no use to anybody, and a handle's display is there already.
    private static boolean isSilent(@Nullable Object value) {
        return value instanceof PrintStream || value instanceof DisplayHandle;
    }

    private Result evaluateParts(CellRun run, String code) throws Throwable {
        session.notebook().begin(run);
        try {
            return session.run(code, "cell " + run.count(), run);
        } finally {
            // they may be the reason of a failure
            for (String notice : session.takeNotices()) run.output().stream(Stream.STDERR, notice + "\n");
        }
    }

    @Override
    public void interrupt() {
        shells.values().forEach(this::interrupt);
        session.reserve().release(); // to end a cell that fills the heap takes memory
    }

    /// What is done while the heap fills.
    private final class Endangered implements MemoryReserve.Alarm {
        /// So many threads take a good part of the heap.
        private final int crowd =
                (int) Math.max(Shortages.CROWD, Runtime.getRuntime().maxMemory() / BYTES_OF_A_THREAD / CROWD_PARTS);

        private final @Nullable CellRun[] crowds = new CellRun[8];
        private int crowdCount;
        private long census;
        /// When the last census ended, and how long it took.
        private long censusNanos = System.nanoTime();

        private long censusTookNanos;

        /// A class that finds no memory while it is initialised is lost for good: those that end a cell are used once.
        @Override
        public void prepare() {
            session.traceback().of(new OutOfMemoryError("rehearsal"));
            Shortages.exhausted();
            StopCheck.prepare();
            CellThreads.visitVirtualOnes(CellScope::startedBy, () -> false);
        }

        @Override
        public void filling() {
            long beganNanos = System.nanoTime();
            if (beganNanos - censusNanos < CENSUS_PAUSES * censusTookNanos) return;
            Arrays.fill(crowds, null);
            crowdCount = 0;
            census++;
            CellThreads.visitVirtualOnes(
                    one -> {
                        if (crowdCount < crowds.length
                                && CellScope.startedBy(one) instanceof CellRun run
                                && run.countThread(census) == crowd) crowds[crowdCount++] = run;
                    },
                    () -> crowdCount > 0);
            censusNanos = System.nanoTime();
            censusTookNanos = censusNanos - beganNanos;
        }

        /// A cell that runs meets the end of the heap itself. Its threads often do not, and neither do those of a cell
        /// that has ended: they fill the heap and wait. This takes no memory.
        @Override
        public boolean nearlyFull() {
            boolean found = false;
            for (CellRun run : crowds) {
                if (run == null) continue;
                if (run.isInterrupted()) session.interrupter().pursue(run);
                else run.exhaust();
                found = true;
            }
            return found;
        }

        /// Ends the cells that run since then, when the JVM began to do nothing but look for memory. A later one may
        /// be what makes room.
        @Override
        public void exhausted(long sinceNanos) {
            for (Shell shell : shells.values()) {
                CellRun run = shell.running();
                if (run != null && run.beganBefore(sinceNanos)) run.exhaust();
            }
        }
    }

    private void interrupt(Shell shell) {
        CellRun run = shell.running();
        if (run == null) return;
        run.interrupt();
    }

    @Override
    public void closeShell(String id) {
        Shell shell = shells.remove(id);
        if (shell == null) return;
        interrupt(shell);
        shell.close();
    }

    @Override
    public Completion complete(String code, int cursor) {
        return assistant.complete(code, cursor);
    }

    @Override
    public Optional<MimeBundle> inspect(String code, int cursor, int detail) {
        return assistant.inspect(code, cursor, detail);
    }

    @Override
    public Completeness completeness(String code) {
        return assistant.completeness(code);
    }

    @Override
    public void warmUp() {
        session.warmUp();
    }

    @Override
    public void close() {
        interrupt();
        shells.values().forEach(Shell::close);
        assistant.close();
        session.close();
    }
}
