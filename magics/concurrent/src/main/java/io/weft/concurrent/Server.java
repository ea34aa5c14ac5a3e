package io.weft.concurrent;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Serves one connection of another JVM: calls of shared objects, closures, classes; one request at a time.
///
/// A call that has to wait is made by another thread, and one that takes from a queue by whoever puts the next element,
/// while this one sees whether the client goes away. What the client had not received then goes back.
final class Server {
    private static final Object NOTHING = new Object();

    /// What is short enough to be written by a thread that has other things to do.
    private static final int SHORT_BYTES = 1 << 13;

    private final Hub hub;
    private final Connection connection;
    private final Client client;
    private final @Nullable Receipts receipts;

    private long waitingCalls;

    /// Why a late call failed, until the client is told.
    private @Nullable Throwable owed;

    /// Forgotten by this thread or by the one that answers.
    private volatile @Nullable Pending pending;

    /// @param receipts where the client notes what it has received; null if it sends messages
    Server(Hub hub, Connection connection, Client client, @Nullable Receipts receipts) {
        this.hub = hub;
        this.connection = connection;
        this.client = client;
        this.receipts = receipts;
    }

    /// A call that may wait, until its answer is known to have arrived.
    private abstract static sealed class Pending {
        final Hub.Held held;
        final Kind.Verb verb;
        final @Nullable Object[] arguments;

        private Pending(Hub.Held held, Kind.Verb verb, @Nullable Object[] arguments) {
            this.held = held;
            this.verb = verb;
            this.arguments = arguments;
        }

        /// Ends its wait, if that goes on.
        ///
        /// @return what it has given; [#NOTHING] if nothing
        abstract @Nullable Object end();

        abstract boolean isWaiting();
    }

    /// One that was answered at once.
    private static final class Answered extends Pending {
        private final @Nullable Object result;

        private Answered(Hub.Held held, Kind.Verb verb, @Nullable Object[] arguments, @Nullable Object result) {
            super(held, verb, arguments);
            this.result = result;
        }

        @Override
        @Nullable
        Object end() {
            return result;
        }

        @Override
        boolean isWaiting() {
            return false;
        }
    }

    /// One that another thread makes.
    private static final class Running extends Pending {
        private final AtomicReference<@Nullable Object> given = new AtomicReference<>(NOTHING);
        private volatile Threads.@Nullable Running caller;
        private volatile boolean over;
        private volatile boolean isEnded;

        private Running(Hub.Held held, Kind.Verb verb, @Nullable Object[] arguments) {
            super(held, verb, arguments);
        }

        @Override
        @Nullable
        Object end() {
            var thread = caller;
            isEnded = true;
            if (thread != null) {
                thread.interrupt();
                try {
                    thread.join();
                } catch (InterruptedException impossible) {
                    Thread.currentThread().interrupt();
                }
            }
            return given.get();
        }

        @Override
        boolean isWaiting() {
            return !over;
        }
    }

    /// One that waits for elements of a queue, without a thread.
    private static final class Taking extends Pending {
        private final QueueCore queue;
        private final Taker taker;
        private volatile @Nullable Future<?> limit;

        private Taking(Hub.Held held, Kind.Verb verb, @Nullable Object[] arguments, QueueCore queue, Taker taker) {
            super(held, verb, arguments);
            this.queue = queue;
            this.taker = taker;
        }

        @Override
        @Nullable
        Object end() {
            endLimit();
            return queue.leave(taker) ? NOTHING : result(verb, taker.given());
        }

        private void endLimit() {
            var running = limit;
            if (running != null) running.cancel(false);
        }

        @Override
        boolean isWaiting() {
            return !taker.isServed();
        }

        private static @Nullable Object result(Kind.Verb verb, Object[] taken) {
            if (verb.method().getReturnType() == Object[].class) return taken;
            return taken.length == 0 ? null : taken[0];
        }
    }

    void serve() {
        client.serve(() -> {
            serveAll();
            return null;
        });
    }

    private void serveAll() {
        try (connection) {
            while (true) {
                var request = connection.read();
                var last = pending;
                if (last != null && last.isWaiting())
                    throw new IOException("a message before the answer: " + request.type());
                pending = null; // the client goes on only when it has received what it asked for
                switch (request.type()) {
                    case CALL -> call(request);
                    case CALL_LATE -> callLate(request);
                    case SETTLE -> settle();
                    case CLOSURE -> closure(request);
                    case CLASSES -> classes(request);
                    case ARRIVED -> {
                        // that is all it says
                    }
                    default -> throw new IOException("unexpected message " + request.type());
                }
            }
        } catch (IOException ended) {
            // the client is gone, or has been interrupted and closed its connection
        } finally {
            takeBack();
        }
    }

    private void takeBack() {
        var last = pending;
        if (last == null) return;
        var result = last.end();
        if (receipts != null && receipts.received() >= waitingCalls) return;
        if (result != NOTHING && !Boolean.FALSE.equals(result) && last.held.core() instanceof Undo undo)
            undo.undo(last.verb.name(), last.arguments, result);
    }

