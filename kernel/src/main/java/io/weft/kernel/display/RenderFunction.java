package io.weft.kernel.display;

/// Shows the values of one type.
///
/// @param <T> the type
@FunctionalInterface
public interface RenderFunction<T> {
    /// The representations of a value; may be empty, and may leave out `text/plain`, which is then added.
    ///
    /// @param wanted which ones are asked for; others may be left out
    MimeBundle render(T value, Wanted wanted);
}
