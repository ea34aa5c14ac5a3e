package io.weft.kernel.comm;

import io.weft.kernel.display.CellOutput;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A channel between the notebook and the front ends.
///
/// Open from its creation until either side closes it. Messages that come in are handled in order. A message is sent in
/// the name of the cell that the calling thread works for.
///
/// **Threads.** All methods may be called from any thread; messages of one thread keep their order.
public final class Comm {
    /// Takes what a front end sends.
    @FunctionalInterface
    public interface Handler {
        /// Deals with one message.
        ///
        /// @throws Exception then the front end is told, and the comm stays open
        void handle(CommMessage message) throws Exception;
    }

    private static final Handler NOTHING = _ -> {};

    private final String id;
    private final String target;
    private final CommRegistry registry;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private volatile Handler onMessage = NOTHING;
    private volatile Handler onClose = NOTHING;

    Comm(String id, String target, CommRegistry registry) {
        this.id = id;
        this.target = target;
        this.registry = registry;
    }

    /// The id that both sides know it by.
    public String id() {
        return id;
    }

    /// The name of the target that it was opened to.
    public String target() {
        return target;
    }

    /// Whether neither side has closed it.
    public boolean isOpen() {
        return open.get();
    }

    /// Sets what happens when a front end sends something, instead of what was set before.
    public Comm onMessage(Handler handler) {
        onMessage = handler;
        return this;
    }

    /// Sets what happens when a front end closes this comm, instead of what was set before.
    public Comm onClose(Handler handler) {
        onClose = handler;
        return this;
    }

    /// Sends data.
    ///
    /// @throws IllegalStateException if the comm is closed
    public void send(Map<String, ? extends @Nullable Object> data) {
        send(CommMessage.of(data));
    }

    /// Sends data with metadata and buffers.
    ///
    /// @throws IllegalStateException if the comm is closed
    public void send(CommMessage message) {
        if (!isOpen()) {
            throw new IllegalStateException("comm %s to %s is closed; open another one".formatted(id, target));
        }
        publish("comm_msg", Map.of(), message);
    }

    /// Closes it on both sides; does nothing where it is closed already.
    public void close() {
        close(Map.of());
    }

    /// Closes it on both sides with a last word.
    public void close(Map<String, ? extends @Nullable Object> data) {
        if (end()) {
            publish("comm_close", Map.of(), CommMessage.of(data));
        }
    }

    void publish(String type, Map<String, Object> more, CommMessage message) {
        var content = new LinkedHashMap<String, @Nullable Object>();
        content.put("comm_id", id);
        content.putAll(more);
        content.put("data", message.data());
        CellOutput output = registry.output();
        output.comm(type, content, message.metadata(), message.buffers());
    }

    /// Ends this side.
    ///
    /// @return whether it was open
    boolean end() {
        registry.forget(this);
        return open.compareAndSet(true, false);
    }

    void received(CommMessage message) throws Exception {
        onMessage.handle(message);
    }

    void closed(CommMessage message) throws Exception {
        if (end()) {
            onClose.handle(message);
        }
    }

    @Override
    public String toString() {
        return "Comm %s to %s, %s".formatted(id, target, isOpen() ? "open" : "closed");
    }
}
