package io.github.spencerpark.jupyter.kernel;

import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.display.Renderer;
import org.jspecify.annotations.Nullable;

/// What every kernel offers to its notebooks.
public abstract class BaseKernel {
    public abstract Renderer getRenderer();

    public abstract JupyterIO getIO();

    /// Shows data below the cell.
    public void display(DisplayData data) {
        getIO().display.display(data);
    }

    /// Runs code as a cell would and gives what the cell would show; null where that is nothing.
    ///
    /// @throws Exception what the code throws
    public abstract @Nullable DisplayData eval(String code) throws Exception;

    /// What a front end shows in a console at its start.
    public String getBanner() {
        return "Java " + Runtime.version() + " :: Weft";
    }
}
