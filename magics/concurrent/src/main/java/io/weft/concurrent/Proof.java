package io.weft.concurrent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/// Both ends of a new connection show that they know the session's secret, before anything else is read.
///
/// Each sends a random challenge; each answers with an HMAC-SHA256 over both, keyed by the secret.
final class Proof {
    static final int SECRET_BYTES = 32;
    private static final int CHALLENGE_BYTES = 32;
    private static final int MAC_BYTES = 32;
    private static final int BLOCK_BYTES = 64;
    private static final int INNER_PAD = 0x36;
    private static final int OUTER_PAD = 0x5c;
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
        return hmac(secret, side.getBytes(US_ASCII), first, second);
    }

    /// HMAC-SHA256 (RFC 2104). `javax.crypto.Mac` gives the same, but its framework takes a fresh worker a tenth of
    /// its start.
    static byte[] hmac(byte[] key, byte[]... message) {
        try {
            var hash = MessageDigest.getInstance("SHA-256");
            byte[] block = Arrays.copyOf(key.length > BLOCK_BYTES ? hash.digest(key) : key, BLOCK_BYTES);
            hash.update(xor(block, INNER_PAD));
            for (var part : message) hash.update(part);
            byte[] inner = hash.digest();
            hash.update(xor(block, OUTER_PAD));
            return hash.digest(inner);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] xor(byte[] bytes, int pad) {
        var padded = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) padded[i] = (byte) (bytes[i] ^ pad);
        return padded;
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
