package io.weft.kernel.magic;

/// A magic that could not do what was asked: says why and what to do next, in words for the notebook's reader.
public final class MagicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MagicException(String message) {
        super(message);
    }

    public MagicException(String message, Throwable cause) {
        super(message, cause);
    }
}
