package io.weft.concurrent;

import java.io.Serializable;
import java.time.Duration;
import java.util.AbstractQueue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A queue between the threads of this JVM and worker JVMs, first in, first out.
///
/// It lives in the JVM that created it, or in a [Manager]'s; a worker reaches it by capturing it in its task. If
/// the JVM where it lives ends, every call elsewhere throws [ObjectLostException]. An element that a worker was
/// about to receive when it died goes back to the head of the queue; nobody else notices.
///
/// [#close] ends it, as `shutdown` does in Python 3.13: nothing more can be put, and who takes gets what is left, and
/// then hears that there is no more. A queue that nobody closes is gone when nobody refers to it. It is Python's
/// `Queue`, `SimpleQueue` and `JoinableQueue` in one. Between threads only, a
/// [java.util.concurrent.LinkedBlockingQueue] is faster.
///
/// ```java
/// var queue = SharedQueue.<Integer>create();
/// var process = WorkerProcess.start(() -> queue.put(7 * 7));
/// queue.get();   // 49
/// ```
///
/// To hand over many small elements, [#putAll] and [#takeUpTo] send them together:
///
/// ```java
/// for (var some = queue.takeUpTo(100); !some.isEmpty(); some = queue.takeUpTo(100)) …   // until it is closed
/// ```
///
/// Elements are not null. Between JVMs they travel by value, as they are when they are put; but what is put in the JVM
/// where the queue lives stays the object itself until another JVM takes it, so do not change it after the put. If it
/// turns out then that it cannot travel, it is out of the queue, and who took it gets a [NotSendableException].
///
/// What a worker puts in a row into a queue without limit travels together, and what it puts after another call, before
/// the next: it is there
/// before any other call of a shared object from that JVM, and before the result of its task; if it could not be put,
/// the next such call or the task tells.
///
/// **Memory effects.** Actions in a thread before it puts an element *happen-before* another takes it.
///
/// **Threads.** All methods may be called from any thread. Iterators show the queue as it was.
public final class SharedQueue<E> extends AbstractQueue<E> implements BlockingQueue<E>, AutoCloseable, Serializable {
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

    /// Waits for room, and puts the element.
    ///
    /// @throws QueueClosedException if the queue is closed, or is while this waits
    @Override
    public void put(E element) throws InterruptedException {
        var puts = handle.puts();
        if (puts == null || !puts.add(check(element))) handle.ops().put(check(element), NO_END);
    }

    /// Puts all elements in their order, waiting for room where it has to. Those of others may come in between.
    ///
    /// @throws QueueClosedException if the queue is closed, or is while this waits; says how many were put
    /// @throws InterruptedException if interrupted while waiting; what was put until then stays
    public void putAll(Collection<? extends E> elements) throws InterruptedException {
        Objects.requireNonNull(elements, "elements");
        if (!elements.isEmpty()) handle.ops().putAll(checked(elements));
    }

    /// Waits for an element.
    ///
    /// @throws QueueClosedException if the queue is closed and empty, or is while this waits
    @Override
    public E take() throws InterruptedException {
        var element = handle.ops().poll(NO_END);
        if (element == null) throw ended();
        return Handle.here(element);
    }

    /// Python's name for [#take].
    public E get() throws InterruptedException {
        return take();
    }

    /// Waits for an element, but not longer than the limit.
    ///
    /// @throws TimeoutException if there was none in time; Python raises `Empty`
    /// @throws QueueClosedException if the queue is closed and empty, or is while this waits
    public E get(Duration limit) throws InterruptedException, TimeoutException {
        Objects.requireNonNull(limit, "limit");
        var element = poll(limit.toNanos(), TimeUnit.NANOSECONDS);
        if (element != null) return element;
        if (isClosed()) throw ended();
        throw new TimeoutException("the queue was empty for " + Limits.inWords(limit));
    }

    /// Waits for an element, and takes up to so many, as far as there are.
    ///
    /// @return at least one; none only if the queue is closed and empty
    public List<E> takeUpTo(int maxElements) throws InterruptedException {
        if (maxElements < 1) throw new IllegalArgumentException("cannot take up to " + maxElements + " elements");
        return here(handle.ops().take(maxElements, NO_END));
    }

