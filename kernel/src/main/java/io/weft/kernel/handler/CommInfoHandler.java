package io.weft.kernel.handler;

import io.weft.kernel.channel.Exchange;
import io.weft.kernel.channel.Handler;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;
import java.util.Map;

/// Answers `comm_info_request`: this kernel has no comm targets, so none is open.
final class CommInfoHandler implements Handler<Request.CommInfo> {
    @Override
    public Reply handle(Request.CommInfo request, Exchange exchange) {
        return new Reply.CommInfo(Map.of());
    }
}
