package io.weft.kernel.handler;

import io.weft.kernel.channel.Exchange;
import io.weft.kernel.channel.Handler;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;

/// Answers `shutdown_request`. The kernel ends when the reply is on its way.
final class ShutdownHandler implements Handler<Request.Shutdown> {
    @Override
    public Reply handle(Request.Shutdown request, Exchange exchange) {
        return new Reply.ShuttingDown(request.restart());
    }
}
