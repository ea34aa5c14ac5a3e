package io.weft.kernel.channel;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Messages that are sent as soon as the socket's thread gets to them, in order.
final class FrameQueue implements Outbox {
    private final Queue<List<byte[]>> messages = new ConcurrentLinkedQueue<>();

    void add(List<byte[]> frames) {
        messages.add(frames);
    }

    @Override
    public @Nullable List<byte[]> poll() {
        return messages.poll();
    }

    @Override
    public long nanosToNext() {
        return messages.isEmpty() ? Long.MAX_VALUE : 0;
    }
}
