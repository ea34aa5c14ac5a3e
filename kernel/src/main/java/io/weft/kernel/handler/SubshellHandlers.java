package io.weft.kernel.handler;

import io.weft.kernel.channel.Subshells;
import io.weft.kernel.eval.Evaluator;
import io.weft.kernel.wire.Reply;
import io.weft.kernel.wire.Request;
import java.util.List;

/// Answers `create_subshell_request`, `delete_subshell_request` and `list_subshell_request`.
record SubshellHandlers(Subshells subshells, EvaluatorSource evaluators) {
    Reply create(Request.CreateSubshell request) {
        return new Reply.SubshellOpen(subshells.open());
    }

    /// Ends what runs in the subshell; what waits there is aborted.
    Reply delete(Request.DeleteSubshell request) {
        if (!subshells.close(request.id())) {
            return new Reply.Failed("UnknownSubshell", Subshells.unknown(request.id()), List.of());
        }
        Evaluator evaluator = evaluators.ifMade();
        if (evaluator != null) {
            evaluator.closeShell(request.id());
        }
        return new Reply.Done();
    }

    Reply list(Request.ListSubshells request) {
        return new Reply.OpenSubshells(subshells.ids());
    }
}
