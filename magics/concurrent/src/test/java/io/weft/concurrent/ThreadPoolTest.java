package io.weft.concurrent;

class ThreadPoolTest extends PoolContract {
    @Override
    Pool open() {
        return Pool.ofThreads(2);
    }
}
