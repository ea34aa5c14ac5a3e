package io.weft.kernel.eval;

/// A method was called, or a class used, that mentions something that no cell has declared.
final class UnresolvedReference extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param call where the call stands
    UnresolvedReference(String message, StackTraceElement[] call) {
        super(message);
        setStackTrace(call);
    }
}
