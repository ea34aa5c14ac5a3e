package io.weft.kernel.wire;

/// Frames that are no wire message, or a wire message whose content is not what its type asks for.
public final class WireException extends Exception {
    public WireException(String message) {
        super(message);
    }

    public WireException(String message, Throwable cause) {
        super(message, cause);
    }
}
