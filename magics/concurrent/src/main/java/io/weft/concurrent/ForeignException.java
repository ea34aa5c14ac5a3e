package io.weft.concurrent;

/// Stands for an exception of a worker JVM that cannot travel: its class name, message and frames.
@SuppressWarnings({"ReferenceEquality", "OverrideThrowableToString"}) // it shows the class that it stands for
final class ForeignException extends RuntimeException {
    private final String className;

    private ForeignException(String className, String message) {
        super(message);
        this.className = className;
    }

    static ForeignException of(Throwable original) {
        var copy = new ForeignException(original.getClass().getName(), String.valueOf(original.getMessage()));
        copy.setStackTrace(original.getStackTrace());
        var cause = original.getCause();
        if (cause != null && cause != original) copy.initCause(of(cause));
        return copy;
    }

    @Override
    public String toString() {
        return className + ": " + getMessage();
    }
}
