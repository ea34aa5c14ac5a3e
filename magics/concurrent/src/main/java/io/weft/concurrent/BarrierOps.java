package io.weft.concurrent;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;

/// What a barrier can be asked.
interface BarrierOps {
    int await(long nanos) throws InterruptedException, BrokenBarrierException, TimeoutException;

    @Repeatable
    int parties();

    @Repeatable
    int waiting();

    @Repeatable
    void reset();

    @Repeatable
    void abort();

    @Repeatable
    boolean broken();
}
