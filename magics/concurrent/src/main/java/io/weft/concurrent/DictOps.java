package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// What a dict can be asked. Functions are applied where the dict lives, one at a time.
interface DictOps extends Nesting {
    @Repeatable
    @Nullable
    Object get(Object key);

    @Nullable
    Object put(Object key, Object value);

    @Repeatable
    void putAll(Object[] keysAndValues);

    @Nullable
    Object putIfAbsent(Object key, Object value);

    @Nullable
    Object remove(Object key);

    boolean removeIf(Object key, Object value);

    @Nullable
    Object replace(Object key, Object value);

    boolean replaceIf(Object key, Object expected, Object value);

    @Repeatable
    boolean containsKey(Object key);

    @Repeatable
    int size();

    @Repeatable
    void clear();

    /// Keys and values by turns.
    @Repeatable
    Object[] entries();

    @Nullable
    Object compute(Object key, Fn function);

    @Nullable
    Object computeIfAbsent(Object key, Fn function);

    @Nullable
    Object computeIfPresent(Object key, Fn function);

    @Nullable
    Object merge(Object key, Object value, Fn function);
}
