package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// What a manager can be asked.
interface ManagerOps {
    /// Makes a shared object; gives what users see of it.
    Object create(String kind, @Nullable Object argument);

    /// Serves the manager over the network too; gives the URI and the secret.
    ///
    /// @throws IllegalStateException if it cannot listen there
    String[] serve(String host, int port);

    /// The manager's name and process.
    @Repeatable
    Object[] describe();

    /// Remembers how an object of that type is made.
    @Repeatable
    void register(String type, Fn maker);

    /// Makes an object of a registered type.
    Object make(String type) throws Exception;
}
