package io.github.spencerpark.jupyter.kernel.magic.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a line magic does.
///
/// @param <T> what it gives
@FunctionalInterface
public interface LineMagicFunction<T extends @Nullable Object> {
    T execute(List<String> args) throws Exception;
}
