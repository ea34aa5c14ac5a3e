package io.weft.kernel.client;

import io.weft.kernel.assist.Completeness;
import io.weft.kernel.assist.Completion;
import io.weft.kernel.comm.CommRegistry;
import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.eval.Evaluator;
import io.weft.kernel.eval.Execution;
import io.weft.kernel.eval.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// An evaluator whose cells are written in the test: each code has a Java method that runs for it.
///
/// An interrupt interrupts the threads that run cells.
public final class ScriptedEvaluator implements Evaluator {
    /// What runs for a cell.
    @FunctionalInterface
    public interface Cell {
        Outcome run(Execution execution) throws Exception;
    }

    private final Map<String, Cell> cells = new ConcurrentHashMap<>();
    private static final ThreadLocal<CellOutput> OUTPUT = new ThreadLocal<>();
    private final CommRegistry comms = new CommRegistry(OUTPUT::get);
    private final Object lock = new Object();
    private final Map<String, Thread> running = new LinkedHashMap<>();
    private volatile boolean closed;

    /// Sets what runs for a code.
    public ScriptedEvaluator on(String code, Cell cell) {
        cells.put(code, cell);
        return this;
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public Outcome evaluate(Execution execution) {
        synchronized (lock) {
            running.put(execution.shell(), Thread.currentThread());
        }
        try {
            Cell cell = cells.get(execution.code());
            return cell == null ? new Outcome.Value(MimeBundle.text(execution.code())) : cell.run(execution);
        } catch (Exception failed) {
            String message = String.valueOf(failed.getMessage());
            return new Outcome.Failure(failed.getClass().getName(), message, List.of(message));
        } finally {
            synchronized (lock) {
                running.remove(execution.shell());
            }
        }
    }

    @Override
    public Outcome run(Execution execution, Task task) {
        OUTPUT.set(execution.output());
        try {
            task.run();
            return new Outcome.Nothing();
        } catch (Exception failed) {
            return new Outcome.Failure(failed.getClass().getName(), String.valueOf(failed.getMessage()), List.of());
        }
    }

    @Override
    public CommRegistry comms() {
        return comms;
    }

    @Override
    public Map<String, Outcome> evaluateExpressions(Map<String, String> expressions, Execution execution) {
        var values = new LinkedHashMap<String, Outcome>();
        expressions.forEach((name, code) -> values.put(
                name,
                evaluate(new Execution(
                        execution.shell(), code, execution.count(), execution.output(), execution.input()))));
        return values;
    }

    @Override
    public void interrupt() {
        synchronized (lock) {
            running.values().forEach(Thread::interrupt);
        }
    }

    @Override
    public void closeShell(String shell) {
        synchronized (lock) {
            Thread thread = running.get(shell);
            if (thread != null) {
                thread.interrupt();
            }
        }
    }

    @Override
    public Completion complete(String code, int cursor) {
        return new Completion(0, cursor, List.of(new Completion.Match(code + "!", "function", "(int)")));
    }

    @Override
    public Optional<MimeBundle> inspect(String code, int cursor, int detail) {
        return code.equals("unknown") ? Optional.empty() : Optional.of(MimeBundle.text(code + "@" + cursor));
    }

    @Override
    public Completeness completeness(String code) {
        return code.endsWith("{")
                ? new Completeness(Completeness.Status.INCOMPLETE, "    ")
                : new Completeness(Completeness.Status.COMPLETE, "");
    }

    @Override
    public void close() {
        closed = true;
        interrupt();
    }
}
