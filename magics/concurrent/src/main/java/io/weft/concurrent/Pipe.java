package io.weft.concurrent;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/// Two connected ends, each of which receives what the other sends; Python's `Pipe`.
///
/// It lives in the JVM that opened it. Either end can be sent to a worker, by capturing it in its task. An end is
/// open until [End#close], or until the last of the JVMs that were sent it, or have used it, has ended: then the
/// other end receives what is left, and after that [QueueClosedException], where Python raises `EOFError`. Nobody
/// has to close a second copy of it for that, as in Python; and a JVM that was sent both ends, as its task names the
/// pipe, counts for the one that it uses. For more than two parties, take a [SharedQueue].
///
/// ```java
/// var pipe = Pipe.<String>open();
/// WorkerProcess.start(() -> pipe.right().send("hello " + pipe.right().receive()));
/// pipe.left().send("worker");
/// pipe.left().receive();   // hello worker
/// ```
///
/// **Memory effects.** Actions before `send` *happen-before* the other end receives the element.
///
/// @param left one end
/// @param right the other
public record Pipe<E>(End<E> left, End<E> right) implements AutoCloseable, Serializable {
    /// Opens a pipe.
    public static <E> Pipe<E> open() {
        var core = new PipeCore();
        var handle = Handle.<PipeOps>local(core, Kind.PIPE);
        return new Pipe<>(new End<>(handle, 0), new End<>(handle, 1));
    }

    /// Closes both ends.
    @Override
    public void close() {
        left.close();
        right.close();
    }

    /// One end of a pipe.
    ///
    /// **Threads.** All methods may be called from any thread; of two that receive, each gets other elements.
    public static final class End<E> implements AutoCloseable, Serializable {
        private static final long NO_END = -1;

        private final transient Handle<PipeOps> handle;
        private final int number;

        End(Handle<PipeOps> handle, int number) {
            this.handle = handle;
            this.number = number;
        }

        /// Sends an element; waits while 64 are on their way.
        ///
        /// @throws QueueClosedException if either end is closed, or is while this waits
        public void send(E element) throws InterruptedException {
            handle.ops().send(number, Objects.requireNonNull(element, "a pipe sends no null"));
        }

        /// Waits for an element.
        ///
        /// @throws QueueClosedException if the other end is closed and nothing is left, or this end is closed
        public E receive() throws InterruptedException {
            return Handle.here(handle.ops().receive(number, NO_END));
        }

        /// Waits for an element, but not longer than the limit.
        ///
        /// @throws TimeoutException if there was none in time
        public E receive(Duration limit) throws InterruptedException, TimeoutException {
            Objects.requireNonNull(limit, "limit");
            var element = handle.ops().receive(number, Math.max(0, limit.toNanos()));
            if (element == null) throw new TimeoutException("the other end of the pipe sent nothing for " + limit);
            return Handle.here(element);
        }

        /// Python's name for [#receive()].
        public E recv() throws InterruptedException {
            return receive();
        }

        /// Whether `receive` would not have to wait: there is an element, or the other end is closed.
        public boolean poll() {
            return Handle.uninterrupted(() -> handle.ops().poll(number, 0), false);
        }

        /// Waits until `receive` would not have to wait, but not longer than the limit.
        public boolean poll(Duration limit) throws InterruptedException {
            Objects.requireNonNull(limit, "limit");
            return handle.ops().poll(number, Math.max(0, limit.toNanos()));
        }

        /// Closes this end. What it has sent can still be received; what it has not received is dropped.
        @Override
        public void close() {
            handle.ops().close(number);
        }

        public boolean isClosed() {
            return handle.ops().isClosed(number);
        }

        @Override
        public String toString() {
            return "Pipe.End[%s, %s]".formatted(number == 0 ? "left" : "right", isClosed() ? "closed" : "open");
        }

        private Object writeReplace() {
            return new Sent(handle.reference(new Whole(handle)), number);
        }

        /// What travels in place of an end.
        private record Sent(Object whole, int number) implements Serializable {
            private Object readResolve() {
                var handle = ((Whole) whole).handle();
                if (handle.home() != null) handle.ops().hold(number);
                return new End<>(handle, number);
            }
        }
    }

    /// Both ends, as the object that JVMs refer to.
    static final class Whole implements Serializable {
        private final transient Handle<PipeOps> handle;

        Whole(Handle<PipeOps> handle) {
            this.handle = handle;
        }

        Handle<PipeOps> handle() {
            return handle;
        }

        private Object writeReplace() {
            return handle.reference(this);
        }
    }
}
