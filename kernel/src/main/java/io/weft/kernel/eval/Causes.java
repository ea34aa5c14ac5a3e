package io.weft.kernel.eval;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The chain of an exception's causes, however it is made: `getCause` may be the reader's own method and throw, and the
/// causes may be a circle.
final class Causes {
    private static final int MAX_CAUSES = 100;

    private Causes() {}

    /// The exception, its cause, and so on, the first hundred of them.
    static List<Throwable> of(Throwable failure) {
        var chain = new ArrayList<Throwable>();
        for (Throwable at = failure; at != null && chain.size() < MAX_CAUSES; at = next(at)) chain.add(at);
        return chain;
    }

    /// The first shortage of memory among an exception and its causes, found without memory.
    static @Nullable OutOfMemoryError shortage(Throwable failure) {
        Throwable at = failure;
        for (int count = 0; at != null && count < MAX_CAUSES; count++) {
            if (at instanceof OutOfMemoryError shortage) return shortage;
            at = next(at);
        }
        return null;
    }

    private static @Nullable Throwable next(Throwable failure) {
        try {
            return failure.getCause();
        } catch (Throwable broken) {
            return null;
        }
    }
}
