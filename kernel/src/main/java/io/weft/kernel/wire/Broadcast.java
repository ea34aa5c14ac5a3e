package io.weft.kernel.wire;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the kernel tells all front ends on iopub.
///
/// Broadcasts are sent later and by another thread; therefore trees that the notebook made are copied.
public sealed interface Broadcast {
    /// The message's type.
    String type();

    /// The message's content.
    Map<String, ? extends @Nullable Object> content();

    /// The message's metadata.
    default Map<String, ? extends @Nullable Object> metadata() {
        return Map.of();
    }

    /// The raw bytes that follow the message.
    default List<byte[]> buffers() {
        return List.of();
    }

    /// The kernel works on a request (`busy`), has dealt with it (`idle`), or comes up (`starting`).
    record Status(String state) implements Broadcast {
        public static final Status BUSY = new Status("busy");
        public static final Status IDLE = new Status("idle");
        public static final Status STARTING = new Status("starting");

        @Override
        public String type() {
            return "status";
        }

        @Override
        public Map<String, Object> content() {
            return Map.of("execution_state", state);
        }
    }

    /// Text that a program printed.
    ///
    /// @param name `stdout` or `stderr`
    record Stream(String name, String text) implements Broadcast {
        @Override
        public String type() {
            return "stream";
        }

        @Override
        public Map<String, Object> content() {
            return Map.of("name", name, "text", text);
        }
    }

    /// A cell is about to run.
    record ExecuteInput(String code, int count) implements Broadcast {
        @Override
        public String type() {
            return "execute_input";
        }

        @Override
        public Map<String, Object> content() {
            return Map.of("code", code, "execution_count", count);
        }
    }

    /// The value of a cell.
    record ExecuteResult(int count, Map<String, Object> data, Map<String, Object> metadata) implements Broadcast {
        public ExecuteResult {
            data = Json.copy(data);
            metadata = Json.copy(metadata);
        }

        @Override
        public String type() {
            return "execute_result";
        }

        @Override
        public Map<String, Object> content() {
            return Map.of("execution_count", count, "data", data, "metadata", metadata);
        }
    }

    /// Something to show below a cell.
    ///
    /// @param displayId by which it can be replaced; empty for none
    record Display(Map<String, Object> data, Map<String, Object> metadata, String displayId) implements Broadcast {
        public Display {
            data = Json.copy(data);
            metadata = Json.copy(metadata);
        }

        @Override
        public String type() {
            return "display_data";
        }

        @Override
        public Map<String, Object> content() {
            Map<String, Object> transients = displayId.isEmpty() ? Map.of() : Map.of("display_id", displayId);
            return Map.of("data", data, "metadata", metadata, "transient", transients);
        }
    }

    /// Something to show in the place of every display with this id.
    record UpdateDisplay(Map<String, Object> data, Map<String, Object> metadata, String displayId)
            implements Broadcast {
        public UpdateDisplay {
            data = Json.copy(data);
            metadata = Json.copy(metadata);
        }

        @Override
        public String type() {
            return "update_display_data";
        }

        @Override
        public Map<String, Object> content() {
            return Map.of("data", data, "metadata", metadata, "transient", Map.of("display_id", displayId));
        }
    }

    /// What the cell has shown is to go, at once or when there is something new.
    record ClearOutput(boolean untilNew) implements Broadcast {
        @Override
        public String type() {
            return "clear_output";
        }

        @Override
        public Map<String, Object> content() {
            return Map.of("wait", untilNew);
        }
    }

    /// A cell failed.
    record Failure(String name, String message, List<String> traceback) implements Broadcast {
        @Override
        public String type() {
            return "error";
        }

        @Override
        public Map<String, Object> content() {
            return Map.of("ename", name, "evalue", message, "traceback", traceback);
        }
    }

    /// A message of a comm.
    ///
    /// @param type `comm_open`, `comm_msg` or `comm_close`
    record CommMessage(
            String type,
            Map<String, ? extends @Nullable Object> content,
            Map<String, ? extends @Nullable Object> metadata,
            List<byte[]> buffers)
            implements Broadcast {
        public CommMessage {
            content = Json.copy(content);
            metadata = Json.copy(metadata);
            buffers = List.copyOf(buffers);
        }
    }

    /// The kernel ends.
    record ShuttingDown(boolean restart) implements Broadcast {
        @Override
        public String type() {
            return "shutdown_reply";
        }

        @Override
        public Map<String, Object> content() {
            return Map.of("status", "ok", "restart", restart);
        }
    }

    /// A subscription has reached the kernel: from now on nothing is missed.
    record Welcome(String subscription) implements Broadcast {
        @Override
        public String type() {
            return "iopub_welcome";
        }

        @Override
        public Map<String, Object> content() {
            return Map.of("subscription", subscription);
        }
    }
}
