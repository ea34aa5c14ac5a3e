package org.dflib.jjava.kernel;

import io.weft.ijava.Kernels;

/// The functions that reach the kernel, for cells that import them by name.
public class JavaNotebookStatics {
    private JavaNotebookStatics() {}

    public static JavaKernel getKernelInstance() {
        return Kernels.current();
    }

    public static JavaKernel kernel() {
        return Kernels.current();
    }
}