    private void closure(Frame request) throws IOException {
        var id = request.in().getString();
        var closure = hub.offered(id);
        if (closure == null) fail(new IllegalStateException("the function is no longer known where it came from"));
        else connection.write(Frame.Type.ANSWER, 0, closure.write(Out.referring()));
    }

    private void classes(Frame request) throws IOException {
        var in = request.in();
        int loader = in.getInt();
        int count = in.getLength(4);
        var out = new Out();
        for (int i = 0; i < count; i++) out.putBytes(hub.classBytes(loader, in.getString()));
        connection.write(Frame.Type.ANSWER, 0, out.toBytes());
    }

    /// Puts into a queue that has room for everything.
    private void callLate(Frame request) throws IOException {
        if (receipts == null) throw new IOException("a late call without receipts");
        boolean failed = false;
        try {
            var held = hub.held(request.id());
            var in = request.in();
            var verb = verb(held, in);
            if (held == null || verb == null) throw missing();
            if (!(held.core() instanceof QueueCore queue
                    && queue.isUnlimited()
                    && verb.name().equals("put"))) throw new IOException("not a call that can be late");
            Hub.invoke(queue, verb.method(), arguments(verb, in));
        } catch (IOException broken) {
            throw broken;
        } catch (Throwable failure) {
            if (owed == null) owed = failure;
            failed = true;
        }
        receipts.addDone(failed);
    }

    private void settle() throws IOException {
        if (!tellOwed()) answer(null);
    }

    /// Says why a late call failed, instead of the answer to another.
    private boolean tellOwed() throws IOException {
        var failure = owed;
        if (failure == null || receipts == null) return false;
        owed = null;
        receipts.toldFailure();
        fail(failure);
        return true;
    }

    private static Kind.@Nullable Verb verb(Hub.@Nullable Held held, In in) {
        int index = in.getInt();
        return held == null || index < 0 || index >= held.kind().verbs().size()
                ? null
                : held.kind().verbs().get(index);
    }

    private ObjectLostException missing() {
        return new ObjectLostException(
                "the shared object does not exist in " + hub.address().name(), null);
    }

    private @Nullable Object[] arguments(Kind.Verb verb, In in) {
        var arguments = new @Nullable Object[in.getLength(1)];
        var loader = hub.isHome() ? hub.arrivals() : null;
        for (int i = 0; i < arguments.length; i++)
            arguments[i] = verb.parameters()[i] == Fn.class ? Fn.arriving(in) : Codec.read(in, loader);
        return arguments;
    }

    private void call(Frame request) throws IOException {
        var held = hub.held(request.id());
        var in = request.in();
        var verb = verb(held, in);
        if (verb != null && verb.waits()) waitingCalls++;
        if (tellOwed()) return;
        if (held == null || verb == null) {
            fail(missing());
            return;
        }
        @Nullable Object[] arguments;
        try {
            arguments = arguments(verb, in);
        } catch (RuntimeException unreadable) {
            fail(unreadable);
            return;
        }
        // whoever gives up a function that never ends closes the connection, which this thread sees
        if (verb.runsFunction()) callAside(held, verb, arguments);
        else if (!verb.waits()) answerNow(held, verb, arguments);
        else if (held.core() instanceof QueueCore queue) callQueue(held, verb, arguments, queue);
        else callAside(held, verb, arguments);
    }

    private void answerNow(Hub.Held held, Kind.Verb verb, @Nullable Object[] arguments) throws IOException {
        Out answer;
        try {
            answer = encoded(Hub.invoke(held.core(), verb.method(), arguments));
        } catch (Throwable failure) {
            fail(failure);
            return;
        }
        connection.write(Frame.Type.ANSWER, 0, answer);
    }

    /// Makes a call in another thread.
    private void callAside(Hub.Held held, Kind.Verb verb, @Nullable Object[] arguments) {
        var running = new Running(held, verb, arguments);
        pending = running;
        running.caller = Threads.run("weft-call", () -> {
            try {
                client.serve(() -> {
                    Object result;
                    try {
                        result = Hub.invoke(held.core(), verb.method(), arguments);
                    } catch (Throwable failure) { // also such as those of a connection: a method of the user threw it
                        running.over = true;
                        if (running.isEnded) connection.close();
                        else fail(failure);
                        return null;
                    }
                    running.given.set(result);
                    running.over = true;
                    answer(result);
                    return null;
                });
            } catch (IOException gone) {
                // the reader sees it too
            } catch (Throwable failure) {
                running.over = true;
                failQuietly(failure);
            }
        });
    }

