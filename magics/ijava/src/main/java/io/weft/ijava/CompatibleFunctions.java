package io.weft.ijava;

import io.weft.kernel.magic.CellScope;
import io.weft.kernel.magic.NotebookFunctions;
import java.util.List;
import java.util.UUID;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.kernel.JavaKernel;
import org.jspecify.annotations.Nullable;

/// The functions that every cell can call without an import: those of the kernel, with the types and additions that
/// notebooks of IJava and JJava know.
public final class CompatibleFunctions extends NotebookFunctions {
    private CompatibleFunctions() {}

    /// What [#display] would show of a value.
    public static DisplayData render(@Nullable Object value) {
        return value instanceof DisplayData data
                ? data
                : DisplayData.of(CellScope.require().renderer().render(value));
    }

    /// What [#display] would show of a value as the given MIME types.
    public static DisplayData render(@Nullable Object value, String... mimeTypes) {
        return DisplayData.of(CellScope.require().renderer().render(value, List.of(mimeTypes)));
    }

    /// Shows a value below the cell and gives the id by which [#updateDisplay] can replace it: the id of a
    /// [DisplayData] that has one, or a new one.
    public static String display(@Nullable Object value) {
        return shown(render(value), value);
    }

    /// Shows a value as the given MIME types: text that is such a representation already is shown as it is.
    ///
    /// @param mimeTypes such as `text/html`
    public static String display(@Nullable Object value, String... mimeTypes) {
        return shown(render(value, mimeTypes), value);
    }

    private static String shown(DisplayData rendered, @Nullable Object value) {
        @Nullable
        String given = value instanceof io.github.spencerpark.jupyter.kernel.display.DisplayData data
                ? data.getDisplayId()
                : null;
        String id = given == null ? UUID.randomUUID().toString() : given;
        var cell = CellScope.require();
        cell.output().display(cell.renderer().render(rendered), id);
        return id;
    }

    /// The kernel of this notebook.
    public static JavaKernel getKernelInstance() {
        return Kernels.current();
    }

    /// The kernel of this notebook.
    public static JavaKernel kernel() {
        return Kernels.current();
    }
}
