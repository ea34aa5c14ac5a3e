package io.weft.kernel.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Turns wire messages into signed frames and back.
///
/// A frame list is `identities… <IDS|MSG> signature header parent metadata content buffers…`. With
/// an empty key nothing is signed nor checked. A signature is accepted once: a message that
/// was recorded and sent again is refused, as long as its signature is among the last 65,536. Safe for use by many
/// threads.
public final class WireCodec {
    private static final byte[] DELIMITER = "<IDS|MSG>".getBytes(US_ASCII);
    private static final String ALGORITHM = "HmacSHA256";
    private static final int REMEMBERED_SIGNATURES = 1 << 16;
    private static final int MAX_IDENTITIES = 16;

    private final byte[] key;
    /// The first 64 bits of each signature that was accepted, oldest first.
    private final Set<Long> seen = new LinkedHashSet<>();

    public WireCodec(String key) {
        this.key = key.getBytes(UTF_8);
    }

    /// The frames of a message.
    public List<byte[]> encode(WireMessage message) {
        byte[] header = Json.write(message.header().fields());
        byte[] parent = Json.write(message.parent().fields());
        byte[] metadata = Json.write(message.metadata());
        byte[] content = Json.write(message.content());
        var frames = new ArrayList<byte[]>(message.identities());
        frames.add(DELIMITER);
        frames.add(signature(header, parent, metadata, content));
        frames.addAll(List.of(header, parent, metadata, content));
        frames.addAll(message.buffers());
        return frames;
    }

    /// The frames of a signed text that has no header: `<IDS|MSG> signature content`, as a kernel registers itself.
    public List<byte[]> encodeContent(byte[] content) {
        return List.of(DELIMITER, signature(content), content);
    }

    /// The content in the frames of a signed text that has no header.
    ///
    /// @throws WireException if they are something else, or their signature is wrong or was seen before
    public byte[] decodeContent(List<byte[]> frames) throws WireException {
        int delimiter = delimiterIn(frames);
        if (frames.size() != delimiter + 3) {
            throw new WireException(
                    "%d frames after the delimiter, 2 belong there".formatted(frames.size() - delimiter - 1));
        }
        verify(frames.get(delimiter + 1), frames.subList(delimiter + 2, delimiter + 3));
        return frames.getLast();
    }

    /// The message in frames that were received.
    ///
    /// @throws WireException if they are no message, or their signature is wrong or was seen before
    public WireMessage decode(List<byte[]> frames) throws WireException {
        int delimiter = delimiterIn(frames);
        if (frames.size() < delimiter + 6) {
            throw new WireException(
                    "%d frames after the delimiter, at least 5 belong there".formatted(frames.size() - delimiter - 1));
        }
        List<byte[]> signed = frames.subList(delimiter + 2, delimiter + 6);
        verify(frames.get(delimiter + 1), signed);
        return new WireMessage(
                frames.subList(0, delimiter),
                new Header(Json.readObject(signed.get(0))),
                new Header(Json.readObject(signed.get(1))),
                Json.readObject(signed.get(2)),
                Json.readObject(signed.get(3)),
                frames.subList(delimiter + 6, frames.size()));
    }

    private static int delimiterIn(List<byte[]> frames) throws WireException {
        for (int at = 0; at < Math.min(frames.size(), MAX_IDENTITIES + 1); at++) {
            if (Arrays.equals(frames.get(at), DELIMITER)) {
                return at;
            }
        }
        throw new WireException("no <IDS|MSG> delimiter in %d frames".formatted(frames.size()));
    }

    private void verify(byte[] given, List<byte[]> signed) throws WireException {
        if (key.length == 0) {
            return;
        }
        byte[] expected = signature(signed.toArray(byte[][]::new));
        if (!MessageDigest.isEqual(expected, given)) {
            throw new WireException(given.length == 0 ? "the signature is missing" : "the signature is wrong");
        }
        if (!remember(HexFormat.fromHexDigitsToLong(new String(expected, 0, 16, US_ASCII)))) {
            throw new WireException("its signature was used before: a replayed message");
        }
    }

    private synchronized boolean remember(long signature) {
        if (!seen.add(signature)) {
            return false;
        }
        if (seen.size() > REMEMBERED_SIGNATURES) {
            var oldest = seen.iterator();
            oldest.next();
            oldest.remove();
        }
        return true;
    }

    private byte[] signature(byte[]... signed) {
        if (key.length == 0) {
            return new byte[0];
        }
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            for (byte[] frame : signed) {
                mac.update(frame);
            }
            return HexFormat.of().formatHex(mac.doFinal()).getBytes(US_ASCII);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every JDK has HmacSHA256, this one has not", missing);
        }
    }
}
