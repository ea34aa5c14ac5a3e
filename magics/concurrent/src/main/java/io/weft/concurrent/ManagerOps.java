package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// What a manager can be asked.
interface ManagerOps {
    /// Makes a shared object; gives what users see of it.
    Object create(String kind, @Nullable Object argument);
}
