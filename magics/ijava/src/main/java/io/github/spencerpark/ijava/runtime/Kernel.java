package io.github.spencerpark.ijava.runtime;

import io.weft.ijava.CompatibleFunctions;
import org.dflib.jjava.kernel.JavaKernel;
import org.jspecify.annotations.Nullable;

/// The functions that reach the kernel, for cells that import them by name.
public final class Kernel {
    private Kernel() {}

    public static JavaKernel getKernelInstance() {
        return CompatibleFunctions.getKernelInstance();
    }

    public static @Nullable Object eval(String code) throws Exception {
        return CompatibleFunctions.eval(code);
    }
}
