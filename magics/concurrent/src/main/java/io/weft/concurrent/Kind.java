package io.weft.concurrent;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/// The kinds of shared object: what each can be asked from another JVM, and what users see of it.
@SuppressWarnings("ImmutableEnumChecker") // its list and function never change
enum Kind {
    QUEUE(QueueOps.class, handle -> new SharedQueue<>(handle.as())),
    DICT(DictOps.class, handle -> new SharedDict<>(handle.as())),
    LIST(ListOps.class, handle -> new SharedList<>(handle.as())),
    NAMESPACE(DictOps.class, handle -> new Namespace(handle.as())),
    SET(SetOps.class, handle -> new SharedSet<>(handle.as())),
    VALUE(ValueOps.class, handle -> new Value<>(handle.as())),
    ARRAY(ArrayOps.class, handle -> new SharedArray(handle.as())),
    INT_ARRAY(ArrayOps.class, handle -> new SharedIntArray(handle.as())),
    LONG_ARRAY(ArrayOps.class, handle -> new SharedLongArray(handle.as())),
    OBJECT_ARRAY(ArrayOps.class, handle -> new SharedObjectArray<>(handle.as())),
    COUNTER(CounterOps.class, handle -> new Counter(handle.as())),
    LOCK(LockOps.class, handle -> new SharedLock(handle.as())),
    SEMAPHORE(SemaphoreOps.class, handle -> new SharedSemaphore(handle.as())),
    EVENT(EventOps.class, handle -> new Event(handle.as())),
    BARRIER(BarrierOps.class, handle -> new SharedBarrier(handle.as())),
    LATCH(LatchOps.class, handle -> new SharedLatch(handle.as())),
    PIPE(PipeOps.class, handle -> new Pipe.Whole(handle.as())),
    OBJECT(ObjectOps.class, handle -> new Live(handle.as())),
    MANAGER(ManagerOps.class, handle -> new Manager(handle.as(), null));

    private final Class<?> ops;
    private final List<Method> methods;
    private final Function<Handle<?>, Object> facade;

    Kind(Class<?> ops, Function<Handle<?>, Object> facade) {
        this.ops = ops;
        this.facade = facade;
        this.methods = Arrays.stream(ops.getMethods())
                .sorted(Comparator.comparing(Method::getName)
                        .thenComparing(method -> Arrays.toString(method.getParameterTypes())))
                .toList();
        methods.forEach(method -> method.setAccessible(true));
    }

    Class<?> ops() {
        return ops;
    }

    List<Method> methods() {
        return methods;
    }

    Object facade(Handle<?> handle) {
        return facade.apply(handle);
    }

    /// Whether a call of the method may have to wait for others.
    static boolean waits(Method method) {
        return Arrays.asList(method.getExceptionTypes()).contains(InterruptedException.class);
    }
}
