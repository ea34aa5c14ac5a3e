package io.weft.concurrent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Both ends of a new connection show that they know the session's secret, before anything else is read.
///
/// Each sends a random challenge; each answers with an HMAC-SHA256 over both, keyed by the secret.
final class Proof {
    static final int SECRET_BYTES = 32;
    private static final int CHALLENGE_BYTES = 32;
    private static final int MAC_BYTES = 32;
    private static final byte[] MAGIC = "WEFT1\n".getBytes(US_ASCII);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] secret;

    Proof(byte[] secret) {
        this.secret = secret.clone();
    }

    static byte[] newSecret() {
        return random(SECRET_BYTES);
    }

    /// @throws IOException if the client does not know the secret
    Connection server(ByteChannel channel) throws IOException {
        return within(channel, () -> {
            var mine = random(CHALLENGE_BYTES);
            write(channel, MAGIC, mine);
            var theirs = read(channel, CHALLENGE_BYTES);
            var proof = read(channel, MAC_BYTES);
            if (!MessageDigest.isEqual(proof, mac("client", mine, theirs)))
                throw new IOException("a process without the session's secret tried to connect");
            write(channel, mac("server", theirs, mine), new byte[0]);
        });
    }

    /// @throws IOException if the server does not know the secret
    Connection client(ByteChannel channel) throws IOException {
        return within(channel, () -> {
            if (!MessageDigest.isEqual(read(channel, MAGIC.length), MAGIC))
                throw new IOException("what answers at the socket is not a JVM of this session");
            var theirs = read(channel, CHALLENGE_BYTES);
            var mine = random(CHALLENGE_BYTES);
            write(channel, mine, mac("client", theirs, mine));
            if (!MessageDigest.isEqual(read(channel, MAC_BYTES), mac("server", mine, theirs)))
                throw new IOException("what answers at the socket does not know the session's secret");
        });
    }

    private interface Steps {
        void run() throws IOException;
    }

    private static Connection within(ByteChannel channel, Steps steps) throws IOException {
        var done = new AtomicBoolean();
        var clock = Threads.run("weft-proof-limit", () -> {
            try {
                Thread.sleep(LIMIT);
                if (!done.get()) channel.close();
            } catch (InterruptedException | IOException over) {
                // proven in time, or closed by now
            }
        });
        boolean proven = false;
        try {
            steps.run();
            proven = true;
            return new Connection(channel);
        } finally {
            done.set(true);
            clock.interrupt();
            if (!proven) channel.close();
        }
    }

    private byte[] mac(String side, byte[] first, byte[] second) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update(side.getBytes(US_ASCII));
            mac.update(first);
            return mac.doFinal(second);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] random(int bytes) {
        var random = new byte[bytes];
        RANDOM.nextBytes(random);
        return random;
    }

    private static void write(ByteChannel channel, byte[] first, byte[] second) throws IOException {
        var both = ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .flip();
        while (both.hasRemaining()) channel.write(both);
    }

    private static byte[] read(ByteChannel channel, int bytes) throws IOException {
        var buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) if (channel.read(buffer) < 0) throw new EOFException("closed before the proof");
        return buffer.array();
    }
}
