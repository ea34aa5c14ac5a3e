package io.weft.kernel.magic;

import java.util.List;

/// A stretch of a cell: Java, or one magic. Lines count from 0, the first line of the cell.
public sealed interface Part {
    /// The line of the cell in which this part starts.
    int line();

    /// Java source. Magics that stand inside it are calls of [NotebookFunctions#lineMagic] by now.
    record Java(String source, int line) implements Part {}

    /// `%name arguments` as a statement of its own.
    record LineMagic(String name, List<String> arguments, int line) implements Part {}

    /// `%%name arguments` with the rest of the cell as its body, which starts in the line after `line`.
    record CellMagic(String name, List<String> arguments, String body, int line) implements Part {}
}
