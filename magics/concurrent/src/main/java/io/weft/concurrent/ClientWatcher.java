package io.weft.concurrent;

/// A shared object that frees what a client JVM held when that JVM ends.
interface ClientWatcher {
    void clientEnded(Client client);
}
