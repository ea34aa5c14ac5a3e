package io.weft.concurrent;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Objects at fixed positions that threads and worker JVMs share, by value.
///
/// It lives in the JVM of its [Manager]. In the manager's JVM, two values of your own classes are equal if their
/// serialised bytes are.
///
/// **Threads.** All methods may be called from any thread; each is one step.
public final class SharedObjectArray<E extends @Nullable Object> implements Serializable {
    private final transient Handle<ArrayOps> handle;

    SharedObjectArray(Handle<ArrayOps> handle) {
        this.handle = handle;
    }

    public E get(int index) {
        return Handle.here(handle.ops().get(index));
    }

    public void set(int index, E value) {
        handle.ops().set(index, value);
    }

    /// Replaces the object at a position by what the function makes of it, as one step where the array lives; gives
    /// the new one. A function that cannot travel is applied here, until no other change comes between.
    public E update(int index, UnaryOperator<E> function) {
        Objects.requireNonNull(function, "function");
        try {
            return Handle.here(handle.ops().update(index, Fn.of(function)));
        } catch (NotSendableException stays) {
            while (true) {
                E before = get(index);
                E after = function.apply(before);
                if (compareAndSet(index, before, after)) return after;
            }
        }
    }

    /// Sets the object at a position if it equals the expected one; gives whether it did.
    public boolean compareAndSet(int index, E expected, E value) {
        return handle.ops().compareAndSet(index, expected, value);
    }

    public int length() {
        return handle.ops().length();
    }

    /// A copy of all objects, made in one step.
    @SuppressWarnings("unchecked")
    public List<E> toList() {
        var held = (@Nullable Object[]) handle.ops().copy(0, length());
        for (int i = 0; i < held.length; i++) held[i] = Handle.<@Nullable Object>here(held[i]);
        return (List<E>) Arrays.asList(held);
    }

    @Override
    public String toString() {
        return toList().toString();
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
