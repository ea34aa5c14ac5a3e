package io.weft.concurrent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
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
    public synchronized boolean removeAll(@Nullable Object[] elements, boolean among) {
        var these = new HashSet<>(Arrays.asList(elements));
        return list.removeIf(element -> these.contains(element) == among);
    }

    @Override
    public synchronized void insertAll(int index, @Nullable Object[] elements) {
        list.addAll(index, Arrays.asList(elements));
    }

    @Override
    public synchronized @Nullable Object update(int index, Fn function) {
        var changed = function.apply(list.get(index));
        list.set(index, changed);
        return changed;
    }

    @Override
    public synchronized boolean compareAndSet(int index, @Nullable Object expected, @Nullable Object element) {
        if (!Objects.equals(list.get(index), expected)) return false;
        list.set(index, element);
        return true;
    }

    @Override
    public synchronized void updateAll(Fn function) {
        var changed = function.applyToList(list);
        list.clear();
        list.addAll(changed);
    }

    @Override
    public synchronized int lastIndexOf(@Nullable Object element) {
        return list.lastIndexOf(element);
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
