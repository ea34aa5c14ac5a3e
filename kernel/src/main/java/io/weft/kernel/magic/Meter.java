package io.weft.kernel.magic;

/// Is told when compiled code of a cell, or a magic in it, begins and ends to run; what lies between two runs is
/// compilation.
/// Called on the cell's thread.
public interface Meter {
    /// Compiled code or a magic begins to run.
    void begin();

    /// It has ended, by itself or with an exception.
    void end();
}
