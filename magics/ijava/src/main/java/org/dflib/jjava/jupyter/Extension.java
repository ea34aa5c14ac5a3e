package org.dflib.jjava.jupyter;

import org.dflib.jjava.jupyter.kernel.BaseKernel;

/// What a library does when it comes to the class path of a notebook; found with [java.util.ServiceLoader].
public interface Extension {
    /// Called once for each kernel, when the library comes.
    void install(BaseKernel kernel);

    /// Not called here: what a library has installed ends with the kernel.
    default void uninstall(BaseKernel kernel) {}
}
