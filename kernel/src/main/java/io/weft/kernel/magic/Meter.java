package io.weft.kernel.magic;

/// Is told when compiled code of a cell begins and ends to run; what lies between two runs is compilation.
/// Called on the cell's thread.
public interface Meter {
    /// Compiled code begins to run.
    void begin();

    /// The code has ended, by itself or with an exception.
    void end();
}
