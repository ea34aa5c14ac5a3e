package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// What a list can be asked.
interface ListOps {
    @Repeatable
    @Nullable
    Object get(int index);

    @Nullable
    Object set(int index, @Nullable Object element);

    void append(@Nullable Object[] elements);

    void insert(int index, @Nullable Object element);

    @Nullable
    Object removeAt(int index);

    boolean removeFirst(@Nullable Object element);

    @Repeatable
    int indexOf(@Nullable Object element);

    @Repeatable
    int size();

    @Repeatable
    void clear();

    @Repeatable
    @Nullable
    Object[] toArray();
}
