package io.github.spencerpark.jupyter.kernel;

import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.CellScope;
import org.jspecify.annotations.Nullable;

/// Shows values below the cell that the calling thread works for. Thread-safe.
public class DisplayStream {
    public boolean isAttached() {
        return CellScope.current() != null;
    }

    public void display(DisplayData data) {
        var cell = CellScope.require();
        MimeBundle bundle = cell.renderer().render(data);
        @Nullable String id = data.getDisplayId();
        if (id == null) cell.output().display(bundle);
        else cell.output().display(bundle, id);
    }

    /// Replaces what the displays with the data's own id show; without one it does nothing.
    public void updateDisplay(DisplayData data) {
        @Nullable String id = data.getDisplayId();
        if (id != null) updateDisplay(id, data);
    }

    public void updateDisplay(String id, DisplayData data) {
        var cell = CellScope.require();
        cell.output().update(cell.renderer().render(data), id);
    }
}
