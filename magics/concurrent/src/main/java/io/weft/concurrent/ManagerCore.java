package io.weft.concurrent;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Makes shared objects in this JVM.
final class ManagerCore implements ManagerOps {
    private final Map<String, Fn> makers = new ConcurrentHashMap<>();

    @Override
    public Object create(String name, @Nullable Object argument) {
        var kind = Kind.valueOf(name);
        Object core = switch (kind) {
            case QUEUE -> new QueueCore(number(argument));
            case DICT, NAMESPACE -> new DictCore();
            case LIST -> new ListCore();
            case VALUE -> new ValueCore(argument);
            case SET -> new SetCore();
            case ARRAY, INT_ARRAY, LONG_ARRAY, OBJECT_ARRAY -> new ArrayCore(copy(argument));
            case COUNTER -> new CounterCore();
            case LOCK -> new LockCore(Boolean.TRUE.equals(argument));
            case SEMAPHORE -> semaphore(argument);
            case EVENT -> new EventCore();
            case BARRIER -> new BarrierCore(number(argument));
            case LATCH -> new LatchCore(number(argument));
            case PIPE -> throw new IllegalArgumentException("a pipe lives where it is opened");
            case OBJECT -> throw new IllegalArgumentException("an object is made by its type");
            case MANAGER -> throw new IllegalArgumentException("a manager makes no managers");
        };
        return kind.facade(Handle.local(core, kind));
    }

    @Override
    public String[] serve(String host, int port) {
        if (Client.current().remote())
            throw new IllegalStateException("a manager is served by the JVM that started it");
        try {
            var endpoint = Hub.get().serve(host, port);
            return new String[] {endpoint.uri().toString(), endpoint.secret()};
        } catch (IOException refused) {
            throw new IllegalStateException(
                    "cannot serve a manager at %s:%d: %s. Take another port, or 0 for any that is free."
                            .formatted(host, port, refused.getMessage()),
                    refused);
        }
    }

    @Override
    public Object[] describe() {
        var self = Hub.get().self();
        return new Object[] {self.name(), self.pid()};
    }

    @Override
    public void register(String type, Fn maker) {
        makers.put(type, maker);
    }

    @Override
    public Object make(String type) throws Exception {
        var maker = makers.get(type);
        if (maker == null)
            throw new IllegalArgumentException("%s is not registered with the manager: call register(%s.class, …) first"
                    .formatted(type, type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1)));
        var made = maker.call();
        var loader = maker.loader();
        var shown = Class.forName(type, false, loader == null ? made.getClass().getClassLoader() : loader);
        if (!shown.isInstance(made))
            throw new IllegalArgumentException("what was made for %s is a %s"
                    .formatted(type, made.getClass().getName()));
        return new Live(Handle.local(new ObjectCore(made, shown, loader), Kind.OBJECT));
    }

    private static Object copy(@Nullable Object array) {
        return switch (array) {
            case int[] values -> values.clone();
            case long[] values -> values.clone();
            case double[] values -> values.clone();
            case Object[] values -> Arrays.copyOf(values, values.length, Object[].class);
            case null, default -> throw new IllegalArgumentException("an array is missing");
        };
    }

    private static SemaphoreCore semaphore(@Nullable Object permitsAndBound) {
        if (permitsAndBound instanceof int[] numbers && numbers.length == 2)
            return new SemaphoreCore(numbers[0], numbers[1]);
        throw new IllegalArgumentException("the permits are missing");
    }

    private static int number(@Nullable Object argument) {
        if (argument instanceof Integer number) return number;
        throw new IllegalArgumentException("a number is missing");
    }
}
