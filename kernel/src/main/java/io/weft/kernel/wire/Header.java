package io.weft.kernel.wire;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The header of a wire message. Fields that this kernel does not know stay, so that a parent header goes back whole.
///
/// @param fields all fields as they stand in the message
public record Header(Map<String, @Nullable Object> fields) {
    /// The parent header of a message that answers no request.
    public static final Header NONE = new Header(Map.of());

    /// The protocol version in the headers that this kernel writes.
    public static final String PROTOCOL_VERSION = "5.6";

    public Header {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /// A header for a new message of a session.
    public static Header of(String type, String session) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("msg_id", UUID.randomUUID().toString());
        fields.put("session", session);
        fields.put("username", "weft");
        fields.put("date", Instant.now().truncatedTo(ChronoUnit.MICROS).toString());
        fields.put("msg_type", type);
        fields.put("version", PROTOCOL_VERSION);
        return new Header(fields);
    }

    /// The message's id; empty where it has none.
    public String id() {
        return text("msg_id");
    }

    /// The message's type, `execute_request` for instance; empty where it has none.
    public String type() {
        return text("msg_type");
    }

    /// The session of the sender; empty where it has none.
    public String session() {
        return text("session");
    }

    /// The id of the subshell that the message is for; empty for the main shell.
    public String subshell() {
        Object id = fields.get("subshell_id");
        return id == null ? "" : String.valueOf(id);
    }

    private String text(String name) {
        return fields.get(name) instanceof String text ? text : "";
    }
}
