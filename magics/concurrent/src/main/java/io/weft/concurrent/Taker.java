package io.weft.concurrent;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One that waits for elements of a queue: a thread of the queue's JVM, or a call of another JVM, for which no thread
/// waits. The queue gives to the one that has waited longest.
final class Taker {
    private static final Object[] NONE = {};

    final Client client;
    final int atMost;
    private final @Nullable Thread thread;
    private final Consumer<Object[]> then;
    private volatile Object @Nullable [] given;

    private Taker(Client client, int atMost, @Nullable Thread thread, Consumer<Object[]> then) {
        this.client = client;
        this.atMost = atMost;
        this.thread = thread;
        this.then = then;
    }

    /// The calling thread.
    static Taker thread(int atMost) {
        return new Taker(Client.current(), atMost, Thread.currentThread(), _ -> {});
    }

    /// A call.
    ///
    /// @param then hears what is given, in the thread of whoever gives it: neither waits nor throws
    static Taker call(Client client, int atMost, Consumer<Object[]> then) {
        return new Taker(client, atMost, null, then);
    }

    /// Under the lock of the queue; then [#wake] is called without it.
    void give(Object[] elements) {
        given = elements;
    }

    /// Its wait has ended without an element.
    void giveNothing() {
        give(NONE);
    }

    void wake() {
        if (thread != null) LockSupport.unpark(thread);
        else then.accept(given());
    }

    boolean isServed() {
        return given != null;
    }

    /// What it was given; empty if nothing.
    Object[] given() {
        var elements = given;
        return elements == null ? NONE : elements;
    }
}
