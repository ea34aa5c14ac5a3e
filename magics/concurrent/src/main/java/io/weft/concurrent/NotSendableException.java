package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// A function, an item or a result cannot travel to another JVM; thrown before anything is sent.
public final class NotSendableException extends IllegalArgumentException {
    private final String variable;

    NotSendableException(String message, String variable, @Nullable Throwable cause) {
        super(message, cause);
        this.variable = variable;
    }

    /// The variable that holds what cannot travel; empty if it is not held by one.
    public String variable() {
        return variable;
    }
}
