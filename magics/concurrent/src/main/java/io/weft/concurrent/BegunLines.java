package io.weft.concurrent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a worker has printed of lines that have not ended, in case that it dies before they do. Thread-safe.
final class BegunLines {
    private final Map<WorkerOutput.Source, ByteArrayOutputStream> lines = new LinkedHashMap<>();

    synchronized void add(WorkerOutput.Source source, byte[] more) {
        lines.computeIfAbsent(source, _ -> new ByteArrayOutputStream()).writeBytes(more);
    }

    /// The line of that source has arrived whole.
    synchronized void end(WorkerOutput.Source source) {
        if (!lines.isEmpty()) lines.remove(source);
    }

    /// All of them, which are forgotten here.
    synchronized Map<WorkerOutput.Source, String> take() {
        var texts = new LinkedHashMap<WorkerOutput.Source, String>();
        lines.forEach((source, bytes) -> texts.put(source, bytes.toString(UTF_8)));
        lines.clear();
        return texts;
    }
}
