package io.weft.kernel.wire;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message as it crosses a socket, without its signature.
///
/// @param identities the route to the peer, or on iopub the topic
/// @param header     names this message
/// @param parent     the header of the request that this message belongs to, or [Header#NONE]
/// @param metadata   what a front end adds; never needed
/// @param content    what the type of the message asks for
/// @param buffers    raw bytes that follow, for comm messages
public record WireMessage(
        List<byte[]> identities,
        Header header,
        Header parent,
        Map<String, @Nullable Object> metadata,
        Map<String, @Nullable Object> content,
        List<byte[]> buffers) {
    public WireMessage {
        identities = List.copyOf(identities);
        buffers = List.copyOf(buffers);
    }

    /// A message without metadata and buffers.
    public static WireMessage of(
            List<byte[]> identities, Header header, Header parent, Map<String, ? extends @Nullable Object> content) {
        return new WireMessage(
                identities, header, parent, Map.of(), new LinkedHashMap<String, @Nullable Object>(content), List.of());
    }
}
