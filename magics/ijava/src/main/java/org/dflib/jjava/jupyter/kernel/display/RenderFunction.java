package org.dflib.jjava.jupyter.kernel.display;

/// Shows values of a type: puts their representations into the context's container.
///
/// @param <T> the type
@FunctionalInterface
public interface RenderFunction<T> extends io.github.spencerpark.jupyter.kernel.display.RenderFunction<T> {
    void render(T data, RenderContext context);

    @Override
    default void render(T data, io.github.spencerpark.jupyter.kernel.display.RenderContext context) {
        render(data, (RenderContext) context);
    }
}
