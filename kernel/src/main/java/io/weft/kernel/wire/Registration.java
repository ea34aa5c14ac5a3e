package io.weft.kernel.wire;

import java.nio.file.Path;
import java.util.Optional;

/// To whom a kernel says on which ports it listens: what a registration file says.
///
/// Two forms are in use. The protocol's own, since version 5.6, names the kernel and takes a short message; the one of
/// Positron came before it, names no kernel and takes a whole `handshake_request`.
///
/// @param file     the file itself
/// @param ip       the address that the kernel is to listen on
/// @param host     the address of who waits for the kernel's ports
/// @param port     its port
/// @param key      the secret of the HMAC signatures; empty for none
/// @param kernelId the name of the kernel in the protocol's form; empty in Positron's
/// @param curve    the keys of the encryption of the kernel's sockets; empty for none
/// @see <a href="https://jupyter.org/enhancement-proposals/66-jupyter-handshaking/jupyter-handshaking.html">Kernel
///     handshaking pattern</a>
public record Registration(
        Path file, String ip, String host, int port, String key, Optional<String> kernelId, Optional<CurveKeys> curve)
        implements StartFile {
    static Registration of(Content content, Path file) throws WireException {
        String transport = content.text("transport", "tcp");
        if (!transport.equals("tcp")) {
            throw new WireException("`transport` is \"%s\"; a registration needs tcp".formatted(transport));
        }
        String key = StartFile.signatureKey(content);
        int port = StartFile.port(content, "registration_port");
        String kernelId = content.text("kernel_id", "");
        if (kernelId.isEmpty() && content.fields().get("registration_ip") == null) {
            String ip = content.text("ip");
            return new Registration(file, ip, ip, port, key, Optional.empty(), StartFile.curveKeys(content));
        }
        String host = content.text("registration_ip");
        return new Registration(
                file,
                content.text("ip", host),
                host,
                port,
                key,
                Optional.of(content.text("kernel_id")),
                StartFile.curveKeys(content));
    }

    /// A connection on ports that are free.
    public ConnectionInfo anyPorts() {
        return new ConnectionInfo("tcp", ip, 0, 0, 0, 0, 0, key, curve);
    }
}
