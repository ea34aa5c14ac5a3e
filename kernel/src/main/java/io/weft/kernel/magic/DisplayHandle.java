package io.weft.kernel.magic;

import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.display.Renderer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that a cell shows and that can be replaced in its place, from any thread and also after the cell has
/// ended. As the last expression of a cell it adds nothing to what is there already.
public final class DisplayHandle {
    private final String id;
    private final CellOutput output;
    private final Renderer renderer;

    DisplayHandle(String id, CellOutput output, Renderer renderer) {
        this.id = id;
        this.output = output;
        this.renderer = renderer;
    }

    /// The id by which [NotebookFunctions#updateDisplay] replaces it too.
    public String id() {
        return id;
    }

    /// Shows another value in the place of the one before.
    public void update(@Nullable Object value) {
        output.update(renderer.render(value), id);
    }

    /// Shows another value in the place of the one before, as the given MIME types.
    public void update(@Nullable Object value, String... mimeTypes) {
        output.update(renderer.render(value, List.of(mimeTypes)), id);
    }

    /// Shows nothing from now on.
    public void clear() {
        output.update(MimeBundle.text(""), id);
    }

    @Override
    public String toString() {
        return "display " + id;
    }
}
