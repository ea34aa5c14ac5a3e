package io.weft.kernel.eval;

/// Ends the compiler's work for an interrupted cell.
///
/// The compiler passes an `IllegalStateException` on without a word; after anything else it prints that it has a fault.
final class CompilationStopped extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    CompilationStopped() {
        super("the cell was interrupted while it was compiled");
    }
}
