package io.github.spencerpark.jupyter.kernel.display;

/// Shows values of a type: puts their representations into the context's container.
///
/// @param <T> the type
@FunctionalInterface
public interface RenderFunction<T> {
    void render(T data, RenderContext context);
}
