package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// A function of this library around functions of the user.
interface Carrier {
    /// The class loader of the user's functions; null if it is not known.
    @Nullable
    ClassLoader loader();
}
