package io.weft.concurrent;

/// A queue or pipe takes no more elements, or has none left and gets no more, since it was closed.
public final class QueueClosedException extends IllegalStateException {
    QueueClosedException(String message) {
        super(message);
    }
}
