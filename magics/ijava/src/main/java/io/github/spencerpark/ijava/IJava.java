package io.github.spencerpark.ijava;

import io.weft.ijava.Kernels;
import org.dflib.jjava.kernel.JavaKernel;

/// Where notebooks of IJava find their kernel.
public final class IJava {
    public static final String COMPILER_OPTS_KEY = "IJAVA_COMPILER_OPTS";
    public static final String TIMEOUT_DURATION_KEY = "IJAVA_TIMEOUT";
    public static final String CLASSPATH_KEY = "IJAVA_CLASSPATH";
    public static final String STARTUP_SCRIPTS_KEY = "IJAVA_STARTUP_SCRIPTS_PATH";
    public static final String STARTUP_SCRIPT_KEY = "IJAVA_STARTUP_SCRIPT";

    private IJava() {}

    /// The kernel of the notebook; its type serves the notebooks of both kernels.
    public static JavaKernel getKernelInstance() {
        return Kernels.current();
    }
}
