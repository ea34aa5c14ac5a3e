package io.weft.concurrent;

import java.util.ArrayDeque;
import java.util.List;

/// The last lines that a worker printed, of long ones the beginning. Thread-safe.
final class LastLines {
    private static final int KEPT = 20;
    private static final int CHARACTERS = 1000;

    private final ArrayDeque<String> lines = new ArrayDeque<>();

    synchronized void add(String line) {
        if (lines.size() == KEPT) lines.removeFirst();
        lines.addLast(line.length() <= CHARACTERS ? line : line.substring(0, CHARACTERS) + "…");
    }

    synchronized List<String> toList() {
        return List.copyOf(lines);
    }
}
