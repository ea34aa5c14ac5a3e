package io.weft.concurrent;

/// A task threw. The cause is the exception of the task itself, with its own frames; the frames of this
/// exception are those of the thread that submitted the task.
public class TaskFailedException extends RuntimeException {
    private final String worker;
    private final int index;

    TaskFailedException(String message, Throwable cause, String worker, int index) {
        super(message, cause);
        this.worker = worker;
        this.index = index;
    }

    TaskFailedException(String message, String worker, int index) {
        super(message);
        this.worker = worker;
        this.index = index;
    }

    /// The name of the worker that ran the task.
    public String worker() {
        return worker;
    }

    /// The position of the item among the items of the call, from 0; for a dead worker the first that it may
    /// have been working on.
    public int index() {
        return index;
    }
}
