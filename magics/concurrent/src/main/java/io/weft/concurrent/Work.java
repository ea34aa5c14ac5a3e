package io.weft.concurrent;

import java.io.Serializable;

/// Work without a result that may throw, for a [WorkerProcess] or to prepare the workers of a [Pool].
@FunctionalInterface
public interface Work extends Serializable {
    void run() throws Exception;
}
