package io.weft.kernel.wire;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The file with which Jupyter starts a kernel: it says where to listen, or to whom to say where the kernel listens.
///
/// @see <a href="https://jupyter-client.readthedocs.io/en/stable/kernels.html">Connection files and registration
///     files</a>
public sealed interface StartFile permits ConnectionInfo, Registration {
    /// Reads a connection file or a registration file.
    ///
    /// @throws WireException if it cannot be read, or a field is missing or not supported; names file and field
    static StartFile read(Path file) throws WireException {
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
            var content = new Content(fields);
            return fields.get("registration_port") == null
                    ? ConnectionInfo.of(content)
                    : Registration.of(content, file);
        } catch (WireException wrong) {
            throw refused(file, "cannot be used: " + wrong.getMessage());
        }
    }

    /// The secret of the HMAC signatures; empty for none.
    ///
    /// @throws WireException if it is missing, or for a scheme that this kernel does not know
    static String signatureKey(Content content) throws WireException {
        String scheme = content.text("signature_scheme", "hmac-sha256");
        if (!scheme.equals("hmac-sha256")) {
            throw new WireException("`signature_scheme` is \"%s\"; hmac-sha256 is supported".formatted(scheme));
        }
        return content.text("key");
    }

    /// The keys of the encryption, where the file has them.
    ///
    /// @throws WireException if there is only one of the two, or one is no key
    static Optional<CurveKeys> curveKeys(Content content) throws WireException {
        String publicKey = content.text("curve_publickey", "");
        String secretKey = content.text("curve_secretkey", "");
        if (publicKey.isEmpty() && secretKey.isEmpty()) {
            return Optional.empty();
        }
        if (publicKey.isEmpty() || secretKey.isEmpty()) {
            throw new WireException("the field `%s` is missing; `%s` is there, and encryption needs both"
                    .formatted(
                            publicKey.isEmpty() ? "curve_publickey" : "curve_secretkey",
                            publicKey.isEmpty() ? "curve_secretkey" : "curve_publickey"));
        }
        return Optional.of(CurveKeys.of(publicKey, secretKey));
    }

    /// A port of the file.
    ///
    /// @throws WireException if it is missing or none
    static int port(Content content, String name) throws WireException {
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
        return new WireException(
                "the connection file %s %s. Jupyter writes this file when it starts a kernel: run `jupyter lab` or `jupyter console --kernel weft`."
                        .formatted(file, fact));
    }
}
