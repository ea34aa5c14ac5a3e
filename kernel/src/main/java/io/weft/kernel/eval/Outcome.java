package io.weft.kernel.eval;

import io.weft.kernel.display.MimeBundle;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// How the evaluation of a cell ended.
public sealed interface Outcome {
    /// The cell ended well and leaves nothing to show.
    record Nothing() implements Outcome {}

    /// The cell ended well; its last expression has this value.
    record Value(MimeBundle bundle) implements Outcome {}

    /// The outcome of a cell of which one statement ran longer than it may.
    static Failure timedOut(Duration limit) {
        String message = ("one statement ran longer than %s, which WEFT_TIMEOUT allows (or JJAVA_TIMEOUT, or"
                        + " IJAVA_TIMEOUT); the notebook's variables are as the cell left them")
                .formatted(limit.toString().substring(2).toLowerCase(Locale.ROOT));
        return new Failure("TimedOut", message, List.of("\u001b[1mTimedOut\u001b[0m: " + message));
    }

    /// The outcome of a cell that was interrupted.
    static Failure interrupted() {
        String message = "the cell was interrupted; the notebook's variables are as it left them";
        return new Failure("Interrupted", message, List.of("\u001b[1mInterrupted\u001b[0m: " + message));
    }

    /// The cell failed or was interrupted.
    ///
    /// @param name      the exception's class name, or `CompilationError`
    /// @param message   its message; empty where it has none
    /// @param traceback the lines to show, with ANSI colours
    record Failure(String name, String message, List<String> traceback) implements Outcome {
        public Failure {
            traceback = List.copyOf(traceback);
        }
    }
}
