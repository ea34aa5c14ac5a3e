package io.weft.concurrent;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Consumer;

/// The elements of a shared collection as they were when an iterator was asked for; its `remove` goes to the
/// collection. For one thread.
final class Snapshot<E> implements Iterator<E> {
    private final Object[] elements;
    private final Consumer<Object> removal;
    private int next;

    Snapshot(Object[] elements, Consumer<Object> removal) {
        this.elements = elements;
        this.removal = removal;
    }

    @Override
    public boolean hasNext() {
        return next < elements.length;
    }

    @Override
    public E next() {
        if (!hasNext()) throw new NoSuchElementException();
        return Handle.here(elements[next++]);
    }

    @Override
    public void remove() {
        if (next == 0) throw new IllegalStateException("next() comes before remove()");
        removal.accept(elements[next - 1]);
    }
}
