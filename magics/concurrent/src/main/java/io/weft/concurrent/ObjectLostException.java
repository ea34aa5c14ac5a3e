package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// The JVM that held a shared object has ended, so the object and its content are gone.
public final class ObjectLostException extends IllegalStateException {
    ObjectLostException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
