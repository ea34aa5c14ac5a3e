package io.weft.concurrent;

class JvmPoolTest extends PoolContract {
    @Override
    Pool open() {
        return Pool.of(2);
    }
}
