package io.weft.kernel.handler;

import io.weft.kernel.assist.Completeness;
import io.weft.kernel.channel.Exchange;
import io.weft.kernel.channel.Handler;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;
import java.util.Locale;

/// Answers `is_complete_request`: whether the code can be run as it stands.
record IsCompleteHandler(EvaluatorSource evaluators) implements Handler<Request.IsComplete> {
    @Override
    public Reply handle(Request.IsComplete request, Exchange exchange) {
        Completeness completeness = evaluators.await().completeness(request.code());
        return new Reply.Completeness(completeness.status().name().toLowerCase(Locale.ROOT), completeness.indent());
    }
}
