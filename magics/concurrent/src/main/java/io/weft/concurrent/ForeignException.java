package io.weft.concurrent;

/// Stands for an exception of a worker JVM that cannot travel: its class name, message and frames.
@SuppressWarnings({"ReferenceEquality", "OverrideThrowableToString"}) // it shows the class that it stands for
final class ForeignException extends RuntimeException {
    private static final int DEPTH = 20;

    private final String className;

    private ForeignException(String className, String message) {
        super(message);
        this.className = className;
    }

    static ForeignException of(Throwable original) {
        return of(original, DEPTH);
    }

    private static ForeignException of(Throwable original, int depth) {
        var copy = new ForeignException(original.getClass().getName(), message(original));
        copy.setStackTrace(original.getStackTrace());
        var cause = original.getCause();
        if (cause != null && cause != original && depth > 0) copy.initCause(of(cause, depth - 1));
        return copy;
    }

    private static String message(Throwable original) {
        try {
            return String.valueOf(original.getMessage());
        } catch (RuntimeException broken) {
            return "(its message cannot be read: " + broken.getClass().getName() + ")";
        }
    }

    @Override
    public String toString() {
        return className + ": " + getMessage();
    }
}
