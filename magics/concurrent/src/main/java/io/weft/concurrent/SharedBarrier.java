package io.weft.concurrent;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;

/// A place where threads of several JVMs wait for each other; Python's `Barrier`.
///
/// One that dies or is interrupted while it waits breaks the barrier for the others, who then get
/// [BrokenBarrierException], until [#reset].
///
/// **Threads.** All methods may be called from any thread.
public final class SharedBarrier implements Serializable {
    private final transient Handle<BarrierOps> handle;

    SharedBarrier(Handle<BarrierOps> handle) {
        this.handle = handle;
    }

    /// Waits until all parties are here.
    ///
    /// @return the number of parties that came later
    public int await() throws InterruptedException, BrokenBarrierException {
        try {
            return handle.ops().await(-1);
        } catch (TimeoutException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// Waits until all parties are here; after the limit the barrier is broken.
    public int await(Duration limit) throws InterruptedException, BrokenBarrierException, TimeoutException {
        Objects.requireNonNull(limit, "limit");
        return handle.ops().await(Math.max(0, limit.toNanos()));
    }

    public int getParties() {
        return handle.ops().parties();
    }

    /// Makes the barrier as new. Those who wait get [BrokenBarrierException].
    public void reset() {
        handle.ops().reset();
    }

    /// Breaks the barrier: those who wait, and who come later, get [BrokenBarrierException], until
    /// [#reset]. For one that cannot come.
    public void abort() {
        handle.ops().abort();
    }

    public boolean isBroken() {
        return handle.ops().broken();
    }

    @Override
    public String toString() {
        return "SharedBarrier[%d of %d wait]".formatted(handle.ops().waiting(), getParties());
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
