package io.weft.concurrent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A growing array of bytes that messages are written into. Not thread-safe.
final class Out extends OutputStream {
    /// The length from which an array is referred to, where that is allowed.
    private static final int LARGE = 1 << 16;

    private final boolean refers;
    private byte[] bytes;
    private int size;
    private List<byte[]> parts = List.of();

    Out() {
        this(64);
    }

    Out(int capacity) {
        this(new byte[capacity], false);
    }

    private Out(byte[] bytes, boolean refers) {
        this.bytes = bytes;
        this.refers = refers;
    }

    /// One that refers to large arrays instead of copying them: nobody must change them before it is written.
    static Out referring() {
        return new Out(new byte[64], true);
    }

    static Out of(byte[] written) {
        var out = new Out(written, false);
        out.size = written.length;
        return out;
    }

    int size() {
        return size;
    }

    /// What has been written, in the first [#size] elements; to be read only.
    byte[] array() {
        return bytes;
    }

    List<byte[]> parts() {
        return parts;
    }

    byte[] toBytes() {
        if (!parts.isEmpty()) throw new IllegalStateException("refers to other arrays");
        return Arrays.copyOf(bytes, size);
    }

    /// Adds all that has been written to another one.
    Out append(Out other) {
        if (!other.parts.isEmpty()) {
            if (!parts.isEmpty()) throw new IllegalStateException("has parts of its own");
            parts = other.parts;
        }
        write(other.bytes, 0, other.size);
        return this;
    }

    /// Back to what had been written before.
    void truncate(int sizeBefore, int partsBefore) {
        size = sizeBefore;
        while (parts.size() > partsBefore) parts.removeLast();
    }

    @Override
    public void write(int value) {
        room(1);
        bytes[size++] = (byte) value;
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        room(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    Out putByte(int value) {
        write(value);
        return this;
    }

    Out putInt(int value) {
        room(4);
        Big.INT.set(bytes, size, value);
        size += 4;
        return this;
    }

    Out putLong(long value) {
        room(8);
        Big.LONG.set(bytes, size, value);
        size += 8;
        return this;
    }

    Out putBytes(byte[] value) {
        if (refers && value.length >= LARGE) {
            if (parts.isEmpty()) parts = new ArrayList<>();
            parts.add(value);
            return putInt(~(parts.size() - 1));
        }
        putInt(value.length);
        write(value, 0, value.length);
        return this;
    }

    Out putInts(int[] values) {
        return putInts(values, 0, values.length);
    }

    Out putInts(int[] values, int from, int count) {
        room(count, 4);
        numbers(bytes, size, 4 * count).asIntBuffer().put(values, from, count);
        size += 4 * count;
        return this;
    }

    Out putLongs(long[] values) {
        return putLongs(values, 0, values.length);
    }

    Out putLongs(long[] values, int from, int count) {
        room(count, 8);
        numbers(bytes, size, 8 * count).asLongBuffer().put(values, from, count);
        size += 8 * count;
        return this;
    }

    Out putDoubles(double[] values) {
        return putDoubles(values, 0, values.length);
    }

    Out putDoubles(double[] values, int from, int count) {
        room(count, 8);
        numbers(bytes, size, 8 * count).asDoubleBuffer().put(values, from, count);
        size += 8 * count;
        return this;
    }

    /// Numbers in a row stand as most processors have them in memory, so that they are copied at once.
    static ByteBuffer numbers(byte[] bytes, int at, int length) {
        return ByteBuffer.wrap(bytes, at, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Adds the numbers of an array that holds nothing but [Integer].
    Out putIntegers(@Nullable Object[] values) {
        room(values.length, 4);
        byte[] into = bytes;
        int at = size;
        for (var value : values) {
            Big.INT.set(into, at, (int) (Integer) java.util.Objects.requireNonNull(value));
            at += 4;
        }
        size = at;
        return this;
    }

    /// Makes room for so many bytes in the middle.
    Out insert(int position, int count) {
        room(count);
        System.arraycopy(bytes, position, bytes, position + count, size - position);
        size += count;
        return this;
    }

    Out putByteAt(int position, int value) {
        bytes[position] = (byte) value;
        return this;
    }

    Out putLongAt(int position, long value) {
        Big.LONG.set(bytes, position, value);
        return this;
    }

    Out putIntAt(int position, int value) {
        Big.INT.set(bytes, position, value);
        return this;
    }

    Out putString(String value) {
        return putBytes(value.getBytes(UTF_8));
    }

    Out putAddress(Address address) {
        return putString(address.socket()).putLong(address.pid()).putString(address.name());
    }

    Out putClient(Client client) {
        return putString(client.jvmId()).putString(client.name()).putLong(client.pid());
    }

    private void room(int count, int elementBytes) {
        room(Math.multiplyExact(count, elementBytes));
    }

    private void room(int more) {
        if (bytes.length - size >= more) return;
        int needed = Math.addExact(size, more);
        int doubled = bytes.length < (1 << 30) ? bytes.length * 2 : Integer.MAX_VALUE - 8;
        bytes = Arrays.copyOf(bytes, Math.max(needed, doubled));
    }
}
