package io.weft.concurrent;

import java.util.Arrays;

/// A value of a user's class, as bytes: how a JVM that does not know the class holds it. Two are equal when
/// their bytes are.
@SuppressWarnings("ArrayRecordComponent") // shared with nobody
record Blob(byte[] bytes) {
    @Override
    public boolean equals(Object other) {
        return other instanceof Blob(var theirs) && Arrays.equals(bytes, theirs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "<value of %d bytes>".formatted(bytes.length);
    }
}
