package io.weft.kernel.wire;

/// The key pair with which a kernel encrypts what crosses its sockets, both keys in ZeroMQ's text form.
///
/// Jupyter gives the pair to the kernel and to its own clients in the connection file: who can read that file may talk
/// to the kernel, everybody else can't even connect.
///
/// @param publicKey names the kernel to its clients
/// @param secretKey proves that the kernel is the one named
/// @see <a href="https://rfc.zeromq.org/spec/26/">CurveZMQ</a>
/// @see <a href="https://jupyter-client.readthedocs.io/en/stable/security.html">Transport security for kernels</a>
public record CurveKeys(String publicKey, String secretKey) {
    private static final int TEXT_CHARS = 40;
    private static final String TEXT_ALPHABET =
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

    /// @throws WireException if one of the two is no key; names the field but not the key
    static CurveKeys of(String publicKey, String secretKey) throws WireException {
        require("curve_publickey", publicKey);
        require("curve_secretkey", secretKey);
        return new CurveKeys(publicKey, secretKey);
    }

    private static void require(String field, String key) throws WireException {
        if (key.length() != TEXT_CHARS || !key.chars().allMatch(letter -> TEXT_ALPHABET.indexOf(letter) >= 0)) {
            throw new WireException(
                    "`%s` is no key of CurveZMQ: %d characters of Z85 belong there".formatted(field, TEXT_CHARS));
        }
    }

    /// Without the secret key, so that it reaches no log.
    @Override
    public String toString() {
        return "CurveKeys[" + publicKey + "]";
    }
}
