package io.weft.concurrent;

import java.io.Serializable;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A set that threads and worker JVMs share; Python's `Manager().set()`.
///
/// It lives in the JVM of its [Manager], and is gone with it: then every call throws [ObjectLostException].
/// Elements travel by value, and are not null; in the manager's JVM, two of your own classes are equal if their
/// serialised bytes are. Each call is one step, also of many elements.
///
/// **Memory effects.** Actions before a change *happen-before* another thread or JVM sees it.
///
/// **Threads.** All methods may be called from any thread. Iterators show the set as it was.
public final class SharedSet<E> extends AbstractSet<E> implements Serializable {
    private final transient Handle<SetOps> handle;

    SharedSet(Handle<SetOps> handle) {
        this.handle = handle;
    }

    @Override
    public boolean add(E element) {
        return handle.ops().add(check(element));
    }

    @Override
    public boolean addAll(Collection<? extends E> elements) {
        Objects.requireNonNull(elements, "elements");
        return handle.ops().addAll(checked(elements));
    }

    @Override
    public boolean remove(@Nullable Object element) {
        return element != null && handle.ops().remove(element);
    }

    @Override
    public boolean removeAll(Collection<?> elements) {
        Objects.requireNonNull(elements, "elements");
        return handle.ops().removeAll(checked(elements), true);
    }

    @Override
    public boolean retainAll(Collection<?> elements) {
        Objects.requireNonNull(elements, "elements");
        return handle.ops().removeAll(checked(elements), false);
    }

    @Override
    public boolean contains(@Nullable Object element) {
        return element != null && handle.ops().contains(element);
    }

    @Override
    public boolean containsAll(Collection<?> elements) {
        Objects.requireNonNull(elements, "elements");
        return handle.ops().containsAll(checked(elements));
    }

    @Override
    public int size() {
        return handle.ops().size();
    }

    @Override
    public void clear() {
        handle.ops().clear();
    }

    /// The elements as they were when it was asked for; its `remove` goes to the set.
    @Override
    public Iterator<E> iterator() {
        return new Snapshot<>(handle.ops().toArray(), handle.ops()::remove);
    }

    @Override
    @SuppressWarnings("NullAway") // a set holds no null
    public Object[] toArray() {
        return Arrays.stream(handle.ops().toArray()).map(Handle::here).toArray();
    }

    private static Object check(@Nullable Object element) {
        return Objects.requireNonNull(element, "a shared set holds no null");
    }

    private static Object[] checked(Collection<?> elements) {
        return elements.stream().map(SharedSet::check).toArray();
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
