package io.weft.concurrent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/// Reads what [Out] wrote; a length beyond the end of the message is refused. Not thread-safe.
final class In {
    private static final byte[][] NO_PARTS = {};

    private final byte[] bytes;
    private final byte[][] parts;
    private int position;

    In(byte[] bytes) {
        this(bytes, NO_PARTS);
    }

    In(byte[] bytes, byte[][] parts) {
        this.bytes = bytes;
        this.parts = parts;
    }

    int position() {
        return position;
    }

    void position(int value) {
        position = value;
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

    /// An array that is the caller's own.
    byte[] getBytes() {
        if (isPart()) return part();
        int length = getLength(1);
        position += length;
        return Arrays.copyOfRange(bytes, position - length, position);
    }

    int[] getInts() {
        var numbers = new int[getLength(4)];
        Out.numbers(bytes, position, 4 * numbers.length).asIntBuffer().get(numbers);
        position += 4 * numbers.length;
        return numbers;
    }

    /// Reads so many numbers into the middle of an array.
    void getInts(int[] into, int at, int count) {
        if (getLength(4) != count) throw new IllegalStateException("broken message: not " + count + " numbers");
        Out.numbers(bytes, position, 4 * count).asIntBuffer().get(into, at, count);
        position += 4 * count;
    }

    long[] getLongs() {
        var numbers = new long[getLength(8)];
        Out.numbers(bytes, position, 8 * numbers.length).asLongBuffer().get(numbers);
        position += 8 * numbers.length;
        return numbers;
    }

    double[] getDoubles() {
        var numbers = new double[getLength(8)];
        Out.numbers(bytes, position, 8 * numbers.length).asDoubleBuffer().get(numbers);
        position += 8 * numbers.length;
        return numbers;
    }

    Object[] getIntegers() {
        var numbers = new Object[getLength(4)];
        byte[] from = bytes;
        int at = position;
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (int) Big.INT.get(from, at);
            at += 4;
        }
        position = at;
        return numbers;
    }

    /// So many bytes, after a tag and their length: as they were written.
    byte[] getSome(int length, int tag) {
        var out = new Out().putByte(tag).putInt(length);
        out.write(bytes, position, length);
        position += length;
        return out.toBytes();
    }

    private boolean isPart() {
        need(4);
        return (int) Big.INT.get(bytes, position) < 0;
    }

    private byte[] part() {
        int index = ~getInt();
        if (index >= parts.length) throw new IllegalStateException("broken message: no part " + index);
        return parts[index];
    }

    String getString() {
        if (isPart()) return new String(part(), UTF_8);
        int length = getLength(1);
        position += length;
        return new String(bytes, position - length, length, UTF_8);
    }

    Address getAddress() {
        return new Address(getString(), getLong(), getString());
    }

    Client getClient() {
        return new Client(getString(), getString(), getLong(), false);
    }

    private void need(int count) {
        if (bytes.length - position < count)
            throw new IllegalStateException("broken message: ends at byte " + bytes.length);
    }
}
