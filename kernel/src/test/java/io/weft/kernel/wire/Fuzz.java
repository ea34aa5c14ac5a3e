package io.weft.kernel.wire;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Damages the frames of a message in ways that networks and attackers have.
public final class Fuzz {
    private Fuzz() {}

    /// Changes one or more frames in place.
    public static void damage(List<byte[]> frames, Random random) {
        for (int times = 1 + random.nextInt(3); times > 0 && !frames.isEmpty(); times--) {
            int at = random.nextInt(frames.size());
            byte[] frame = frames.get(at);
            switch (random.nextInt(8)) {
                case 0 -> frames.remove(at);
                case 1 -> frames.add(at, random(random, random.nextInt(64)));
                case 2 -> frames.set(at, random(random, random.nextInt(5_000)));
                case 3 -> frames.set(at, Arrays.copyOf(frame, random.nextInt(frame.length + 1)));
                case 4 -> frames.set(at, new byte[0]);
                case 5 ->
                    frames.set(
                            at,
                            "[".repeat(1 + random.nextInt(10_000)).getBytes(java.nio.charset.StandardCharsets.UTF_8));
                case 6 ->
                    frames.set(
                            at,
                            "{\"code\":{\"a\":[1e999999]},\"cursor_pos\":\"x\"}"
                                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));
                default -> frames.set(at, flipped(frame, random));
            }
        }
    }

    private static byte[] flipped(byte[] frame, Random random) {
        byte[] copy = frame.clone();
        if (copy.length > 0) {
            copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return copy;
    }

    private static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
