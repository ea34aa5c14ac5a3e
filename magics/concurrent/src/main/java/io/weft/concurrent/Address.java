package io.weft.concurrent;

import java.io.Serializable;

/// Where a JVM of the session listens.
///
/// @param socket the path of its socket
/// @param pid its process
/// @param name what it is called in messages
record Address(String socket, long pid, String name) implements Serializable {}
