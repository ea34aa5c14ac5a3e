package io.weft.kernel.handler;

import io.weft.kernel.channel.Exchange;
import io.weft.kernel.channel.Handler;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;
import java.util.List;

/// Answers requests that this kernel does not know, so that no front end waits for ever.
final class UnsupportedHandler implements Handler<Request.Unsupported> {
    @Override
    public Reply handle(Request.Unsupported request, Exchange exchange) {
        return new Reply.Failed(
                "UnsupportedRequest",
                "this kernel does not support %s; everything else works on".formatted(request.type()),
                List.of());
    }
}
