package io.weft.kernel.eval;

import io.weft.kernel.display.CellInput;
import io.weft.kernel.display.CellOutput;

/// One run of one cell.
///
/// @param shell  the id of the subshell that it runs in; empty for the main shell
/// @param code   the cell's source
/// @param count  the cell's number in the notebook, the `n` of `In [n]`
/// @param output takes all that the cell shows, also after it has ended
/// @param input  asks the user for a line
public record Execution(String shell, String code, int count, CellOutput output, CellInput input) {
    /// A run of a cell in the main shell.
    public Execution(String code, int count, CellOutput output, CellInput input) {
        this("", code, count, output, input);
    }
}
