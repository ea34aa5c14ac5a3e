package io.weft.concurrent;

/// The JVM on whose behalf a shared object is asked.
///
/// @param jvmId tells it from all others
/// @param name what it is called in messages
/// @param pid its process
/// @param remote whether it has come over the network
record Client(String jvmId, String name, long pid, boolean remote) {
    private static final ScopedValue<Client> CURRENT = ScopedValue.newInstance();

    /// The one whose call the calling thread serves; this JVM, if it serves none.
    static Client current() {
        return CURRENT.isBound() ? CURRENT.get() : Hub.get().self();
    }

    /// Runs `body` on behalf of this one.
    <T, X extends Throwable> T serve(ScopedValue.CallableOp<T, X> body) throws X {
        return ScopedValue.where(CURRENT, this).call(body);
    }

    /// `worker-1 (pid 4711)`
    @Override
    public String toString() {
        return "%s (pid %d)".formatted(name, pid);
    }
}
