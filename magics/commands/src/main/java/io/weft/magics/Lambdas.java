package io.weft.magics;

import io.weft.concurrent.Work;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;

/// Java text of a magic as something that a worker can run.
final class Lambdas {
    private Lambdas() {}

    /// Statements as work; the last one may lack its semicolon.
    static Work work(Cell cell, String statements) throws Exception {
        String code = statements.strip();
        boolean closed = code.isEmpty() || code.endsWith(";") || code.endsWith("}");
        // the body starts in the second line, as it does in the cell below its magic
        Object work = cell.evaluate(
                "(" + Work.class.getName() + ") () -> {\n" + statements.stripTrailing() + (closed ? "" : ";") + "\n}");
        if (work instanceof Work found) return found;
        throw new MagicException("the body is no sequence of statements: " + code);
    }
}
