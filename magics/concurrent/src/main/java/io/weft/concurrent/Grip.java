package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// How the threads of this JVM hold a shared lock, wherever it lives. Each method is about the calling thread.
sealed interface Grip permits LockCore, FarGrip {
    /// Holds it if that is possible at once, without a look at interrupts.
    boolean enterNow();

    /// Whether it is held in time; negative nanoseconds have no end.
    boolean enter(long nanos) throws InterruptedException;

    /// Holds it once less.
    ///
    /// @throws IllegalMonitorStateException if this thread does not hold it
    void leave();

    boolean isHeld();

    int holds();

    boolean isLocked();

    @Nullable
    String abandonedBy();
}
