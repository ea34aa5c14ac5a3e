package io.weft.concurrent;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// A value that each worker makes for itself when a task first asks for it, and keeps for later tasks: a
/// connection, a parser, a large table. What a task changes in a variable lasts until the end of its call, since
/// each call starts with the values of home; this lasts. Python programs keep such things in a global that the
/// pool's `initializer` sets.
///
/// ```java
/// var table = WorkerLocal.withInitial(() -> readTable("words.txt"));
/// pool.map(word -> table.get().contains(word), words);
/// ```
///
/// It is gone with its worker; a worker that replaces another makes its own. In a pool of threads each thread has its
/// own, and everywhere else there is one for the whole JVM. A value of your own classes, or a collection or array of
/// such, is made again for a function that came to the worker with classes of its own: after a redefinition, or when
/// variables that the function reads have changed.
///
/// **Threads.** May be used by several threads of a worker at once: one of them makes the value, the others wait. The
/// value itself must bear that.
///
/// @param <T> the value
public final class WorkerLocal<T> implements Serializable {
    private static final long serialVersionUID = 1;

    /// The values by worker: a thread of a pool, or this class for the whole JVM.
    private static final Map<Object, Map<String, Slot>> VALUES = Collections.synchronizedMap(new WeakHashMap<>());

    private final String id = UUID.randomUUID().toString();
    private final Call<? extends T> maker;

    private static final class Slot {
        private @Nullable Object value;
    }

    private WorkerLocal(Call<? extends T> maker) {
        this.maker = Objects.requireNonNull(maker);
    }

    /// A value that `maker` makes, once in each worker that asks for it.
    public static <T> WorkerLocal<T> withInitial(Call<? extends T> maker) {
        Objects.requireNonNull(maker, "maker");
        return new WorkerLocal<>(maker);
    }

    /// The value of this worker.
    ///
    /// @throws IllegalStateException if it cannot be made; the next call tries again
    @SuppressWarnings("unchecked")
    public T get() {
        Slot slot;
        var worker = worker();
        synchronized (VALUES) {
            slot = VALUES.computeIfAbsent(worker, _ -> new HashMap<>()).computeIfAbsent(id, _ -> new Slot());
        }
        synchronized (slot) {
            var known = slot.value;
            if (known == null || !fits(known)) {
                known = make();
                slot.value = known;
            }
            return (T) known;
        }
    }

    private static Object worker() {
        var thread = Thread.currentThread();
        return ThreadCrew.isWorker(thread) ? thread : WorkerLocal.class;
    }

    private Object make() {
        T made;
        try {
            made = maker.call();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while this worker made its value of a WorkerLocal", stop);
        } catch (Exception failure) {
            throw new IllegalStateException("this worker cannot make its value of a WorkerLocal: " + failure, failure);
        }
        return Objects.requireNonNull(made, "the maker of a WorkerLocal gave null");
    }

    /// Whether the value is made of the classes that the function knows which asks for it.
    private boolean fits(Object value) {
        return switch (value) {
            case Collection<?> elements -> elements.stream().allMatch(this::isKnown);
            case Map<?, ?> map ->
                map.keySet().stream().allMatch(this::isKnown)
                        && map.values().stream().allMatch(this::isKnown);
            case Object[] array -> isKnown(array) && Arrays.stream(array).allMatch(this::isKnown);
            default -> isKnown(value);
        };
    }

    @SuppressWarnings("ReferenceEquality") // class loaders have no other equality
    private boolean isKnown(@Nullable Object value) {
        if (value == null || !UserClasses.isUser(value.getClass())) return true;
        var type = value.getClass();
        while (type.isArray()) type = type.getComponentType();
        return type.getClassLoader() == maker.getClass().getClassLoader();
    }
}
