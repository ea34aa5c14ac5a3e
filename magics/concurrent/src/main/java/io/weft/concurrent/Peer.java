package io.weft.concurrent;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/// Another JVM as a server: its idle connections, and one that lasts as long as this JVM.
final class Peer {
    private final Address address;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

    /// The idle ones for calls that wait. An interrupt does not close them at just any moment.
    private final ConcurrentLinkedDeque<Connection> waiting = new ConcurrentLinkedDeque<>();

    private boolean lifeShown;

    Peer(Address address) {
        this.address = address;
    }

    private Connection borrow(ConcurrentLinkedDeque<Connection> unused, boolean waits) throws IOException {
        var free = unused.pollFirst();
        if (free != null) return free;
        var hub = Hub.get();
        synchronized (this) {
            if (!lifeShown) {
                // stays open until this JVM ends, which tells the other one to free what we hold
                var life = Hub.connect(address, hub.secret(), "life", hub.jvmId());
                Threads.start("weft-life", () -> await(life));
                lifeShown = true;
            }
        }
        var connection = Hub.connect(address, hub.secret(), "calls", hub.jvmId());
        if (waits) connection.shrugOffInterrupts();
        return connection;
    }

    private static void await(Connection life) {
        try (life) {
            life.read();
        } catch (IOException ended) {
            // calls find out by themselves
        }
    }

    /// Sends a request and waits for the answer, however the thread is interrupted.
    byte[] ask(Frame.Type type, byte[] body) {
        return aside(() -> exchange(type, 0, Out.of(body)).body());
    }

    /// Calls a method of a shared object that does not wait for others.
    In call(long object, Out body, boolean repeatable) {
        if (!Thread.interrupted()) {
            try {
                return exchange(Frame.Type.CALL, object, body).in();
            } catch (ClosedByInterruptException interrupted) {
                if (!repeatable) {
                    throw new CancellationException(
                            "interrupted during a call to %s (pid %d); whether it took effect is not known"
                                    .formatted(address.name(), address.pid()));
                }
            } catch (IOException gone) {
                throw lost(gone);
            }
        }
        // interrupted, but the call must go through: as in the release of a lock
        Thread.interrupted();
        try {
            return aside(() -> exchange(Frame.Type.CALL, object, body)).in();
        } finally {
            Thread.currentThread().interrupt();
        }
    }

    /// Calls a method of a shared object that may wait. If the thread is interrupted first, the connection is
    /// closed, which ends the wait at the other side too, and nothing is taken.
    In callWaiting(long object, Out body) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException();
        try {
            var connection = borrow(waiting, true);
            boolean whole = false;
            Frame answer;
            try {
                connection.write(Frame.Type.CALL, object, body);
                answer = connection.read();
                // what is taken is the caller's when the other side has heard this whole
                connection.write(Frame.Type.ARRIVED, 0, Frame.NOTHING);
                whole = true;
            } finally {
                if (whole) waiting.addFirst(connection);
                else connection.close();
            }
            return open(answer).in();
        } catch (ClosedByInterruptException interrupted) {
            throw interrupted();
        } catch (IOException gone) {
            throw lost(gone);
        }
    }

    private static InterruptedException interrupted() {
        Thread.interrupted();
        return new InterruptedException();
    }

    private Frame exchange(Frame.Type type, long id, Out body) throws IOException {
        var connection = borrow(idle, false);
        boolean whole = false;
        Frame answer;
        try {
            connection.write(type, id, body);
            answer = connection.read();
            whole = true;
        } finally {
            if (whole) idle.addFirst(connection);
            else connection.close();
        }
        return open(answer);
    }

    private static Frame open(Frame answer) {
        if (answer.type() == Frame.Type.ERROR)
            throw Failures.<RuntimeException>sneak(
                    Failures.decode(answer.body(), Hub.get().arrivals()));
        return answer;
    }

    private interface Exchange<T> {
        T run() throws IOException;
    }

    /// Runs on a thread that nobody interrupts.
    private <T> T aside(Exchange<T> exchange) {
        var result = new CompletableFuture<T>();
        var context = Thread.currentThread().getContextClassLoader();
        var thread = Threads.run("weft-aside", () -> {
            Thread.currentThread().setContextClassLoader(context);
            try {
                result.complete(exchange.run());
            } catch (Throwable failure) {
                result.completeExceptionally(failure);
            }
        });
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        if (result.state() == java.util.concurrent.Future.State.SUCCESS) return result.resultNow();
        var failure = result.exceptionNow();
        throw failure instanceof IOException gone ? lost(gone) : Failures.<RuntimeException>sneak(failure);
    }

    private ObjectLostException lost(@Nullable Throwable cause) {
        return new ObjectLostException(
                "%s (pid %d) has ended or cannot be reached; what it held (queues, dicts, locks) is lost. Create a new one."
                        .formatted(address.name(), address.pid()),
                cause);
    }

    /// Encodes a call: which method, with what.
    Out body(int index, Method method, @Nullable Object[] arguments) {
        var out = Out.referring().putInt(index).putInt(arguments.length);
        for (int i = 0; i < arguments.length; i++) {
            if (method.getParameterTypes()[i] == Fn.class) {
                var closure = ((Fn) java.util.Objects.requireNonNull(arguments[i])).closure();
                if (Endpoint.isIn(address)) putWhole(out, closure);
                else out.putString(closure.id()).putAddress(Hub.get().address());
            } else if (arguments[i] instanceof Object[] elements && method.getParameterTypes()[i] == Object[].class) {
                Codec.writeElements(out, elements, new Trace());
            } else {
                Codec.write(out, arguments[i], new Trace());
            }
        }
        return out;
    }

    /// A closure with its classes, as the other side cannot reach this one to ask for them.
    private static void putWhole(Out out, Closure closure) {
        out.putString("").putBytes(closure.toBytes());
        for (var bytes : Hub.get().classesOf(closure)) out.putBytes(bytes);
    }
}
