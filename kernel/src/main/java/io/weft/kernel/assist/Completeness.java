package io.weft.kernel.assist;

/// Whether a front end that asks line by line should run the code or ask for another line.
///
/// @param status whether the code is whole
/// @param indent what to put before the next line of incomplete code
public record Completeness(Status status, String indent) {
    /// Jupyter's four answers to `is_complete_request`.
    public enum Status {
        COMPLETE,
        INCOMPLETE,
        INVALID,
        UNKNOWN
    }
}
