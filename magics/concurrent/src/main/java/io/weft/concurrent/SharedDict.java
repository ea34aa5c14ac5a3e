package io.weft.concurrent;

import java.io.Serializable;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A map that threads and worker JVMs share; Python's `Manager().dict()`, as a [ConcurrentMap].
///
/// It lives in the JVM of its [Manager], and is gone with it: then every call throws [ObjectLostException]. Keys and
/// values travel by value, and are not null: change a value by `put`, or in place by `compute` and `merge`, whose
/// function is sent to where the map lives and applied to it as one step. A function that cannot travel is applied
/// here instead, again and again until no other change came between. An [java.util.ArrayList], [java.util.HashMap],
/// [java.util.HashSet] or linked one that is put into it becomes a shared list, dict or set: what a worker changes in
/// it is seen by all, where Python's nested list stays a copy. So declare such values as `List`, `Map` and `Set`.
/// Collections that cannot change travel by value. In the manager's JVM, two values of your own classes are equal if
/// their serialised bytes are.
///
/// ```java
/// Map<String, Integer> counts = manager.dict();
/// counts.merge("a", 1, Integer::sum);
/// ```
///
/// **Memory effects.** Actions before a change *happen-before* another thread or JVM sees it.
///
/// **Threads.** All methods may be called from any thread. Iterators show the map as it was.
public final class SharedDict<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V>, Serializable {
    private final transient Handle<DictOps> handle;

    SharedDict(Handle<DictOps> handle) {
        this.handle = handle;
    }

    @Override
    public @Nullable V get(@Nullable Object key) {
        return Handle.here(handle.ops().get(check(key)));
    }

    @Override
    public V getOrDefault(@Nullable Object key, V otherwise) {
        V value = get(key);
        return value == null ? otherwise : value;
    }

    @Override
    public @Nullable V put(K key, V value) {
        return Handle.here(handle.ops().put(check(key), live(value)));
    }

    @Override
    public void putAll(Map<? extends K, ? extends V> other) {
        Objects.requireNonNull(other, "other");
        var flat = new Object[2 * other.size()];
        int i = 0;
        for (var entry : other.entrySet()) {
            flat[i++] = check(entry.getKey());
            flat[i++] = live(entry.getValue());
        }
        handle.ops().putAll(flat);
    }

    @Override
    public @Nullable V putIfAbsent(K key, V value) {
        return Handle.here(handle.ops().putIfAbsent(check(key), live(value)));
    }

    @Override
    public @Nullable V remove(@Nullable Object key) {
        return Handle.here(handle.ops().remove(check(key)));
    }

    @Override
    public boolean remove(@Nullable Object key, @Nullable Object value) {
        return value != null && handle.ops().removeIf(check(key), value);
    }

    @Override
    public @Nullable V replace(K key, V value) {
        return Handle.here(handle.ops().replace(check(key), live(value)));
    }

    @Override
    public boolean replace(K key, V expected, V value) {
        return handle.ops().replaceIf(check(key), check(expected), check(value));
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return handle.ops().containsKey(check(key));
    }

    @Override
    public int size() {
        return handle.ops().size();
    }

    @Override
    public void clear() {
        handle.ops().clear();
    }

    @Override
    public @Nullable V compute(K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        try {
            return Handle.here(handle.ops().compute(check(key), Fn.of(function)));
        } catch (NotSendableException stays) {
            return stored(key, ConcurrentMap.super.compute(key, function));
        }
    }

    @Override
    public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        try {
            return Handle.here(handle.ops().computeIfAbsent(check(key), Fn.of(function)));
        } catch (NotSendableException stays) {
            return stored(key, ConcurrentMap.super.computeIfAbsent(key, function));
        }
    }

    @Override
    public @Nullable V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        try {
            return Handle.here(handle.ops().computeIfPresent(check(key), Fn.of(function)));
        } catch (NotSendableException stays) {
            return stored(key, ConcurrentMap.super.computeIfPresent(key, function));
        }
    }

    @Override
    public @Nullable V merge(K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        try {
            return Handle.here(handle.ops().merge(check(key), live(value), Fn.of(function)));
        } catch (NotSendableException stays) {
            return stored(key, ConcurrentMap.super.merge(key, value, function));
        }
    }

    /// The entries as they were when an iterator over them was asked for; changes go to the map.
    @Override
    public Set<Entry<K, V>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<K, V>> iterator() {
                return new Entries();
            }

            @Override
            public int size() {
                return SharedDict.this.size();
            }
        };
    }

    private final class Entries implements Iterator<Entry<K, V>> {
        private final Object[] entries = handle.ops().entries();
        private int next;

        @Override
        public boolean hasNext() {
            return next < entries.length;
        }

        @Override
        public Entry<K, V> next() {
            if (!hasNext()) throw new java.util.NoSuchElementException();
            K key = Handle.here(entries[next]);
            V value = Handle.here(entries[next + 1]);
            next += 2;
            return new SimpleEntry<>(key, value) {
                @Override
                public V setValue(V changed) {
                    put(key, changed);
                    return super.setValue(changed);
                }
            };
        }

        @Override
        public void remove() {
            if (next == 0) throw new IllegalStateException("next() comes before remove()");
            handle.ops().remove(entries[next - 2]);
        }
    }

    /// What the map holds for a value that was put there from here: of a list, the shared one.
    private @Nullable V stored(K key, @Nullable V value) {
        return Nesting.nests(value) ? get(key) : value;
    }

    private Object live(@Nullable Object value) {
        return Objects.requireNonNull(Nesting.live(check(value), handle.ops()));
    }

    private static Object check(@Nullable Object value) {
        return Objects.requireNonNull(value, "a shared dict holds no null");
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
