package org.dflib.jjava.jupyter.kernel;

import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/// Shows values below the cell that the calling thread works for. Thread-safe.
public class DisplayStream extends io.github.spencerpark.jupyter.kernel.DisplayStream {
    public void display(DisplayData data) {
        super.display(data);
    }

    public void updateDisplay(DisplayData data) {
        super.updateDisplay(data);
    }

    public void updateDisplay(String id, DisplayData data) {
        super.updateDisplay(id, data);
    }
}
