package io.weft.kernel.wire;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a kernel listens and the key that signs its messages: what a connection file says.
///
/// @param transport `tcp` or `ipc`
/// @param ip        the address to listen on, or for ipc the start of the socket files' names
/// @param key       the secret of the HMAC signatures; empty for none
public record ConnectionInfo(
        String transport,
        String ip,
        int shellPort,
        int controlPort,
        int stdinPort,
        int iopubPort,
        int heartbeatPort,
        String key) {
    private static final String NEXT_STEP =
            "Jupyter writes this file when it starts a kernel: run `jupyter lab` or `jupyter console --kernel weft`.";

    /// Reads a connection file.
    ///
    /// @throws WireException if it cannot be read, or a field is missing or not supported; names file and field
    public static ConnectionInfo read(Path file) throws WireException {
        Map<String, @Nullable Object> fields;
        try {
            fields = Json.readObject(Files.readAllBytes(file));
        } catch (NoSuchFileException _) {
            throw refused(file, "does not exist");
        } catch (AccessDeniedException _) {
            throw refused(file, "may not be read by this user");
        } catch (CharacterCodingException _) {
            throw refused(file, "is no text");
        } catch (IOException failed) {
            throw refused(file, "cannot be read (%s)".formatted(failed.getMessage()));
        } catch (WireException broken) {
            throw refused(file, "is broken: " + broken.getMessage());
        }
        try {
            return of(fields);
        } catch (WireException wrong) {
            throw refused(file, "cannot be used: " + wrong.getMessage());
        }
    }

    private static ConnectionInfo of(Map<String, @Nullable Object> fields) throws WireException {
        var content = new Content(fields);
        String transport = content.text("transport", "tcp");
        if (!transport.equals("tcp") && !transport.equals("ipc")) {
            throw new WireException("`transport` is \"%s\"; tcp and ipc are supported".formatted(transport));
        }
        String scheme = content.text("signature_scheme", "hmac-sha256");
        if (!scheme.equals("hmac-sha256")) {
            throw new WireException("`signature_scheme` is \"%s\"; hmac-sha256 is supported".formatted(scheme));
        }
        return new ConnectionInfo(
                transport,
                content.text("ip"),
                port(content, "shell_port"),
                port(content, "control_port"),
                port(content, "stdin_port"),
                port(content, "iopub_port"),
                port(content, "hb_port"),
                content.text("key"));
    }

    private static int port(Content content, String name) throws WireException {
        if (content.fields().get(name) == null) {
            throw new WireException("the field `%s` is missing".formatted(name));
        }
        int port = content.number(name, 0);
        if (port < 1 || port > 65_535) {
            throw new WireException("`%s` is %d; a port lies between 1 and 65535".formatted(name, port));
        }
        return port;
    }

    private static WireException refused(Path file, String fact) {
        return new WireException("the connection file %s %s. %s".formatted(file, fact, NEXT_STEP));
    }
}
