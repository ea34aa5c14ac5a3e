package org.dflib.jjava.jupyter.kernel.display;

import io.weft.ijava.Requests;
import io.weft.kernel.display.Displayable;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.display.Wanted;
import java.util.Set;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;

/// A value that knows how it is shown.
@FunctionalInterface
public interface DisplayDataRenderable extends Displayable {
    /// Puts the representations that are asked for into the context's container.
    void render(RenderContext context);

    default Set<MIMEType> getSupportedRenderTypes() {
        return Set.of(MIMEType.ANY);
    }

    default Set<MIMEType> getPreferredRenderTypes() {
        return getSupportedRenderTypes();
    }

    @Override
    @SuppressWarnings("FunctionalInterfaceMethodChanged") // the kernel calls this one, values implement the other
    default MimeBundle render(Wanted wanted, io.weft.kernel.display.Renderer renderer) {
        return Requests.answer(wanted, renderer, getSupportedRenderTypes(), getPreferredRenderTypes(), this::render);
    }
}
