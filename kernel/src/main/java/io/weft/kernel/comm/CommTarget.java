package io.weft.kernel.comm;

/// Something in the notebook that front ends open comms to.
@FunctionalInterface
public interface CommTarget {
    /// Takes a comm that a front end has opened. Called as the code of a cell is: an interrupt ends it, and what it
    /// prints appears in the front end.
    ///
    /// @param comm set its [Comm#onMessage] before this returns, or messages are missed
    /// @param open what came with it
    /// @throws Exception then the comm is closed and the front end told why
    void opened(Comm comm, CommMessage open) throws Exception;
}
