package io.weft.concurrent;

import java.io.Serializable;
import java.time.Duration;
import java.util.AbstractQueue;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A queue between the threads of this JVM and worker JVMs, first in, first out.
///
/// It lives in the JVM that created it, or in a [Manager]'s; a worker reaches it by capturing it in its task. If
/// the JVM where it lives ends, every call elsewhere throws [ObjectLostException]. An element that a worker was
/// about to receive when it died goes back to the head of the queue.
/// Between threads only, a [java.util.concurrent.LinkedBlockingQueue] is faster.
///
/// ```java
/// var queue = SharedQueue.<Integer>create();
/// var process = WorkerProcess.start(() -> queue.put(7 * 7));
/// queue.get();   // 49
/// ```
///
/// Elements are not null. Between JVMs they travel by value.
///
/// **Memory effects.** Actions in a thread before it puts an element *happen-before* another takes it.
///
/// **Threads.** All methods may be called from any thread. Iterators show the queue as it was.
public final class SharedQueue<E> extends AbstractQueue<E> implements BlockingQueue<E>, Serializable {
    private static final long NO_END = -1;

    private final transient Handle<QueueOps> handle;

    SharedQueue(Handle<QueueOps> handle) {
        this.handle = handle;
    }

    /// A queue without limit.
    public static <E> SharedQueue<E> create() {
        return create(Integer.MAX_VALUE);
    }

    /// A queue with room for so many elements; `put` waits while it is full.
    public static <E> SharedQueue<E> create(int capacity) {
        return new SharedQueue<>(Handle.local(new QueueCore(capacity), Kind.QUEUE));
    }

    @Override
    public void put(E element) throws InterruptedException {
        handle.ops().put(check(element), NO_END);
    }

    @Override
    public E take() throws InterruptedException {
        return Handle.here(handle.ops().poll(NO_END));
    }

    /// Python's name for [#take].
    public E get() throws InterruptedException {
        return take();
    }

    /// Waits for an element, but not longer than the limit.
    ///
    /// @throws TimeoutException if there was none in time; Python raises `Empty`
    public E get(Duration limit) throws InterruptedException, TimeoutException {
        var element = poll(limit.toNanos(), TimeUnit.NANOSECONDS);
        if (element == null) throw new TimeoutException("the queue was empty for " + limit);
        return element;
    }

    @Override
    public boolean offer(E element) {
        return Handle.uninterrupted(() -> handle.ops().put(check(element), 0), false);
    }

    @Override
    public boolean offer(E element, long timeout, TimeUnit unit) throws InterruptedException {
        return handle.ops().put(check(element), Math.max(0, unit.toNanos(timeout)));
    }

    @Override
    public @Nullable E poll() {
        return Handle.here(
                Handle.<@Nullable Object>uninterrupted(() -> handle.ops().poll(0), null));
    }

    @Override
    public @Nullable E poll(long timeout, TimeUnit unit) throws InterruptedException {
        return Handle.here(handle.ops().poll(Math.max(0, unit.toNanos(timeout))));
    }

    @Override
    public @Nullable E peek() {
        return Handle.here(handle.ops().peek());
    }

    /// Says that an element that was taken has been dealt with, for [#join].
    public void taskDone() {
        handle.ops().taskDone();
    }

    /// Waits until [#taskDone] was called for every element that was ever put.
    public void join() throws InterruptedException {
        handle.ops().join(NO_END);
    }

    @Override
    public int size() {
        return handle.ops().size();
    }

    @Override
    public int remainingCapacity() {
        return handle.ops().remainingCapacity();
    }

    @Override
    public int drainTo(Collection<? super E> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // asks whether it is this very queue
    public int drainTo(Collection<? super E> target, int maxElements) {
        if (target == this) throw new IllegalArgumentException("a queue cannot be drained to itself");
        var taken = Handle.uninterrupted(() -> handle.ops().drain(Math.max(0, maxElements)), new Object[0]);
        for (var element : taken) target.add(Handle.<E>here(element));
        return taken.length;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Iterator<E> iterator() {
        var elements = handle.ops().toArray();
        return (Iterator<E>) Arrays.stream(elements).map(Handle::here).iterator();
    }

    @Override
    public boolean remove(@Nullable Object element) {
        return element != null && handle.ops().remove(element);
    }

    @Override
    public void clear() {
        handle.ops().clear();
    }

    private static Object check(@Nullable Object element) {
        return java.util.Objects.requireNonNull(element, "a queue holds no null");
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
