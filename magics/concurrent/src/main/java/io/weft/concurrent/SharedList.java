package io.weft.concurrent;

import java.io.Serializable;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.Spliterator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A list that threads and worker JVMs share; Python's `Manager().list()`.
///
/// It lives in the JVM of its [Manager], and is gone with it: then every call throws [ObjectLostException].
/// Elements travel by value; lists, maps and sets that can change become shared ones, as in a [SharedDict].
/// Each call is one step; a loop over indexes is not, so iterate, which shows the list as it was when the loop
/// began, or use [#update].
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
        return Handle.here(handle.ops().set(index, live(element)));
    }

    @Override
    public boolean add(E element) {
        handle.ops().append(new @Nullable Object[] {live(element)});
        return true;
    }

    @Override
    public void add(int index, E element) {
        handle.ops().insert(index, live(element));
    }

    @Override
    public boolean addAll(Collection<? extends E> elements) {
        Objects.requireNonNull(elements, "elements");
        handle.ops().append(live(elements));
        return !elements.isEmpty();
    }

    @Override
    public boolean addAll(int index, Collection<? extends E> elements) {
        Objects.requireNonNull(elements, "elements");
        handle.ops().insertAll(index, live(elements));
        return !elements.isEmpty();
    }

    /// Replaces an element by what the function makes of it, as one step where the list lives; gives the new one.
    /// A function that cannot travel is applied here, again and again until no other change came between.
    public E update(int index, UnaryOperator<E> function) {
        Objects.requireNonNull(function, "function");
        try {
            return Handle.here(handle.ops().update(index, Fn.of(function)));
        } catch (NotSendableException stays) {
            while (true) {
                E before = get(index);
                E after = function.apply(before);
                if (handle.ops().compareAndSet(index, before, live(after))) return after;
            }
        }
    }

    /// Replaces all elements by those of the list that the function makes of them, as one step where the list
    /// lives. The function may change and give the list that it gets.
    ///
    /// @throws NotSendableException if the function cannot travel
    public void update(ToList<E> function) {
        Objects.requireNonNull(function, "function");
        handle.ops().updateAll(Fn.of(function));
    }

    /// Makes a list of a list.
    @FunctionalInterface
    public interface ToList<E extends @Nullable Object> extends Function<List<E>, List<E>>, Serializable {}

    @Override
    public void replaceAll(UnaryOperator<E> operator) {
        Objects.requireNonNull(operator, "operator");
        try {
            update((ToList<E>) elements -> {
                elements.replaceAll(operator);
                return elements;
            });
        } catch (NotSendableException stays) {
            super.replaceAll(operator);
        }
    }

    @Override
    public boolean removeIf(Predicate<? super E> filter) {
        Objects.requireNonNull(filter, "filter");
        return handle.ops().removeAll(stream().filter(filter).toArray(), true);
    }

    /// Sorts as one step, if the comparator can travel.
    @Override
    public void sort(@Nullable Comparator<? super E> comparator) {
        try {
            update((ToList<E>) elements -> {
                elements.sort(comparator);
                return elements;
            });
        } catch (NotSendableException stays) {
            super.sort(comparator);
        }
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
    public int lastIndexOf(@Nullable Object element) {
        return handle.ops().lastIndexOf(element);
    }

    @Override
    public boolean removeAll(Collection<?> elements) {
        Objects.requireNonNull(elements, "elements");
        return handle.ops().removeAll(elements.toArray(), true);
    }

    @Override
    public boolean retainAll(Collection<?> elements) {
        Objects.requireNonNull(elements, "elements");
        return handle.ops().removeAll(elements.toArray(), false);
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

    /// The elements as they were when it was asked for.
    @Override
    public Iterator<E> iterator() {
        return Collections.unmodifiableList(copy()).iterator();
    }

    @Override
    public Spliterator<E> spliterator() {
        return copy().spliterator();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other == this || (other instanceof List<?> && copy().equals(other));
    }

    @Override
    public int hashCode() {
        return copy().hashCode();
    }

    @SuppressWarnings("unchecked")
    private List<E> copy() {
        return (List<E>) Arrays.asList(toArray());
    }

    @Override
    @SuppressWarnings("NullAway") // a list may hold nulls, which the type of toArray does not say
    public Object[] toArray() {
        var elements = handle.ops().toArray();
        for (int i = 0; i < elements.length; i++) elements[i] = Handle.<@Nullable Object>here(elements[i]);
        return elements;
    }

    private @Nullable Object live(@Nullable Object element) {
        return Nesting.live(element, handle.ops());
    }

    private @Nullable Object[] live(Collection<? extends E> elements) {
        var all = new ArrayList<@Nullable Object>();
        for (Object element : elements) all.add(live(element));
        return all.toArray();
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
