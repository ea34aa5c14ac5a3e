package io.weft.ijava;

import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.CellScope;
import io.weft.kernel.magic.Notebook;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.dflib.jjava.kernel.JavaKernel;

/// The kernel that a notebook sees, one for each notebook. Thread-safe.
public final class Kernels {
    private static final Map<Notebook, JavaKernel> KERNELS = Collections.synchronizedMap(new WeakHashMap<>());

    private Kernels() {}

    /// The kernel of the notebook for which the calling thread works.
    ///
    /// @throws IllegalStateException if no cell has run yet
    public static JavaKernel current() {
        Cell cell = CellScope.require();
        return KERNELS.computeIfAbsent(cell.notebook(), _ -> new JavaKernel(cell.renderer()));
    }
}
