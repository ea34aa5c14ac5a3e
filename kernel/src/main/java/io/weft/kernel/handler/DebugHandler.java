package io.weft.kernel.handler;

import io.weft.kernel.channel.Exchange;
import io.weft.kernel.channel.Handler;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;

/// Answers `debug_request`: there is no debugger, and the answer says so in the debugger's own protocol.
///
/// @see <a href="https://microsoft.github.io/debug-adapter-protocol/specification">Debug Adapter Protocol</a>
final class DebugHandler implements Handler<Request.Debug> {
    @Override
    public Reply handle(Request.Debug request, Exchange exchange) {
        return new Reply.NotDebugged(
                request.sequence(),
                request.command(),
                "this kernel has no debugger; run cells as ever, or debug the program in an IDE");
    }
}
