package io.weft.kernel.display;

import java.io.IOException;

/// Where a cell reads lines that the user types.
public interface CellInput {
    /// Asks the user for one line and waits for it.
    ///
    /// @param prompt   shown before the field; may be empty
    /// @param password whether the front end hides what is typed
    /// @return the line without its end
    /// @throws IOException if the front end that started the cell takes no input
    /// @throws InterruptedException if the cell is interrupted while it waits
    String readLine(String prompt, boolean password) throws IOException, InterruptedException;
}
