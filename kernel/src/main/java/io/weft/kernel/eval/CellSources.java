package io.weft.kernel.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// Remembers the lines of cells, to show those that a stack trace names.
///
/// The oldest cells are forgotten when there are many. Thread-safe.
final class CellSources {
    private static final int CELLS = 1_000;

    private final LinkedHashMap<String, List<String>> lines = new LinkedHashMap<>();

    /// Keeps the text of a cell or of a part of it.
    ///
    /// @param cell how stack traces name the cell
    /// @param line the line of the cell in which the text starts, from 0
    synchronized void put(String cell, int line, String text) {
        List<String> known = line == 0 ? new ArrayList<>() : lines.getOrDefault(cell, new ArrayList<>());
        List<String> own = text.lines().toList();
        while (known.size() < line + own.size()) known.add("");
        for (int i = 0; i < own.size(); i++) if (!own.get(i).isBlank()) known.set(line + i, own.get(i));
        lines.putLast(cell, known);
        if (lines.size() > CELLS) lines.pollFirstEntry();
    }

    /// A line of a cell, from 1, unless it is blank or forgotten.
    synchronized Optional<String> line(String cell, int number) {
        List<String> known = lines.getOrDefault(cell, List.of());
        if (number < 1 || number > known.size() || known.get(number - 1).isBlank()) return Optional.empty();
        return Optional.of(known.get(number - 1));
    }
}
