package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// Makes shared objects in this JVM.
final class ManagerCore implements ManagerOps {
    @Override
    public Object create(String name, @Nullable Object argument) {
        var kind = Kind.valueOf(name);
        Object core = switch (kind) {
            case QUEUE -> new QueueCore(number(argument));
            case DICT, NAMESPACE -> new DictCore();
            case LIST -> new ListCore();
            case VALUE -> new ValueCore(argument);
            case ARRAY -> new ArrayCore(argument instanceof double[] values ? values : new double[0]);
            case COUNTER -> new CounterCore();
            case LOCK -> new LockCore(Boolean.TRUE.equals(argument));
            case SEMAPHORE -> new SemaphoreCore(number(argument));
            case EVENT -> new EventCore();
            case BARRIER -> new BarrierCore(number(argument));
            case LATCH -> new LatchCore(number(argument));
            case MANAGER -> throw new IllegalArgumentException("a manager makes no managers");
        };
        return kind.facade(Handle.local(core, kind));
    }

    private static int number(@Nullable Object argument) {
        if (argument instanceof Integer number) return number;
        throw new IllegalArgumentException("a number is missing");
    }
}
