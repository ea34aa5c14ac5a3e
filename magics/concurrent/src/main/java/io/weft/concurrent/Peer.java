package io.weft.concurrent;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Another JVM as a server: its idle connections, and one that lasts as long as this JVM.
final class Peer {
    private final Address address;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

    /// The idle ones for calls that wait. An interrupt does not close them at just any moment.
    private final ConcurrentLinkedDeque<Connection> waiting = new ConcurrentLinkedDeque<>();

    /// The connections over which calls were sent whose answers nobody awaits, until they are known to be done.
    private static final ConcurrentMap<Connection, Peer> LATE = new ConcurrentHashMap<>();

    /// A late call is not longer, nor are there more of them on a connection: they have room in the system's buffer,
    /// so nobody waits while writing one, and an interrupt does no harm.
    private static final int LATE_BYTES = 1 << 12;

    private static final int LATE_CALLS = 16;
    /// How long an interrupted thread still waits for the answer to a call that must go through.
    private static final long PATIENCE_NANOS = 2_000_000_000;

    private static final long FIRST_PAUSE_NANOS = 20_000;
    private static final long LONGEST_PAUSE_NANOS = 5_000_000;

    private boolean lifeShown;
    private volatile boolean ended;

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
        if (!waits) return Hub.connect(address, hub.secret(), "calls", hub.jvmId());
        var receipts = Endpoint.isIn(address) ? null : Receipts.create(address);
        var connection =
                Hub.connect(address, hub.secret(), "calls", hub.jvmId(), receipts == null ? "" : receipts.name());
        connection.tellReceiptsBy(receipts);
        connection.shrugOffInterrupts();
        return connection;
    }

    private void await(Connection life) {
        try (life) {
            life.read();
        } catch (IOException end) {
            // calls find out by themselves
        } finally {
            ended = true;
        }
    }

    /// Whether the other JVM is known to have ended, once this one has called it.
    boolean hasEnded() {
        return ended;
    }

    /// Sends a request and waits for the answer, also if the thread is interrupted, unless the other JVM is stuck.
    In ask(Frame.Type type, byte[] body) {
        return open(aside(() -> exchange(type, 0, Out.of(body)))).in();
    }

    /// Calls a method of a shared object that does not wait for others.
    In call(long object, Out body, boolean repeatable) {
        settleAll(null);
        if (!Thread.currentThread().isInterrupted()) {
            @Nullable Frame answer = null;
            try {
                answer = exchange(Frame.Type.CALL, object, body);
            } catch (ClosedByInterruptException interrupted) {
                if (!repeatable) {
                    throw new CancellationException(
                            "interrupted during a call to %s (pid %d); whether it took effect is not known"
                                    .formatted(address.name(), address.pid()));
                }
            } catch (IOException gone) {
                throw lost(gone);
            }
            if (answer != null) return open(answer).in();
        }
        // interrupted, but the call must go through: as in the release of a lock
        return open(aside(() -> exchange(Frame.Type.CALL, object, body))).in();
    }

    /// Calls a method of a shared object that may wait. If the thread is interrupted first, the connection is
    /// closed, which ends the wait at the other side too, and nothing is taken.
    In callWaiting(long object, Out body) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException();
        Frame answer;
        try {
            var connection = borrow(waiting, true);
            boolean whole = false;
            try {
                settleAll(connection);
                connection.write(Frame.Type.CALL, object, body);
                answer = connection.read();
                forgetIfDone(connection);
                // what is taken is the caller's from now on
                connection.received();
                whole = true;
            } catch (ClosedByInterruptException interrupted) {
                throw interrupted;
            } catch (IOException gone) {
                LATE.remove(connection); // this call tells
                throw gone;
            } finally {
                if (whole) waiting.addFirst(connection);
                else connection.close();
            }
        } catch (ClosedByInterruptException interrupted) {
            throw interrupted();
        } catch (IOException gone) {
            throw lost(gone);
        }
        return open(answer).in(); // what it throws can be of any kind: the user's method threw it
    }

    /// Calls a method of a shared object without waiting for the answer: every later call of this JVM finds
    /// it done, and the next one says so if it failed.
    ///
    /// @return whether it was sent; some calls cannot be
    boolean callLate(long object, Out body) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException();
        if (body.size() > LATE_BYTES || !body.parts().isEmpty()) return false;
        var connection = waiting.pollFirst();
        if (connection == null) return false;
        boolean whole = false;
        try {
            settleAll(connection);
            if (!connection.seesLate() || connection.lateCalls() >= LATE_CALLS || connection.hasLateFailure()) {
                whole = true;
                return false;
            }
            connection.countLate();
            LATE.put(connection, this);
            connection.write(Frame.Type.CALL_LATE, object, body);
            whole = true;
            return true;
        } catch (ClosedByInterruptException interrupted) {
            throw interrupted();
        } catch (IOException gone) {
            LATE.remove(connection);
            throw lost(gone);
        } finally {
            if (whole) waiting.addFirst(connection);
            else connection.close();
        }
    }

    /// Waits until the late calls of all threads are done, but for those over a connection that is about to be used: a
    /// server takes one after the other.
    static void settleAll(@Nullable Connection used) {
        if (LATE.isEmpty()) return;
        LATE.forEach((connection, peer) -> {
            if (connection != used) peer.settle(connection);
        });
    }

    /// Waits until the late calls over a connection are done, however the thread is interrupted.
    private void settle(Connection connection) {
        boolean interrupted = false;
        try {
            for (long pause = FIRST_PAUSE_NANOS; LATE.containsKey(connection); ) {
                if (forgetIfDone(connection)) return;
                interrupted |= Thread.interrupted();
                if (waiting.remove(connection)) {
                    settleBy(connection);
                } else if (!connection.isOpen()) {
                    settleWithout(connection);
                } else {
                    // another thread uses it: its call is behind those that this one waits for
                    LockSupport.parkNanos(pause);
                    pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private void settleBy(Connection connection) {
        boolean whole = false;
        Frame answer;
        try {
            connection.write(Frame.Type.SETTLE, 0, Frame.NOTHING);
            answer = connection.read();
            whole = true;
            LATE.remove(connection);
        } catch (ClosedByInterruptException interrupted) {
            Thread.currentThread().interrupt(); // goes on without the connection
            return;
        } catch (IOException gone) {
            LATE.remove(connection);
            throw lost(gone);
        } finally {
            if (whole) waiting.addFirst(connection);
            else connection.close();
        }
        open(answer);
    }

    /// An interrupt has closed the connection: what was sent is read all the same, if somebody is there to read.
    private void settleWithout(Connection connection) {
        boolean settled = false;
        try {
            if (connection.lateCalls() <= 0 && connection.hasLateFailure())
                throw new IllegalStateException(
                        "an element could not be put into a queue of %s (pid %d); why was lost with an interrupt"
                                .formatted(address.name(), address.pid()));
            ask(Frame.Type.SETTLE, Frame.NOTHING);
            settled = true;
        } finally {
            if (!settled) LATE.remove(connection);
        }
        LockSupport.parkNanos(FIRST_PAUSE_NANOS);
    }

    /// Whether all is done and nothing is left to be told. The server notes a failure first, so this asks for it last.
    private static boolean forgetIfDone(Connection connection) {
        return !LATE.containsKey(connection)
                || LATE.computeIfPresent(
                                connection,
                                (known, peer) -> known.lateCalls() <= 0 && !known.hasLateFailure() ? null : peer)
                        == null;
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
        return answer;
    }

    private static Frame open(Frame answer) {
        if (answer.type() == Frame.Type.ERROR)
            throw Failures.<RuntimeException>sneak(Failures.joinToCaller(
                    Failures.decode(answer.body(), Hub.get().arrivals())));
        return answer;
    }

    private interface Exchange<T> {
        T run() throws IOException;
    }

    /// Runs on a thread that nobody interrupts. An interrupted caller waits for the answer all the same, but not for
    /// long: what the call needs may be held by a function that runs there without end. What was sent stays sent.
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
        long deadline = 0;
        boolean over = false;
        while (!over) {
            try {
                if (deadline == 0) {
                    thread.join();
                    over = true;
                } else {
                    over = thread.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
                    if (!over) break;
                }
            } catch (InterruptedException later) {
                interrupted = true;
                if (deadline == 0) deadline = System.nanoTime() + PATIENCE_NANOS;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        if (!over)
            throw new CancellationException(
                    "interrupted during a call to %s (pid %d), which has not answered for %d s: a function that it was sent may still run there, such as one given to compute or update. Whether the call takes effect is not known. If that function never ends, close what you called, which ends its JVM, and open a new one."
                            .formatted(address.name(), address.pid(), PATIENCE_NANOS / 1_000_000_000));
        if (result.state() == java.util.concurrent.Future.State.SUCCESS) return result.resultNow();
        var failure = result.exceptionNow();
        throw failure instanceof IOException gone
                ? lost(gone)
                : Failures.<RuntimeException>sneak(Failures.joinToCaller(failure));
    }

    ObjectLostException lost(@Nullable Throwable cause) {
        Optional<Death> death = Endpoint.isIn(address) ? Optional.empty() : WorkerJvm.deathOf(address.pid());
        var how = death.map(Death::sentence)
                .orElseGet(() -> "%s (pid %d) has ended or cannot be reached".formatted(address.name(), address.pid()));
        var lost = new ObjectLostException(
                "%s; what it held (queues, dicts, locks) is lost. Create a new one.%s"
                        .formatted(how, death.map(Death::details).orElse("")),
                death.isPresent() ? null : cause);
        Failures.trimToUser(lost);
        if (cause != null) cause.setStackTrace(new StackTraceElement[0]);
        return lost;
    }

    /// Encodes a call: which method, with what.
    Out body(Kind.Verb verb, @Nullable Object[] arguments) {
        var out = Out.referring().putInt(verb.index()).putInt(arguments.length);
        for (int i = 0; i < arguments.length; i++) {
            var parameter = verb.parameters()[i];
            if (parameter == Fn.class) {
                var closure = ((Fn) java.util.Objects.requireNonNull(arguments[i])).closure();
                if (Endpoint.isIn(address)) putWhole(out, closure);
                else out.putString(closure.id()).putAddress(Hub.get().address());
            } else if (arguments[i] instanceof Object[] elements && parameter == Object[].class) {
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
