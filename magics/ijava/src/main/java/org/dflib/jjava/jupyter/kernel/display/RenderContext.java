package org.dflib.jjava.jupyter.kernel.display;

import io.weft.kernel.display.Wanted;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.jspecify.annotations.Nullable;

/// One call of a [RenderFunction]: what is asked for, and where its answer goes.
///
/// The functions that it takes are called with this package's types, though their parameters are declared with those
/// that notebooks of both kernels share: a call that could mean either method would not compile.
public class RenderContext extends io.github.spencerpark.jupyter.kernel.display.RenderContext {
    private final Renderer renderer;
    private final DisplayData out;

    public RenderContext(Wanted wanted, Renderer renderer, Map<String, Object> params, DisplayData out) {
        super(wanted, renderer, params, out);
        this.renderer = renderer;
        this.out = out;
    }

    @Override
    public Renderer getRenderer() {
        return renderer;
    }

    @Override
    public DisplayData getOutputContainer() {
        return out;
    }

    public boolean wantsDataRenderedAs(MIMEType type) {
        return super.wantsDataRenderedAs(type);
    }

    /// The type under which a supported one is asked for; null if it is not.
    public @Nullable MIMEType resolveRequestedType(MIMEType supported) {
        var requested = super.resolveRequestedType(supported);
        return requested == null ? null : MIMEType.of(requested);
    }

    /// Calls a function if a type is asked for.
    public boolean renderIfRequested(
            MIMEType type,
            BiConsumer<
                            io.github.spencerpark.jupyter.kernel.display.mime.MIMEType,
                            io.github.spencerpark.jupyter.kernel.display.DisplayData>
                    function) {
        return super.renderIfRequested(type, function);
    }

    /// Stores what a function gives if a type is asked for.
    public boolean renderIfRequested(
            MIMEType type, Function<io.github.spencerpark.jupyter.kernel.display.mime.MIMEType, Object> function) {
        return super.renderIfRequested(type, function);
    }

    /// Stores what a function gives if a type is asked for.
    public boolean renderIfRequested(MIMEType type, Supplier<Object> data) {
        return super.renderIfRequested(type, data);
    }
}
