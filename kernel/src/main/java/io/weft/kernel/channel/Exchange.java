package io.weft.kernel.channel;

import io.weft.kernel.display.CellInput;
import io.weft.kernel.display.CellOutput;
import io.weft.kernel.wire.Broadcast;
import io.weft.kernel.wire.WireMessage;
import java.io.IOException;

/// One request on its way through the kernel: all that is sent through it names this request as its parent.
///
/// Stays usable after the reply. Safe for use by many threads.
public final class Exchange {
    private final WireMessage message;
    private final Iopub iopub;
    private final StdinChannel stdin;
    private final long receivedNanos;

    Exchange(WireMessage message, long receivedNanos, Iopub iopub, StdinChannel stdin) {
        this.message = message;
        this.receivedNanos = receivedNanos;
        this.iopub = iopub;
        this.stdin = stdin;
    }

    /// When the kernel received the request, as [System#nanoTime] has it: it may have waited for another since.
    public long receivedNanos() {
        return receivedNanos;
    }

    /// The id of the subshell that the request is for; empty for the main shell.
    public String subshell() {
        return message.header().subshell();
    }

    /// Tells all front ends, in a full heap as soon as there is room.
    public void broadcast(Broadcast broadcast) {
        iopub.insist(message.header(), broadcast);
    }

    /// Where a cell writes that this request runs.
    public CellOutput output() {
        return new IopubOutput(message.header(), iopub);
    }

    /// Where a cell reads that this request runs.
    ///
    /// @param allowed whether the front end that sent the request answers
    public CellInput input(boolean allowed) {
        return (prompt, password) -> {
            if (!allowed) {
                throw new IOException("the front end that runs this cell takes no input (allow_stdin is false). Run the"
                        + " cell in JupyterLab or a console, or put the value into the code.");
            }
            iopub.flush();
            return stdin.readLine(message, prompt, password);
        };
    }

    WireMessage message() {
        return message;
    }
}
