package io.weft.concurrent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/// Reads what [Out] wrote; a length beyond the end of the message is refused. Not thread-safe.
final class In {
    private final byte[] bytes;
    private int position;

    In(byte[] bytes) {
        this.bytes = bytes;
    }

    int getByte() {
        need(1);
        return bytes[position++];
    }

    int getInt() {
        need(4);
        int value = (int) Big.INT.get(bytes, position);
        position += 4;
        return value;
    }

    long getLong() {
        need(8);
        long value = (long) Big.LONG.get(bytes, position);
        position += 8;
        return value;
    }

    /// The length of an array whose elements take at least `elementBytes` each.
    int getLength(int elementBytes) {
        int length = getInt();
        if (length < 0 || (long) length * elementBytes > bytes.length - position)
            throw new IllegalStateException(
                    "broken message: length %d at byte %d of %d".formatted(length, position, bytes.length));
        return length;
    }

    byte[] getBytes() {
        int length = getLength(1);
        position += length;
        return Arrays.copyOfRange(bytes, position - length, position);
    }

    String getString() {
        int length = getLength(1);
        position += length;
        return new String(bytes, position - length, length, UTF_8);
    }

    Address getAddress() {
        return new Address(getString(), getLong(), getString());
    }

    Client getClient() {
        return new Client(getString(), getString(), getLong());
    }

    private void need(int count) {
        if (bytes.length - position < count)
            throw new IllegalStateException("broken message: ends at byte " + bytes.length);
    }
}
