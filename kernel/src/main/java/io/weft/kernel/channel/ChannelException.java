package io.weft.kernel.channel;

/// A channel cannot be opened; the message names its address, the reason and the next step.
public final class ChannelException extends Exception {
    ChannelException(String message) {
        super(message);
    }

    ChannelException(String message, Throwable cause) {
        super(message, cause);
    }
}
