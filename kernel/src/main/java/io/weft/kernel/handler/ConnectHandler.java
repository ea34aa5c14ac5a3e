package io.weft.kernel.handler;

import io.weft.kernel.channel.Exchange;
import io.weft.kernel.channel.Handler;
import io.weft.kernel.wire.ConnectionInfo;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;
import java.util.Map;

/// Answers `connect_request`, which old front ends send: the ports of the kernel.
record ConnectHandler(ConnectionInfo connection) implements Handler<Request.Connect> {
    @Override
    public Reply handle(Request.Connect request, Exchange exchange) {
        return new Reply.Connected(Map.of(
                "shell_port", connection.shellPort(),
                "iopub_port", connection.iopubPort(),
                "stdin_port", connection.stdinPort(),
                "hb_port", connection.heartbeatPort(),
                "control_port", connection.controlPort()));
    }
}