    /// Makes a call of a queue in this thread if it need not wait.
    private void callQueue(Hub.Held held, Kind.Verb verb, @Nullable Object[] arguments, QueueCore queue)
            throws IOException {
        int last = arguments.length - 1;
        var tried = arguments.clone();
        boolean hasLimit = last >= 0 && arguments[last] instanceof Long;
        if (hasLimit) tried[last] = 0L;
        else if (!verb.name().equals("closeNow") && !queue.isUnlimited()) {
            callAside(held, verb, arguments);
            return;
        }
        Object result;
        try {
            result = Hub.invoke(queue, verb.method(), tried);
        } catch (Throwable failure) {
            fail(failure);
            return;
        }
        boolean waits = hasLimit && !Long.valueOf(0).equals(arguments[last]);
        boolean nothing =
                result == null || Boolean.FALSE.equals(result) || (result instanceof Object[] some && some.length == 0);
        if (waits && nothing) {
            if (verb.method().getReturnType() == boolean.class) callAside(held, verb, arguments);
            else take(held, verb, arguments, queue);
            return;
        }
        pending = new Answered(held, verb, arguments, result);
        answer(result);
    }

    /// Leaves the answer to whoever puts the next element.
    private void take(Hub.Held held, Kind.Verb verb, @Nullable Object[] arguments, QueueCore queue) throws IOException {
        connection.shrugOffInterrupts();
        int atMost = arguments.length == 1 ? 1 : (Integer) java.util.Objects.requireNonNull(arguments[0]);
        long nanos = (Long) java.util.Objects.requireNonNull(arguments[arguments.length - 1]);
        var taking = new AtomicReference<@Nullable Taking>();
        var taker = Taker.call(client, atMost, taken -> {
            var waiting = taking.get();
            if (waiting != null) waiting.endLimit();
            hand(Taking.result(verb, taken));
        });
        var waiting = new Taking(held, verb, arguments, queue, taker);
        taking.set(waiting);
        pending = waiting;
        var now = queue.takeOrWait(taker);
        if (now != null) {
            answer(Taking.result(verb, now));
        } else if (nanos > 0) {
            waiting.limit = Deadlines.after(java.time.Duration.ofNanos(nanos), () -> {
                if (!queue.leave(taker)) return;
                taker.giveNothing();
                taker.wake();
            });
            if (taker.isServed()) waiting.endLimit();
        }
    }

    /// Answers from a thread that has other things to do: it must not wait for the client, nor learn how it is.
    private void hand(@Nullable Object result) {
        if (connection.writesAtOnce() && isShort(result)) {
            try {
                if (connection.writeNow(Frame.Type.ANSWER, 0, encoded(result))) {
                    if (connection.hasMore()) Threads.run("weft-call", this::flushQuietly);
                    return;
                }
            } catch (IOException gone) {
                return; // the reader sees it too
            }
        }
        Threads.run("weft-call", () -> {
            try {
                client.serve(() -> {
                    answer(result);
                    return null;
                });
            } catch (IOException gone) {
                // the reader sees it too
            }
        });
    }

    private static boolean isShort(@Nullable Object result) {
        return switch (result) {
            case null -> true;
            case Integer _, Long _, Double _, Float _, Boolean _, Character _ -> true;
            case String text -> text.length() <= SHORT_BYTES / 4;
            case byte[] bytes -> bytes.length <= SHORT_BYTES;
            case Blob(var bytes) -> bytes.length <= SHORT_BYTES;
            case Object[] some ->
                some.length <= SHORT_BYTES / 512 && Arrays.stream(some).allMatch(Server::isShortOne);
            default -> false;
        };
    }

    private static boolean isShortOne(@Nullable Object element) {
        return !(element instanceof Object[]) && isShort(element);
    }

    private void flushQuietly() {
        try {
            connection.flush();
        } catch (IOException gone) {
            // the reader sees it too
        }
    }

    /// Answers with a result, or with why it cannot travel.
    private void answer(@Nullable Object result) throws IOException {
        Out answer;
        try {
            answer = encoded(result);
        } catch (RuntimeException | Error unsendable) {
            boolean isOut = forgo(result);
            fail(isOut && unsendable instanceof NotSendableException why ? Unsendable.element(why) : unsendable);
            return;
        }
        connection.write(Frame.Type.ANSWER, 0, answer);
    }

    /// Elements of a queue that were taken and cannot be sent are nobody's: nobody waits for them to be done.
    ///
    /// @return whether there were any
    private boolean forgo(@Nullable Object result) {
        var last = pending;
        if (last == null || result == null || !(last.held.core() instanceof QueueCore queue)) return false;
        boolean isOne = last.verb.name().equals("poll");
        if (!isOne && !last.verb.name().equals("take")) return false;
        pending = null;
        queue.forgo(isOne || !(result instanceof Object[] some) ? 1 : some.length);
        return true;
    }

    private static Out encoded(@Nullable Object result) {
        return Codec.write(Out.referring(), result, new Trace());
    }

    private void fail(Throwable failure) throws IOException {
        connection.write(Frame.Type.ERROR, 0, Failures.encode(failure));
    }

    private void failQuietly(Throwable failure) {
        try {
            fail(failure);
        } catch (IOException gone) {
            // the reader sees it too
        }
    }
}
