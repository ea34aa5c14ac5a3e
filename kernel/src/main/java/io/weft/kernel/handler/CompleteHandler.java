package io.weft.kernel.handler;

import io.weft.kernel.assist.Completion;
import io.weft.kernel.channel.Exchange;
import io.weft.kernel.channel.Handler;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;
import java.util.Map;

/// Answers `complete_request`: what could stand at the cursor.
record CompleteHandler(EvaluatorSource evaluators) implements Handler<Request.Complete> {
    @Override
    public Reply handle(Request.Complete request, Exchange exchange) {
        Completion completion = evaluators.await().complete(request.code(), request.cursor());
        int start = completion.start();
        int end = completion.end();
        return new Reply.Completed(
                start,
                end,
                completion.matches().stream().map(Completion.Match::text).toList(),
                completion.matches().stream()
                        .map(match -> typed(match, start, end))
                        .toList());
    }

    private static Map<String, Object> typed(Completion.Match match, int start, int end) {
        return Map.of(
                "text", match.text(),
                "type", match.type(),
                "signature", match.signature(),
                "start", start,
                "end", end);
    }
}
