package io.weft.kernel.comm;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What crosses a comm.
///
/// @param data     a tree of maps, lists, strings, numbers, booleans and null
/// @param metadata more of that, about the message
/// @param buffers  raw bytes that follow it; their contents are not copied
public record CommMessage(
        Map<String, @Nullable Object> data, Map<String, @Nullable Object> metadata, List<byte[]> buffers) {
    public CommMessage {
        data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        buffers = List.copyOf(buffers);
    }

    /// A message without metadata and buffers.
    public static CommMessage of(Map<String, ? extends @Nullable Object> data) {
        return new CommMessage(new LinkedHashMap<String, @Nullable Object>(data), Map.of(), List.of());
    }
}
