package io.weft.concurrent;

class VirtualPoolTest extends PoolContract {
    @Override
    Pool open() {
        return Pool.ofVirtualThreads(2);
    }
}
