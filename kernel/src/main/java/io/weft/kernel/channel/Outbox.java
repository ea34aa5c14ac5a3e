package io.weft.kernel.channel;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What waits to be sent through a socket. Only the socket's thread takes from it.
interface Outbox {
    /// The frames of the next message, or null where none is due now.
    @Nullable
    List<byte[]> poll();

    /// How long until [#poll] has something, as far as known now; [Long#MAX_VALUE] where nothing waits.
    long nanosToNext();

    /// Whether a message that has left the outbox, but whose reader cannot be reached yet, is to be tried again.
    default boolean isStillWanted(List<byte[]> frames) {
        return true;
    }
}
