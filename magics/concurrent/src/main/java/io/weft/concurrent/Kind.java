package io.weft.concurrent;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

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
    private final List<Verb> verbs;
    private final Function<Handle<?>, Object> facade;

    Kind(Class<?> ops, Function<Handle<?>, Object> facade) {
        this.ops = ops;
        this.facade = facade;
        var methods = Arrays.stream(ops.getMethods())
                .sorted(Comparator.comparing(Method::getName)
                        .thenComparing(method -> Arrays.toString(method.getParameterTypes())))
                .toList();
        this.verbs = IntStream.range(0, methods.size())
                .mapToObj(index -> new Verb(index, methods.get(index)))
                .toList();
    }

    /// One of the things that an object can be asked.
    ///
    /// @param index tells it from the others of its kind
    /// @param parameters the types of its parameters; not to be changed
    /// @param waits whether a call may have to wait for others
    /// @param runsFunction whether a call runs a function that it was given, which may take any time
    /// @param repeatable whether it may be called again when the answer was lost
    @SuppressWarnings("ArrayRecordComponent") // copied by nobody: it is read for every call
    record Verb(
            int index, Method method, Class<?>[] parameters, boolean waits, boolean runsFunction, boolean repeatable) {
        private Verb(int index, Method method) {
            this(
                    index,
                    method,
                    method.getParameterTypes(),
                    Arrays.asList(method.getExceptionTypes()).contains(InterruptedException.class),
                    Arrays.asList(method.getParameterTypes()).contains(Fn.class),
                    method.isAnnotationPresent(Repeatable.class));
            method.setAccessible(true);
        }

        String name() {
            return method.getName();
        }
    }

    Class<?> ops() {
        return ops;
    }

    List<Verb> verbs() {
        return verbs;
    }

    Object facade(Handle<?> handle) {
        return facade.apply(handle);
    }
}
