package io.weft.kernel.channel;

import io.weft.kernel.wire.WireException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// The shells of a kernel: the main one, and those that front ends have opened beside it.
///
/// Each has a lane, so that its requests are answered in order and those of two shells at the same time.
/// All methods may be called from any thread.
///
/// @see <a href="https://jupyter.org/enhancement-proposals/91-kernel-subshells/kernel-subshells.html">JEP 91</a>
public final class Subshells {
    private final Lane main;
    /// By id, oldest first; guarded by itself.
    private final Map<String, Lane> lanes = new LinkedHashMap<>();

    Subshells(Lane main) {
        this.main = main;
    }

    /// Opens a shell.
    ///
    /// @return its id
    public String open() {
        String id = UUID.randomUUID().toString();
        synchronized (lanes) {
            lanes.put(id, new Lane("subshell"));
        }
        return id;
    }

    /// Closes a shell: what waits in it is answered as aborted, what runs in it is left to run.
    ///
    /// @return whether there was one of this id
    public boolean close(String id) {
        Lane lane;
        synchronized (lanes) {
            lane = lanes.remove(id);
        }
        if (lane == null) {
            return false;
        }
        lane.end().forEach(waiting -> ((MessageLoop.Waiting) waiting).abort());
        return true;
    }

    /// The ids of all open shells but the main one, oldest first.
    public List<String> ids() {
        synchronized (lanes) {
            return List.copyOf(lanes.keySet());
        }
    }

    /// The lane of a shell.
    ///
    /// @param id which one; empty for the main shell
    /// @throws WireException if there is none of this id
    Lane lane(String id) throws WireException {
        if (id.isEmpty()) {
            return main;
        }
        synchronized (lanes) {
            Lane lane = lanes.get(id);
            if (lane == null) {
                throw new WireException(unknown(id));
            }
            return lane;
        }
    }

    /// What to say of an id that names no shell.
    public static String unknown(String id) {
        return "there is no subshell %s: it was deleted, or another kernel's. The others go on; open a new one."
                .formatted(id);
    }

    /// Begins nothing more in any of them.
    void close() {
        synchronized (lanes) {
            lanes.values().forEach(Lane::end);
        }
    }
}
