package io.weft.concurrent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.util.Base64;
import java.util.regex.Pattern;

/// Where a manager is served over the network, and what it takes to reach it.
///
/// @param host a name or address
/// @param port the TCP port
/// @param fingerprint of the server's certificate
/// @param secret what a client has to know
record Endpoint(String host, int port, String fingerprint, String secret) {
    private static final String SCHEME = "weft";
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");

    /// @throws IllegalArgumentException if it is not such a URI
    static Endpoint of(URI uri, String secret) {
        var fingerprint = uri.getFragment();
        if (!SCHEME.equals(uri.getScheme())
                || uri.getHost() == null
                || uri.getPort() < 1
                || fingerprint == null
                || !FINGERPRINT.matcher(fingerprint).matches())
            throw new IllegalArgumentException(
                    "%s is not the URI of a manager: weft://HOST:PORT#FINGERPRINT, as its uri() tells, is one"
                            .formatted(uri));
        return new Endpoint(uri.getHost(), uri.getPort(), fingerprint, secret);
    }

    /// Whether an address is one on the network.
    static boolean isIn(Address address) {
        return address.socket().startsWith(SCHEME + "://");
    }

    /// The endpoint that is written in an address.
    static Endpoint in(Address address) {
        var uri = URI.create(address.socket());
        return of(uri, new String(Base64.getUrlDecoder().decode(uri.getUserInfo()), UTF_8));
    }

    /// The address that holds all of it, for JVMs that already know the secret.
    Address address(long pid, String name) {
        var user = Base64.getUrlEncoder().withoutPadding().encodeToString(secret.getBytes(UTF_8));
        return new Address("%s://%s@%s:%d#%s".formatted(SCHEME, user, host, port, fingerprint), pid, name);
    }

    byte[] secretBytes() {
        return secret.getBytes(UTF_8);
    }

    /// The part that is no secret.
    URI uri() {
        return URI.create("%s://%s:%d#%s".formatted(SCHEME, host, port, fingerprint));
    }

    /// Without the secret, as it may be shown.
    @Override
    public String toString() {
        return "%s://%s:%d".formatted(SCHEME, host, port);
    }
}
