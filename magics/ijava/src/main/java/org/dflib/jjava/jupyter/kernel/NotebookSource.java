package org.dflib.jjava.jupyter.kernel;

import io.weft.kernel.magic.CellScope;
import java.util.function.Function;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.jspecify.annotations.Nullable;

/// Source that runs as if it stood in the cell of the calling thread.
///
/// @param <T> what it gives
final class NotebookSource<T extends @Nullable Object> implements EvalBuilder<T> {
    private final BaseKernel kernel;
    private final String source;
    private final Function<@Nullable Object, T> result;

    NotebookSource(BaseKernel kernel, String source, Function<@Nullable Object, T> result) {
        this.kernel = kernel;
        this.source = source;
        this.result = result;
    }

    @Override
    public EvalBuilder<T> resolveMagics() {
        return this;
    }

    @Override
    public EvalBuilder<@Nullable DisplayData> renderResults() {
        return new NotebookSource<>(
                kernel,
                source,
                value -> value == null ? null : kernel.getRenderer().render(value));
    }

    @Override
    public T eval() {
        return result.apply(run(source));
    }

    /// Runs source and lets checked exceptions pass, as callers of JJava expect.
    static @Nullable Object run(String source) {
        try {
            return CellScope.require().run(source, "eval");
        } catch (Exception thrown) {
            throw NotebookSource.<RuntimeException>unchecked(thrown);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the compiler is told that it is unchecked
    private static <X extends Exception> X unchecked(Exception thrown) throws X {
        throw (X) thrown;
    }
}
