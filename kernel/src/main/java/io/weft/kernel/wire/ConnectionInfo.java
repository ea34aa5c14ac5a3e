package io.weft.kernel.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Where a kernel listens, and the keys that its messages are signed and encrypted with: what a connection file says.
///
/// @param transport `tcp` or `ipc`
/// @param ip        the address to listen on, or for ipc the start of the socket files' names
/// @param key       the secret of the HMAC signatures; empty for none
/// @param curve     the keys of the encryption; empty for none
public record ConnectionInfo(
        String transport,
        String ip,
        int shellPort,
        int controlPort,
        int stdinPort,
        int iopubPort,
        int heartbeatPort,
        String key,
        Optional<CurveKeys> curve)
        implements StartFile {
    /// A connection without encryption.
    public ConnectionInfo(
            String transport,
            String ip,
            int shellPort,
            int controlPort,
            int stdinPort,
            int iopubPort,
            int heartbeatPort,
            String key) {
        this(transport, ip, shellPort, controlPort, stdinPort, iopubPort, heartbeatPort, key, Optional.empty());
    }

    static ConnectionInfo of(Content content) throws WireException {
        String transport = content.text("transport", "tcp");
        if (!transport.equals("tcp") && !transport.equals("ipc")) {
            throw new WireException("`transport` is \"%s\"; tcp and ipc are supported".formatted(transport));
        }
        String key = StartFile.signatureKey(content);
        return new ConnectionInfo(
                transport,
                content.text("ip"),
                StartFile.port(content, "shell_port"),
                StartFile.port(content, "control_port"),
                StartFile.port(content, "stdin_port"),
                StartFile.port(content, "iopub_port"),
                StartFile.port(content, "hb_port"),
                key,
                StartFile.curveKeys(content));
    }

    /// The fields of the connection file that says this.
    public Map<String, Object> fields() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("transport", transport);
        fields.put("ip", ip);
        fields.put("shell_port", shellPort);
        fields.put("control_port", controlPort);
        fields.put("stdin_port", stdinPort);
        fields.put("iopub_port", iopubPort);
        fields.put("hb_port", heartbeatPort);
        fields.put("signature_scheme", "hmac-sha256");
        fields.put("key", key);
        curve.ifPresent(keys -> {
            fields.put("curve_publickey", keys.publicKey());
            fields.put("curve_secretkey", keys.secretKey());
        });
        return fields;
    }
}
