package io.weft.concurrent;

import java.io.Serializable;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/// A list that threads and worker JVMs share; Python's `Manager().list()`.
///
/// It lives in the JVM of its [Manager], and is gone with it: then every call throws [ObjectLostException].
/// Elements travel by value. Each call is one step; a loop over indexes is not, so iterate, which shows the
/// list as it was when the loop began.
///
/// **Threads.** All methods may be called from any thread.
public final class SharedList<E extends @Nullable Object> extends AbstractList<E>
        implements RandomAccess, Serializable {
    private final transient Handle<ListOps> handle;

    SharedList(Handle<ListOps> handle) {
        this.handle = handle;
    }

    @Override
    public E get(int index) {
        return Handle.here(handle.ops().get(index));
    }

    @Override
    public E set(int index, E element) {
        return Handle.here(handle.ops().set(index, element));
    }

    @Override
    public boolean add(E element) {
        handle.ops().append(new @Nullable Object[] {element});
        return true;
    }

    @Override
    public void add(int index, E element) {
        handle.ops().insert(index, element);
    }

    @Override
    public boolean addAll(Collection<? extends E> elements) {
        handle.ops().append(elements.toArray());
        return !elements.isEmpty();
    }

    @Override
    public E remove(int index) {
        return Handle.here(handle.ops().removeAt(index));
    }

    @Override
    public boolean remove(@Nullable Object element) {
        return handle.ops().removeFirst(element);
    }

    @Override
    public int indexOf(@Nullable Object element) {
        return handle.ops().indexOf(element);
    }

    @Override
    public boolean contains(@Nullable Object element) {
        return indexOf(element) >= 0;
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
    @SuppressWarnings("unchecked")
    public Iterator<E> iterator() {
        return (Iterator<E>) Arrays.asList(toArray()).iterator();
    }

    @Override
    @SuppressWarnings("NullAway") // a list may hold nulls, which the type of toArray does not say
    public Object[] toArray() {
        var elements = handle.ops().toArray();
        for (int i = 0; i < elements.length; i++) elements[i] = Handle.<@Nullable Object>here(elements[i]);
        return elements;
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
