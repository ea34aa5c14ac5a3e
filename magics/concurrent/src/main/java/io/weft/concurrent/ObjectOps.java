package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// What an object of a user's class can be asked.
interface ObjectOps {
    /// Calls a method of the type that it is shared as.
    ///
    /// @param signature the method's name and the names of its parameters' types
    /// @throws Exception what the method throws
    @Nullable
    Object call(String signature, @Nullable Object[] arguments) throws InterruptedException, Exception;

    /// The name of the type that it is shared as.
    @Repeatable
    String type();
}
