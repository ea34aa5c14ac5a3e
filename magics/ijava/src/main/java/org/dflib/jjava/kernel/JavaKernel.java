package org.dflib.jjava.kernel;

import io.weft.kernel.display.Renderer;
import io.weft.kernel.magic.CellScope;
import jdk.jshell.JShell;
import org.dflib.jjava.jupyter.kernel.BaseKernel;

/// The kernel of the notebook, which `kernel()` and `getKernelInstance()` give.
public final class JavaKernel extends BaseKernel {
    /// @param renderer the kernel's own
    public JavaKernel(Renderer renderer) {
        super(renderer);
    }

    /// The JShell that runs the cells. It is not thread-safe: use it on the cell's own thread only, and for what
    /// [#evalBuilder] does not offer.
    public JShell getJShell() {
        return CellScope.require().notebook().jshell();
    }
}
