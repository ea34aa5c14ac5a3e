package io.weft.kernel.display;

/// A value that knows how it is shown, such as a chart or a report declared in a cell.
@FunctionalInterface
public interface Displayable {
    /// The representations of this value; may leave out `text/plain`, which is then added.
    ///
    /// @param wanted   which ones are asked for; others may be left out
    /// @param renderer shows the values that this one consists of
    MimeBundle render(Wanted wanted, Renderer renderer);
}
