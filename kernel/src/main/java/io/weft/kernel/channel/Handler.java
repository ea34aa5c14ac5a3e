package io.weft.kernel.channel;

import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;

/// Answers one type of request.
///
/// The message loop has sent `busy` before and sends the reply and `idle` afterwards, also when the handler throws, so
/// a handler never touches `status`.
///
/// @param <R> the request
@FunctionalInterface
public interface Handler<R extends Request> {
    /// Does what is asked.
    ///
    /// @param request  what is asked
    /// @param exchange takes what is broadcast in its name
    Reply handle(R request, Exchange exchange);
}
