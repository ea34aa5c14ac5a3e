package io.weft.concurrent;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Serves one connection of another JVM: calls of shared objects, closures, classes; one request at a time.
final class Server {
    private final Hub hub;
    private final Connection connection;
    private final Client client;

    Server(Hub hub, Connection connection, Client client) {
        this.hub = hub;
        this.connection = connection;
        this.client = client;
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
                switch (request.type()) {
                    case CALL -> call(request);
                    case CLOSURE -> closure(request);
                    case CLASSES -> classes(request);
                    default -> throw new IOException("unexpected message " + request.type());
                }
            }
        } catch (IOException ended) {
            // the client is gone, or has been interrupted and closed its connection
        }
    }

    private void closure(Frame request) throws IOException {
        var id = request.in().getString();
        var closure = hub.offered(id);
        if (closure == null) fail(new IllegalStateException("the function is no longer known where it came from"));
        else connection.write(Frame.Type.ANSWER, 0, closure.toBytes());
    }

    private void classes(Frame request) throws IOException {
        var in = request.in();
        int loader = in.getInt();
        int count = in.getLength(4);
        var out = new Out();
        for (int i = 0; i < count; i++) out.putBytes(hub.classBytes(loader, in.getString()));
        connection.write(Frame.Type.ANSWER, 0, out.toBytes());
    }

    private void call(Frame request) throws IOException {
        var held = hub.held(request.id());
        var in = request.in();
        int index = in.getInt();
        if (held == null || index < 0 || index >= held.kind().methods().size()) {
            fail(new ObjectLostException(
                    "the shared object does not exist in " + hub.address().name(), null));
            return;
        }
        var method = held.kind().methods().get(index);
        @Nullable Object[] arguments;
        try {
            arguments = new @Nullable Object[in.getLength(1)];
            var loader = hub.isHome() ? hub.arrivals() : null;
            for (int i = 0; i < arguments.length; i++) {
                arguments[i] = method.getParameterTypes()[i] == Fn.class ? Fn.arriving(in) : Codec.read(in, loader);
            }
        } catch (RuntimeException unreadable) {
            fail(unreadable);
            if (Kind.waits(method)) arrived(null);
            return;
        }
        if (!Kind.waits(method)) {
            try {
                answer(Hub.invoke(held.core(), method, arguments));
            } catch (IOException gone) {
                throw gone;
            } catch (Throwable failure) {
                fail(failure);
            }
            return;
        }
        if (held.kind() == Kind.QUEUE && queueAtOnce(held, method, arguments)) return;
        // the call may wait: another thread makes it, while this one sees whether the client goes away
        var given = new AtomicReference<@Nullable Object>(NOTHING);
        var caller = Threads.run("weft-call", () -> {
            try {
                client.serve(() -> {
                    var result = Hub.invoke(held.core(), method, arguments);
                    given.set(result);
                    answer(result);
                    return null;
                });
            } catch (InterruptedException gone) {
                connection.close();
            } catch (IOException gone) {
                // the reader sees it too
            } catch (Throwable failure) {
                failQuietly(failure);
            }
        });
        try {
            arrived(caller);
        } catch (IOException gone) {
            undo(held, method, arguments, given.get());
            throw gone;
        }
    }

    private void undo(Hub.Held held, Method method, @Nullable Object[] arguments, @Nullable Object result) {
        if (result != NOTHING && !Boolean.FALSE.equals(result) && held.core() instanceof Undo undo)
            undo.undo(method.getName(), arguments, result);
    }

    /// Makes a call of a queue in this thread if it need not wait.
    private boolean queueAtOnce(Hub.Held held, Method method, @Nullable Object[] arguments) throws IOException {
        int last = arguments.length - 1;
        var tried = arguments.clone();
        if (last >= 0 && arguments[last] instanceof Long) tried[last] = 0L;
        else if (!method.getName().equals("putAll")
                || !(held.core() instanceof QueueOps queue && queue.remainingCapacity() > Puts.UNLIMITED)) return false;
        Object result;
        try {
            result = client.serve(() -> Hub.invoke(held.core(), method, tried));
        } catch (Throwable failure) {
            fail(failure);
            arrived(null);
            return true;
        }
        boolean must = method.getReturnType() == void.class;
        if (!must
                && (result == null
                        || Boolean.FALSE.equals(result)
                        || (result instanceof Object[] some && some.length == 0))) return false;
        try {
            answer(result);
            arrived(null);
        } catch (IOException gone) {
            undo(held, method, arguments, result);
            throw gone;
        }
        return true;
    }

    private static final Object NOTHING = new Object();

    private void arrived(Threads.@Nullable Running caller) throws IOException {
        try {
            var reply = connection.read();
            if (reply.type() != Frame.Type.ARRIVED) throw new IOException("unexpected message " + reply.type());
        } catch (IOException gone) {
            if (caller != null) {
                caller.interrupt();
                awaitEnd(caller);
            }
            throw gone;
        }
    }

    private static void awaitEnd(Threads.Running caller) {
        try {
            caller.join();
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(@Nullable Object result) throws IOException {
        connection.write(Frame.Type.ANSWER, 0, Codec.write(Out.referring(), result, new Trace()));
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
