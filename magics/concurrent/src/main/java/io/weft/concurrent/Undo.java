package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// A shared object that can take back what a caller was given but never received. Called on behalf of that caller.
interface Undo {
    void undo(String method, @Nullable Object[] arguments, @Nullable Object result);
}
