package io.weft.kernel.eval;

/// The compiler of cells failed, instead of saying what is wrong with a cell.
final class CompilerCrash extends Exception {
    private static final long serialVersionUID = 1L;

    CompilerCrash(Throwable failure, Place place, int offset) {
        this(Causes.of(failure).getLast(), place.cell(), place.lineOf(offset));
    }

    private CompilerCrash(Throwable failure, String cell, int line) {
        super(
                "Java's compiler itself failed on the code from %s, line %d on, with %s. What the cell declared before it, and all variables, are kept. %s"
                        .formatted(cell, line, name(failure), advice(failure)),
                failure);
    }

    /// What it is and where it comes from, for whoever looks for the fault.
    private static String name(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        String said = failure.getMessage() == null ? "" : " (" + failure.getMessage() + ")";
        String where = trace.length == 0 ? "" : " at " + trace[0];
        return failure.getClass().getName() + said + where;
    }

    private static String advice(Throwable failure) {
        return switch (failure) {
            case StackOverflowError _ -> "The code is nested too deeply: cut the expression into several.";
            case OutOfMemoryError _ -> "Restart the kernel with more memory, or free variables that hold much.";
            default ->
                "Write that part in another way, such as with simpler expressions or with types in place of 'var'. If nothing compiles any more, restart the kernel.";
        };
    }
}
