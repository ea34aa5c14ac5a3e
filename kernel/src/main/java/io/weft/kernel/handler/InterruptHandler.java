package io.weft.kernel.handler;

import io.weft.kernel.channel.Exchange;
import io.weft.kernel.channel.Handler;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;

/// Answers `interrupt_request`: ends the running cell.
record InterruptHandler(EvaluatorSource evaluators) implements Handler<Request.Interrupt> {
    @Override
    public Reply handle(Request.Interrupt request, Exchange exchange) {
        evaluators.interrupt();
        return new Reply.Done();
    }
}
