package io.weft.concurrent;

/// One line that a worker JVM printed.
///
/// @param worker the name of the worker
/// @param pid the worker's process
/// @param error whether it was printed to the error stream
/// @param text the line, without its end
public record OutputLine(String worker, long pid, boolean error, String text) {
    /// The line behind the name of its worker, as in `[worker-2 4711] text`.
    public String labelled() {
        return "[" + worker + " " + pid + "] " + text;
    }
}
