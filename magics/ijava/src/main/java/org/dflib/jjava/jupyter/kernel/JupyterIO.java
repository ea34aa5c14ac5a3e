package org.dflib.jjava.jupyter.kernel;

/// The streams of a cell.
public class JupyterIO extends io.github.spencerpark.jupyter.kernel.JupyterIO {
    @SuppressWarnings("HidingField") // the same stream, for libraries that were compiled against this type
    public final DisplayStream display = new DisplayStream();
}
