package io.weft.kernel.handler;

import io.weft.kernel.channel.Exchange;
import io.weft.kernel.channel.Handler;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;
import java.util.List;

/// Answers `history_request`: cells that were run.
record HistoryHandler(History history) implements Handler<Request.History> {
    @Override
    public Reply handle(Request.History request, Exchange exchange) {
        return switch (request.access()) {
            case "tail" -> new Reply.History(history.tail(request.count()), request.output());
            case "range" ->
                new Reply.History(history.range(request.session(), request.start(), request.stop()), request.output());
            case "search" ->
                new Reply.History(
                        history.search(request.pattern(), request.count(), request.unique()), request.output());
            default ->
                new Reply.Failed(
                        "InvalidRequest",
                        "hist_access_type is \"%s\"; it can be tail, range or search".formatted(request.access()),
                        List.of());
        };
    }
}
