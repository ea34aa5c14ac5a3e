package io.weft.kernel.comm;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The comms of a kernel. A cell has it as `comms()`.
///
/// It lives as long as the kernel. A front end opens a comm to a target that [#register] names, or the notebook opens
/// one to a target of the front end's with [#open], for instance that of a widget:
///
/// ```java
/// comms().register("echo", (comm, open) -> comm.onMessage(message -> comm.send(message.data())));
/// ```
///
/// **Threads.** All methods may be called from any thread. Messages of a front end are handled one at a time in each
/// shell, after the cells that came before them; those that name a subshell, while a cell of the main shell runs.
///
/// @see <a href="https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages">Messaging in Jupyter,
/// custom messages</a>
public interface Comms {
    /// Lets front ends open comms to a target, instead of what was registered under this name before.
    void register(String target, CommTarget handler);

    /// Lets front ends open no more comms to a target; those that are open stay so.
    void unregister(String target);

    /// Opens a comm to a target of the front ends; one that does not know it closes the comm again.
    Comm open(String target, Map<String, ? extends @Nullable Object> data);

    /// Opens a comm with metadata and buffers.
    Comm open(String target, CommMessage message);

    /// The comms that are open.
    List<Comm> open();
}
