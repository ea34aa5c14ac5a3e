package org.dflib.jjava.jupyter.kernel.magic;

import java.util.List;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.jspecify.annotations.Nullable;

/// What a line magic does.
///
/// @param <T> what it gives
/// @param <K> the kernel that it needs
@FunctionalInterface
public interface LineMagic<T extends @Nullable Object, K extends BaseKernel> {
    T eval(K kernel, List<String> args) throws Exception;
}
