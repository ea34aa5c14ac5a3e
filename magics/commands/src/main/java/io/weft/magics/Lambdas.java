package io.weft.magics;

import io.weft.concurrent.Call;
import io.weft.concurrent.Work;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import jdk.jshell.SourceCodeAnalysis;
import org.jspecify.annotations.Nullable;

/// Java text of a magic as something that a worker can run.
final class Lambdas {
    private Lambdas() {}

    /// Statements as work; the last one may lack its semicolon.
    ///
    /// @param origin the name that stack traces and errors show for them
    static Work work(Cell cell, String statements, String origin) throws Exception {
        String code = statements.strip();
        Object work = cell.evaluate(
                "(" + Work.class.getName() + ") () -> {", statements, isClosed(code) ? "\n}" : "\n;\n}", origin);
        if (work instanceof Work found) return found;
        throw new MagicException("the body is no sequence of statements: " + code);
    }

    /// Statements as a call, whose result is the value of the last one where that is an expression, or else null.
    ///
    /// @param origin the name that stack traces and errors show for them
    static Call<?> call(Cell cell, String statements, String origin) throws Exception {
        String head = "(" + Call.class.getName() + "<Object>) () -> {";
        int last = lastStatement(cell.notebook().jshell().sourceCodeAnalysis(), statements);
        String expression = statements.substring(last).strip();
        @Nullable MagicException noValue = null;
        if (!expression.isEmpty() && !expression.endsWith("}")) {
            try {
                String code = statements.substring(0, last) + "return " + statements.substring(last);
                String end = expression.endsWith(";") ? "\n}" : "\n;\n}";
                if (cell.evaluate(head, code, end, origin) instanceof Call<?> found) return found;
            } catch (MagicException perhapsWrong) {
                noValue = perhapsWrong; // or a declaration, or a call of a void method
            }
        }
        try {
            String end = isClosed(statements) ? "\n}" : "\n;\n}";
            // a statement may never come to its end: what follows `if` counts as reachable all the same
            if (cell.evaluate(head + " if (true) {", statements, end + " return null; }", origin)
                    instanceof Call<?> found) return found;
        } catch (MagicException wrong) {
            boolean isExpression = String.valueOf(wrong.getMessage()).contains("not a statement");
            throw noValue != null && isExpression ? noValue : wrong;
        }
        throw new MagicException("the body is no sequence of statements: " + statements.strip());
    }

    private static boolean isClosed(String statements) {
        String code = statements.strip();
        return code.isEmpty() || code.endsWith(";") || code.endsWith("}");
    }

    /// Where the last statement begins.
    private static int lastStatement(SourceCodeAnalysis analysis, String statements) {
        String rest = statements;
        while (true) {
            SourceCodeAnalysis.CompletionInfo part = analysis.analyzeCompletion(rest);
            String after = part.remaining();
            if (after == null || after.isBlank() || after.length() >= rest.length())
                return statements.length() - rest.stripLeading().length();
            rest = after;
        }
    }
}
