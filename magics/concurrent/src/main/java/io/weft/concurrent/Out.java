package io.weft.concurrent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.util.Arrays;

/// A growing array of bytes that messages are written into. Not thread-safe.
final class Out extends OutputStream {
    private byte[] bytes = new byte[64];
    private int size;

    int size() {
        return size;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
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
        putInt(value.length);
        write(value, 0, value.length);
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

    private void room(int more) {
        if (bytes.length - size >= more) return;
        int needed = Math.addExact(size, more);
        int doubled = bytes.length < (1 << 30) ? bytes.length * 2 : Integer.MAX_VALUE - 8;
        bytes = Arrays.copyOf(bytes, Math.max(needed, doubled));
    }
}
