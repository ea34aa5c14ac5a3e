package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// What a list can be asked.
interface ListOps extends Nesting {
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

    /// Removes all elements that are among these, or all that are not; gives whether there was one.
    boolean removeAll(@Nullable Object[] elements, boolean among);

    void insertAll(int index, @Nullable Object[] elements);

    /// Replaces an element by what the function makes of it; gives the new one.
    @Nullable
    Object update(int index, Fn function);

    boolean compareAndSet(int index, @Nullable Object expected, @Nullable Object element);

    /// Replaces all elements by those of the list that the function makes of them.
    void updateAll(Fn function);

    @Repeatable
    int lastIndexOf(@Nullable Object element);

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
