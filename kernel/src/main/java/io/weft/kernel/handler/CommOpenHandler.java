package io.weft.kernel.handler;

import io.weft.kernel.channel.Exchange;
import io.weft.kernel.channel.Handler;
import io.weft.kernel.wire.Broadcast;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;

/// Answers `comm_open`: a comm whose target nobody knows is closed at once, as the protocol asks.
final class CommOpenHandler implements Handler<Request.CommOpen> {
    @Override
    public Reply handle(Request.CommOpen request, Exchange exchange) {
        exchange.broadcast(new Broadcast.CommClose(request.id()));
        return new Reply.None();
    }
}
