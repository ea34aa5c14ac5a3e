package io.weft.kernel.comm;

import io.weft.kernel.display.CellOutput;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The comms of a kernel, and what the kernel does with the messages of front ends.
///
/// All methods may be called from any thread.
public final class CommRegistry implements Comms {
    private final Supplier<CellOutput> output;
    private final Map<String, CommTarget> targets = new ConcurrentHashMap<>();
    private final Map<String, Comm> comms = new ConcurrentHashMap<>();

    /// @param output what the calling thread's cell sends through
    public CommRegistry(Supplier<CellOutput> output) {
        this.output = output;
    }

    @Override
    public void register(String target, CommTarget handler) {
        targets.put(target, handler);
    }

    @Override
    public void unregister(String target) {
        targets.remove(target);
    }

    @Override
    public Comm open(String target, Map<String, ? extends @Nullable Object> data) {
        return open(target, CommMessage.of(data));
    }

    @Override
    public Comm open(String target, CommMessage message) {
        var comm = new Comm(UUID.randomUUID().toString(), target, this);
        comms.put(comm.id(), comm);
        comm.publish("comm_open", Map.of("target_name", target), message);
        return comm;
    }

    @Override
    public List<Comm> open() {
        return List.copyOf(comms.values());
    }

    /// Deals with a comm that a front end has opened: one to an unknown target is closed.
    ///
    /// @throws Exception what the target throws, after the comm was closed
    public void opened(String id, String target, CommMessage message) throws Exception {
        var comm = new Comm(id, target, this);
        comms.put(id, comm);
        CommTarget handler = targets.get(target);
        if (handler == null) {
            comm.close();
            return;
        }
        try {
            handler.opened(comm, message);
        } catch (Throwable failed) {
            comm.close();
            throw failed;
        }
    }

    /// Passes on what a front end has sent; nothing happens where there is no such comm.
    ///
    /// @throws Exception what its handler throws
    public void received(String id, CommMessage message) throws Exception {
        Comm comm = comms.get(id);
        if (comm != null) {
            comm.received(message);
        }
    }

    /// Takes note that a front end has closed a comm.
    ///
    /// @throws Exception what its handler throws
    public void closed(String id, CommMessage message) throws Exception {
        Comm comm = comms.get(id);
        if (comm != null) {
            comm.closed(message);
        }
    }

    CellOutput output() {
        return output.get();
    }

    void forget(Comm comm) {
        comms.remove(comm.id(), comm);
    }
}
