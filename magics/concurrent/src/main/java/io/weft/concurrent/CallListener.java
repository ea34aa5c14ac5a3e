package io.weft.concurrent;

/// Hears how one call of a [Pool] comes along, see [OutputRouter#listener].
public interface CallListener {
    /// Something happened to tasks of the call. The events come in their order, while the pool holds a lock: this must
    /// be quick, and must not call the pool.
    void on(PoolEvent.OfTasks event);

    /// The thread that waits for the results of the call has them or has given up, and goes on after this.
    /// Not called for results that nobody waits for in the call itself, as of `mapAsync`.
    default void end() {}
}
