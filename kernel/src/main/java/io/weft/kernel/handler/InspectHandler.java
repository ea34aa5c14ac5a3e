package io.weft.kernel.handler;

import io.weft.kernel.channel.Exchange;
import io.weft.kernel.channel.Handler;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;
import java.util.Map;

/// Answers `inspect_request`: what is known about the name at the cursor.
record InspectHandler(EvaluatorSource evaluators) implements Handler<Request.Inspect> {
    @Override
    public Reply handle(Request.Inspect request, Exchange exchange) {
        return evaluators
                .await()
                .inspect(request.code(), request.cursor(), request.detail())
                .map(found -> new Reply.Inspected(found.data(), found.metadata()))
                .orElseGet(() -> new Reply.Inspected(Map.of(), Map.of()));
    }
}
