package org.dflib.jjava.jupyter.kernel;

import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.jspecify.annotations.Nullable;

/// Source that will run in the notebook, step by step; [#eval] runs it.
///
/// @param <T> what it gives
public interface EvalBuilder<T extends @Nullable Object> {
    /// Lets magics stand in the source; they may anyway.
    EvalBuilder<T> resolveMagics();

    /// Gives what a cell would show instead of the value.
    EvalBuilder<@Nullable DisplayData> renderResults();

    /// Runs the source and gives what it gives; null where that is nothing. What the source throws is thrown as it is.
    T eval();
}
