package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// What an array can be asked. Its elements are numbers of one type, or objects.
interface ArrayOps {
    @Repeatable
    @Nullable
    Object get(int index);

    @Repeatable
    void set(int index, @Nullable Object value);

    /// Adds to a number; gives the new one.
    Object add(int index, Object change);

    @Nullable
    Object update(int index, Fn function);

    boolean compareAndSet(int index, @Nullable Object expected, @Nullable Object value);

    /// Sets the elements from that position on.
    @Repeatable
    void setAll(int from, Object values);

    @Repeatable
    int length();

    /// A copy of those elements, in an array of the type of this one.
    @Repeatable
    Object copy(int from, int to);
}
