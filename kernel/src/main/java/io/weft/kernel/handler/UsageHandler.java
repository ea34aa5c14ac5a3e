package io.weft.kernel.handler;

import io.weft.kernel.channel.Exchange;
import io.weft.kernel.channel.Handler;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;

/// Answers `usage_request`: what the kernel and its workers take of the machine.
record UsageHandler(Usage usage) implements Handler<Request.Usage> {
    @Override
    public Reply handle(Request.Usage request, Exchange exchange) {
        return new Reply.Usage(usage.measure());
    }
}
