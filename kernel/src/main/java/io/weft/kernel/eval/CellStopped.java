package io.weft.kernel.eval;

/// Ends a thread of an interrupted cell. Not an exception, so that `catch (Exception e)` lets it pass.
final class CellStopped extends Error {
    private static final long serialVersionUID = 1L;

    CellStopped() {
        super("the cell was interrupted", null, false, true);
    }

    /// For code of cells that catches it after all.
    @Override
    @SuppressWarnings("OverrideThrowableToString") // it must not name the class
    public String toString() {
        return "Interrupted: " + getMessage();
    }
}
