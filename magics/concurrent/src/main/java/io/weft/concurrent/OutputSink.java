package io.weft.concurrent;

/// Takes the lines that a worker JVM prints.
@FunctionalInterface
public interface OutputSink {
    /// Takes one whole line. Called on a thread of the library, which reads nothing more from that worker
    /// meanwhile; the lines of a task have arrived before its future completes.
    void line(OutputLine line);
}