    private static QueueClosedException ended() {
        return new QueueClosedException("the queue is closed, and nothing is left in it");
    }

    private static <T> List<T> here(Object[] held) {
        var elements = new ArrayList<T>(held.length);
        for (var element : held) elements.add(Handle.<T>here(element));
        return elements;
    }

    /// Puts the element if there is room now.
    ///
    /// @throws QueueClosedException if the queue is closed
    @Override
    public boolean offer(E element) {
        return Handle.uninterrupted(() -> handle.ops().put(check(element), 0), false);
    }

    @Override
    public boolean offer(E element, long timeout, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
        return handle.ops().put(check(element), Math.max(0, unit.toNanos(timeout)));
    }

    /// The first element; null if there is none now.
    @Override
    public @Nullable E poll() {
        return Handle.here(
                Handle.<@Nullable Object>uninterrupted(() -> handle.ops().poll(0), null));
    }

    /// Waits for an element, but not longer than the limit, nor after the queue has been closed.
    ///
    /// @return null if there was none
    @Override
    public @Nullable E poll(long timeout, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
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

    /// Waits until [#taskDone] was called for every element that was ever put, but for those that were removed.
    ///
    /// @throws IllegalStateException if a JVM has ended that had taken elements and not marked them; names it. The
    ///     next `join` no longer waits for them. Python waits for ever
    public void join() throws InterruptedException {
        handle.ops().join(NO_END);
    }

    /// Waits as [#join()], but not longer than the limit.
    ///
    /// @return whether everything is done
    public boolean join(Duration limit) throws InterruptedException {
        Objects.requireNonNull(limit, "limit");
        return handle.ops().join(Math.max(0, limit.toNanos()));
    }

    /// Takes no more elements. Who waits for room gets [QueueClosedException]; who takes gets what is left, and
    /// then that, too. Closing a queue again has no effect.
    @Override
    public void close() {
        handle.ops().close();
    }

    /// Closes the queue and takes all that is left; [#join] no longer waits for it.
    public List<E> closeNow() {
        return here(Handle.uninterrupted(() -> handle.ops().closeNow(), new Object[0]));
    }

    public boolean isClosed() {
        return handle.ops().isClosed();
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
        Objects.requireNonNull(target, "target");
        return drainTo(target, Integer.MAX_VALUE);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // asks whether it is this very queue
    public int drainTo(Collection<? super E> target, int maxElements) {
        if (target == this) throw new IllegalArgumentException("a queue cannot be drained to itself");
        Objects.requireNonNull(target, "target");
        List<E> taken = here(Handle.uninterrupted(() -> handle.ops().take(Math.max(0, maxElements), 0), new Object[0]));
        target.addAll(taken);
        return taken.size();
    }

    /// The elements as they were when it was asked for; its `remove` takes out an element that equals the last one.
    @Override
    public Iterator<E> iterator() {
        return new Snapshot<>(handle.ops().toArray(), handle.ops()::remove);
    }

    @Override
    public boolean contains(@Nullable Object element) {
        return element != null && handle.ops().contains(element);
    }

    @Override
    public boolean remove(@Nullable Object element) {
        return element != null && handle.ops().remove(element);
    }

    /// Removes in one step all elements that are among these.
    @Override
    public boolean removeAll(Collection<?> elements) {
        Objects.requireNonNull(elements, "elements");
        return handle.ops().removeAll(checked(elements), true);
    }

    /// Removes in one step all elements that are not among these.
    @Override
    public boolean retainAll(Collection<?> elements) {
        Objects.requireNonNull(elements, "elements");
        return handle.ops().removeAll(checked(elements), false);
    }

    @Override
    public void clear() {
        handle.ops().clear();
    }

    private static Object check(@Nullable Object element) {
        return Objects.requireNonNull(element, "a queue holds no null");
    }

    private static Object[] checked(Collection<?> elements) {
        return elements.stream().map(SharedQueue::check).toArray();
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
