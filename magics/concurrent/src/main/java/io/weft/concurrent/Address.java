package io.weft.concurrent;

import java.io.Serializable;

/// Where a JVM of the session listens.
///
/// @param socket the path of its socket
/// @param pid its process
/// @param name what it is called in messages
record Address(String socket, long pid, String name) implements Serializable {
    /// Without the socket: that of another machine holds its secret.
    @Override
    public String toString() {
        return "%s (pid %d)".formatted(name, pid);
    }
}
