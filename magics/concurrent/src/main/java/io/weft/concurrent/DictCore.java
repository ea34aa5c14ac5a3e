package io.weft.concurrent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A dict where it lives: keeps the order in which keys were added, and makes one change after the other.
final class DictCore implements DictOps {
    private final Map<Object, Object> map = new LinkedHashMap<>();

    @Override
    public synchronized @Nullable Object get(Object key) {
        return map.get(key);
    }

    @Override
    public synchronized @Nullable Object put(Object key, Object value) {
        return map.put(key, value);
    }

    @Override
    public synchronized void putAll(Object[] keysAndValues) {
        for (int i = 0; i < keysAndValues.length; i += 2) map.put(keysAndValues[i], keysAndValues[i + 1]);
    }

    @Override
    public synchronized @Nullable Object putIfAbsent(Object key, Object value) {
        return map.putIfAbsent(key, value);
    }

    @Override
    public synchronized @Nullable Object remove(Object key) {
        return map.remove(key);
    }

    @Override
    public synchronized boolean removeIf(Object key, Object value) {
        return map.remove(key, value);
    }

    @Override
    public synchronized @Nullable Object replace(Object key, Object value) {
        return map.replace(key, value);
    }

    @Override
    public synchronized boolean replaceIf(Object key, Object expected, Object value) {
        return map.replace(key, expected, value);
    }

    @Override
    public synchronized boolean containsKey(Object key) {
        return map.containsKey(key);
    }

    @Override
    public synchronized int size() {
        return map.size();
    }

    @Override
    public synchronized void clear() {
        map.clear();
    }

    @Override
    public synchronized Object[] entries() {
        var entries = new ArrayList<Object>(2 * map.size());
        map.forEach((key, value) -> {
            entries.add(key);
            entries.add(value);
        });
        return entries.toArray();
    }

    @Override
    public synchronized @Nullable Object compute(Object key, Fn function) {
        return set(key, function.apply(key, map.get(key)));
    }

    @Override
    public synchronized @Nullable Object computeIfAbsent(Object key, Fn function) {
        var known = map.get(key);
        return known != null ? known : set(key, function.apply(key));
    }

    @Override
    public synchronized @Nullable Object computeIfPresent(Object key, Fn function) {
        var known = map.get(key);
        return known == null ? null : set(key, function.apply(key, known));
    }

    @Override
    public synchronized @Nullable Object merge(Object key, Object value, Fn function) {
        var known = map.get(key);
        return set(key, known == null ? value : function.apply(known, value));
    }

    private @Nullable Object set(Object key, @Nullable Object value) {
        if (value == null) map.remove(key);
        else map.put(key, value);
        return value;
    }
}
