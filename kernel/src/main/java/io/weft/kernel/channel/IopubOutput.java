package io.weft.kernel.channel;

import io.weft.kernel.display.CellOutput;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.wire.Broadcast;
import io.weft.kernel.wire.Header;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The output of one cell, broadcast with the cell's request as the parent.
record IopubOutput(Header cell, Iopub iopub) implements CellOutput {
    @Override
    public void stream(Stream stream, String text) {
        if (!text.isEmpty()) {
            iopub.send(cell, new Broadcast.Stream(stream == Stream.STDOUT ? "stdout" : "stderr", text));
        }
    }

    @Override
    public void display(MimeBundle bundle) {
        display(bundle, "");
    }

    @Override
    public void display(MimeBundle bundle, String displayId) {
        iopub.send(cell, new Broadcast.Display(bundle.data(), bundle.metadata(), displayId));
    }

    @Override
    public void update(MimeBundle bundle, String displayId) {
        iopub.send(cell, new Broadcast.UpdateDisplay(bundle.data(), bundle.metadata(), displayId));
    }

    @Override
    public void clear(boolean wait) {
        iopub.send(cell, new Broadcast.ClearOutput(wait));
    }

    @Override
    public void comm(
            String type,
            Map<String, ? extends @Nullable Object> content,
            Map<String, ? extends @Nullable Object> metadata,
            List<byte[]> buffers) {
        iopub.send(cell, new Broadcast.CommMessage(type, content, metadata, buffers));
    }
}
