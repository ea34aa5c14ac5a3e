package io.weft.concurrent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A list where it lives; makes one change after the other.
final class ListCore implements ListOps {
    private final List<@Nullable Object> list = new ArrayList<>();

    @Override
    public synchronized @Nullable Object get(int index) {
        return list.get(index);
    }

    @Override
    public synchronized @Nullable Object set(int index, @Nullable Object element) {
        return list.set(index, element);
    }

    @Override
    public synchronized void append(@Nullable Object[] elements) {
        list.addAll(Arrays.asList(elements));
    }

    @Override
    public synchronized void insert(int index, @Nullable Object element) {
        list.add(index, element);
    }

    @Override
    public synchronized @Nullable Object removeAt(int index) {
        return list.remove(index);
    }

    @Override
    public synchronized boolean removeFirst(@Nullable Object element) {
        return list.remove(element);
    }

    @Override
    public synchronized int indexOf(@Nullable Object element) {
        return list.indexOf(element);
    }

    @Override
    public synchronized int size() {
        return list.size();
    }

    @Override
    public synchronized void clear() {
        list.clear();
    }

    @Override
    public synchronized @Nullable Object[] toArray() {
        return list.toArray();
    }
}
