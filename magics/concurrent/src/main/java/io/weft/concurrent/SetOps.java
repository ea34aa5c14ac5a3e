package io.weft.concurrent;

/// What a set can be asked.
interface SetOps extends Nesting {
    boolean add(Object element);

    boolean addAll(Object[] elements);

    boolean remove(Object element);

    /// Removes all elements that are among these, or all that are not; gives whether there was one.
    boolean removeAll(Object[] elements, boolean among);

    @Repeatable
    boolean contains(Object element);

    @Repeatable
    boolean containsAll(Object[] elements);

    @Repeatable
    Object[] toArray();

    @Repeatable
    int size();

    @Repeatable
    void clear();
}
