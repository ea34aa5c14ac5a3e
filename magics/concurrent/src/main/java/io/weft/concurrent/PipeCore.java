package io.weft.concurrent;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A pipe where it lives: what each end has for its reader, and which JVMs have it.
///
/// An end is closed by hand, or when the last of the JVMs that kept it ends. A task that names the pipe takes both ends
/// along, but uses one: the other is not its own, and stays as it is when its JVM ends.
final class PipeCore implements PipeOps, Undo, ClientWatcher {
    /// How much may be on its way to one end.
    static final int CAPACITY = 64;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<End> ends = List.of(new End(), new End());

    private static final class End {
        private final ArrayDeque<Object> arriving = new ArrayDeque<>();
        private final Set<Client> holders = new HashSet<>();
        private final Set<Client> users = new HashSet<>();
        private @Nullable Client ended;
        private boolean closed;
        private String why = "";
    }

    private End end(int number) {
        return ends.get(number);
    }

    private End other(int number) {
        return ends.get(1 - number);
    }

    @Override
    public void hold(int number) {
        lock.lock();
        try {
            end(number).holders.add(Client.current());
        } finally {
            lock.unlock();
        }
    }

    /// The calling JVM uses an end, so it does not keep the other one unless it uses that too.
    private void use(int number) {
        if (!end(number).users.add(Client.current())) return;
        closeIfAbandoned(1 - number);
    }

    private boolean keeps(Client client, int number) {
        return end(number).users.contains(client)
                || (end(number).holders.contains(client) && !other(number).users.contains(client));
    }

    private void closeIfAbandoned(int number) {
        var ended = end(number).ended;
        if (ended == null) return;
        for (var client : end(number).users) if (keeps(client, number)) return;
        for (var client : end(number).holders) if (keeps(client, number)) return;
        close(number, ", since " + ended + " has ended");
    }

    @Override
    public void send(int number, Object element) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            use(number);
            while (true) {
                requireOpen(number);
                if (other(number).closed)
                    throw new QueueClosedException(
                            "the other end of the pipe is closed" + other(number).why + "; nothing was sent");
                if (other(number).arriving.size() < CAPACITY) break;
                changed.await();
            }
            other(number).arriving.addLast(element);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable Object receive(int number, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (!await(number, nanos)) return null;
            var element = end(number).arriving.pollFirst();
            if (element == null)
                throw new QueueClosedException(
                        "the other end of the pipe is closed" + other(number).why + "; nothing is left to receive");
            changed.signalAll();
            return element;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean poll(int number, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            return await(number, nanos);
        } finally {
            lock.unlock();
        }
    }

    /// Waits until there is something to read, or the end of it.
    private boolean await(int number, long nanos) throws InterruptedException {
        use(number);
        while (true) {
            requireOpen(number);
            if (!end(number).arriving.isEmpty() || other(number).closed) return true;
            if (nanos == 0) return false;
            if (nanos < 0) changed.await();
            else nanos = Math.max(0, changed.awaitNanos(nanos));
        }
    }

    private void requireOpen(int number) {
        if (end(number).closed) throw new QueueClosedException("this end of the pipe is closed" + end(number).why);
    }

    @Override
    public void close(int number) {
        close(number, "");
    }

    private void close(int number, String why) {
        lock.lock();
        try {
            if (end(number).closed) return;
            end(number).closed = true;
            end(number).why = why;
            end(number).arriving.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isClosed(int number) {
        lock.lock();
        try {
            return end(number).closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void clientEnded(Client client) {
        lock.lock();
        try {
            for (int number = 0; number < 2; number++) if (keeps(client, number)) end(number).ended = client;
            for (var end : ends) {
                end.holders.remove(client);
                end.users.remove(client);
            }
            for (int number = 0; number < 2; number++) closeIfAbandoned(number);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void undo(String method, @Nullable Object[] arguments, @Nullable Object result) {
        if (!(arguments[0] instanceof Integer number)) return;
        lock.lock();
        try {
            if (method.equals("receive") && result != null && !end(number).closed)
                end(number).arriving.addFirst(result);
            if (method.equals("send")) withdraw(other(number), arguments[1]);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Takes out an element whose sender gave up before it heard that it was sent, if nobody has it yet.
    @SuppressWarnings("ReferenceEquality") // this very element, not one that equals it
    private static void withdraw(End end, @Nullable Object element) {
        for (var each = end.arriving.descendingIterator(); each.hasNext(); ) {
            if (each.next() != element) continue;
            each.remove();
            return;
        }
    }
}
