package io.weft.concurrent;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/// A set where it lives: keeps the order in which elements were added, and makes one change after the other.
final class SetCore implements SetOps {
    private final Set<Object> set = new LinkedHashSet<>();

    @Override
    public synchronized boolean add(Object element) {
        return set.add(element);
    }

    @Override
    public synchronized boolean addAll(Object[] elements) {
        return set.addAll(Arrays.asList(elements));
    }

    @Override
    public synchronized boolean remove(Object element) {
        return set.remove(element);
    }

    @Override
    public synchronized boolean removeAll(Object[] elements, boolean among) {
        var these = new HashSet<>(Arrays.asList(elements));
        return set.removeIf(element -> these.contains(element) == among);
    }

    @Override
    public synchronized boolean contains(Object element) {
        return set.contains(element);
    }

    @Override
    public synchronized boolean containsAll(Object[] elements) {
        return set.containsAll(Arrays.asList(elements));
    }

    @Override
    public synchronized Object[] toArray() {
        return set.toArray();
    }

    @Override
    public synchronized int size() {
        return set.size();
    }

    @Override
    public synchronized void clear() {
        set.clear();
    }
}
