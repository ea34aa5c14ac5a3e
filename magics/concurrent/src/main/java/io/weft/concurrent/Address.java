package io.weft.concurrent;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// Where a JVM of the session listens.
///
/// @param socket the path of its socket
/// @param pid its process
/// @param name what it is called in messages
record Address(String socket, long pid, String name) implements Serializable {
    // written out: those of the compiler are linked at their first use, which takes a fresh worker many milliseconds

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Address that && socket.equals(that.socket) && pid == that.pid && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return socket.hashCode();
    }

    /// Without the socket: that of another machine holds its secret.
    @Override
    public String toString() {
        return "%s (pid %d)".formatted(name, pid);
    }
}
