package io.weft.kernel.handler;

import io.weft.kernel.channel.Exchange;
import io.weft.kernel.channel.Handler;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;

/// Gives each request to the handler that answers it.
record Handlers(
        ExecuteHandler execute,
        CompleteHandler complete,
        InspectHandler inspect,
        IsCompleteHandler isComplete,
        KernelInfoHandler kernelInfo,
        HistoryHandler history,
        CommHandlers comms,
        InterruptHandler interrupt,
        UsageHandler usage,
        ConnectHandler connect,
        DebugHandler debug,
        SubshellHandlers subshells,
        ShutdownHandler shutdown,
        UnsupportedHandler unsupported)
        implements Handler<Request> {
    @Override
    public Reply handle(Request request, Exchange exchange) {
        return switch (request) {
            case Request.Execute it -> execute.handle(it, exchange);
            case Request.Complete it -> complete.handle(it, exchange);
            case Request.Inspect it -> inspect.handle(it, exchange);
            case Request.IsComplete it -> isComplete.handle(it, exchange);
            case Request.KernelInfo it -> kernelInfo.handle(it, exchange);
            case Request.History it -> history.handle(it, exchange);
            case Request.CommInfo it -> comms.info(it);
            case Request.CommOpen it -> comms.open(it, exchange);
            case Request.CommMessage it -> comms.message(it, exchange);
            case Request.CommClose it -> comms.close(it, exchange);
            case Request.Interrupt it -> interrupt.handle(it, exchange);
            case Request.Usage it -> usage.handle(it, exchange);
            case Request.Connect it -> connect.handle(it, exchange);
            case Request.Debug it -> debug.handle(it, exchange);
            case Request.CreateSubshell it -> subshells.create(it);
            case Request.DeleteSubshell it -> subshells.delete(it);
            case Request.ListSubshells it -> subshells.list(it);
            case Request.Shutdown it -> shutdown.handle(it, exchange);
            case Request.Unsupported it -> unsupported.handle(it, exchange);
        };
    }
}
