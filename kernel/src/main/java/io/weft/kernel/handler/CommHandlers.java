package io.weft.kernel.handler;

import io.weft.kernel.channel.Exchange;
import io.weft.kernel.comm.Comm;
import io.weft.kernel.comm.CommMessage;
import io.weft.kernel.comm.CommRegistry;
import io.weft.kernel.eval.Evaluator;
import io.weft.kernel.eval.Execution;
import io.weft.kernel.eval.Outcome;
import io.weft.kernel.wire.Broadcast;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;
import java.util.LinkedHashMap;

/// Takes `comm_open`, `comm_msg` and `comm_close`, and answers `comm_info_request`.
///
/// A notebook's handlers run as its cells do; what one throws is broadcast as an error in the name of the message.
record CommHandlers(EvaluatorSource evaluators) {
    Reply open(Request.CommOpen request, Exchange exchange) {
        var message = new CommMessage(request.data(), request.metadata(), request.buffers());
        return handle(exchange, comms -> comms.opened(request.id(), request.target(), message));
    }

    Reply message(Request.CommMessage request, Exchange exchange) {
        var message = new CommMessage(request.data(), request.metadata(), request.buffers());
        return handle(exchange, comms -> comms.received(request.id(), message));
    }

    Reply close(Request.CommClose request, Exchange exchange) {
        var message = new CommMessage(request.data(), request.metadata(), request.buffers());
        return handle(exchange, comms -> comms.closed(request.id(), message));
    }

    Reply info(Request.CommInfo request) {
        var open = new LinkedHashMap<String, String>();
        Evaluator evaluator = evaluators.ifMade();
        if (evaluator != null) {
            for (Comm comm : evaluator.comms().open()) {
                if (request.target().isEmpty() || request.target().equals(comm.target())) {
                    open.put(comm.id(), comm.target());
                }
            }
        }
        return new Reply.CommInfo(open);
    }

    private interface Work {
        void on(CommRegistry comms) throws Exception;
    }

    private Reply handle(Exchange exchange, Work work) {
        String shell = exchange.subshell();
        Evaluator evaluator = shell.isEmpty() ? evaluators.onCellThread() : evaluators.await();
        var execution = new Execution(shell, "", 0, exchange.output(), exchange.input(false));
        Outcome outcome = evaluator.run(execution, () -> work.on(evaluator.comms()));
        if (outcome instanceof Outcome.Failure(var name, var message, var traceback)) {
            exchange.broadcast(new Broadcast.Failure(name, message, traceback));
        }
        return new Reply.None();
    }
}
