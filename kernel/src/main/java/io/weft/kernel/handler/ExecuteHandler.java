package io.weft.kernel.handler;

import io.weft.kernel.channel.Exchange;
import io.weft.kernel.channel.Handler;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.eval.Evaluator;
import io.weft.kernel.eval.Execution;
import io.weft.kernel.eval.Outcome;
import io.weft.kernel.wire.Broadcast;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// Answers `execute_request`: evaluates the cell and broadcasts what it shows.
///
/// Called by one thread for each shell; the shells count their cells together.
final class ExecuteHandler implements Handler<Request.Execute> {
    /// What people type to leave other consoles; to Java it is nothing, unless the notebook declares it.
    private static final Pattern EXIT = Pattern.compile("\\s*/?(?:exit|quit)(?:\\(\\))?;?\\s*");

    private static final String HOW_TO_EXIT =
            "A console ends with this. In a notebook, Kernel > Shut Down Kernel ends the kernel.\n";

    private final EvaluatorSource evaluators;
    private final History history;
    /// Guarded by `this`.
    private int counted;

    ExecuteHandler(EvaluatorSource evaluators, History history) {
        this.evaluators = evaluators;
        this.history = history;
    }

    @Override
    public Reply handle(Request.Execute request, Exchange exchange) {
        int count = count(request.storeHistory());
        if (!request.silent()) {
            exchange.broadcast(new Broadcast.ExecuteInput(request.code(), count));
        }
        String shell = exchange.subshell();
        Evaluator evaluator = shell.isEmpty() ? evaluators.onCellThread() : evaluators.await();
        var execution =
                new Execution(shell, request.code(), count, exchange.output(), exchange.input(request.allowStdin()));
        Outcome outcome = evaluators.interruptedEarlySince(exchange.receivedNanos())
                ? Outcome.interrupted()
                : evaluator.evaluate(execution);
        if (request.storeHistory()) {
            history.add(count, request.code(), outcome instanceof Outcome.Value(var value) ? value.plainText() : "");
        }
        return switch (outcome) {
            case Outcome.Nothing() -> executed(request, execution, evaluator);
            case Outcome.Value(MimeBundle bundle) -> {
                if (!request.silent()) {
                    exchange.broadcast(new Broadcast.ExecuteResult(count, bundle.data(), bundle.metadata()));
                }
                yield executed(request, execution, evaluator);
            }
            case Outcome.Failure failure
            when failure.name().equals("CompilationError")
                    && EXIT.matcher(request.code()).matches() -> {
                exchange.broadcast(new Broadcast.Stream("stdout", HOW_TO_EXIT));
                yield new Reply.Executed(count, Map.of(), true);
            }
            case Outcome.Failure(var name, var message, var traceback) -> {
                exchange.broadcast(new Broadcast.Failure(name, message, traceback));
                yield new Reply.ExecutionFailed(count, name, message, traceback);
            }
        };
    }

    private synchronized int count(boolean kept) {
        int count = counted + 1;
        if (kept) {
            counted = count;
        }
        return count;
    }

    private static Reply executed(Request.Execute request, Execution execution, Evaluator evaluator) {
        if (request.userExpressions().isEmpty()) {
            return new Reply.Executed(execution.count(), Map.of(), false);
        }
        var results = new LinkedHashMap<String, Reply.ExpressionResult>();
        evaluator.evaluateExpressions(request.userExpressions(), execution).forEach((name, outcome) -> {
            results.put(
                    name,
                    switch (outcome) {
                        case Outcome.Nothing() -> new Reply.ExpressionResult.Value(Map.of(), Map.of());
                        case Outcome.Value(var bundle) ->
                            new Reply.ExpressionResult.Value(bundle.data(), bundle.metadata());
                        case Outcome.Failure(var failure, var message, var traceback) ->
                            new Reply.ExpressionResult.Failure(failure, message, traceback);
                    });
        });
        return new Reply.Executed(execution.count(), results, false);
    }
}
