package io.weft.magics;

import io.weft.concurrent.Work;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;

/// Java text of a magic as something that a worker can run.
final class Lambdas {
    private Lambdas() {}

    /// Statements as work; the last one may lack its semicolon.
    ///
    /// @param origin the name that stack traces and errors show for them
    static Work work(Cell cell, String statements, String origin) throws Exception {
        String code = statements.strip();
        boolean closed = code.isEmpty() || code.endsWith(";") || code.endsWith("}");
        Object work =
                cell.evaluate("(" + Work.class.getName() + ") () -> {", statements, closed ? "\n}" : "\n;\n}", origin);
        if (work instanceof Work found) return found;
        throw new MagicException("the body is no sequence of statements: " + code);
    }
}
