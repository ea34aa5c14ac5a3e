package io.weft.kernel.eval;

/// Ends a cell that asked the JVM to exit: the kernel goes on.
final class ExitRefused extends Error {
    private static final long serialVersionUID = 1L;

    ExitRefused(String call, int status) {
        this("%s(%d)".formatted(call, status));
    }

    ExitRefused(String call) {
        super(
                "the cell called %s. The kernel goes on and keeps its variables; to end it, shut it down or restart it from the Kernel menu."
                        .formatted(call));
    }

    /// For code of cells that catches it after all.
    @Override
    @SuppressWarnings("OverrideThrowableToString") // it must not name the class
    public String toString() {
        return "ExitRefused: " + getMessage();
    }
}
