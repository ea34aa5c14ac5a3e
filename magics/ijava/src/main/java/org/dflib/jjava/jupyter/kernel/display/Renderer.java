package org.dflib.jjava.jupyter.kernel.display;

import io.weft.kernel.display.Wanted;
import java.util.Map;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.jspecify.annotations.Nullable;

/// Turns values into what a front end can show, by functions that notebooks and libraries register for types.
public class Renderer extends io.github.spencerpark.jupyter.kernel.display.Renderer {
    /// A renderer of its own, which the kernel does not use.
    public Renderer() {}

    /// The renderer that adds to one of the kernel.
    public Renderer(io.weft.kernel.display.Renderer kernels) {
        super(kernels);
    }

    /// What a function is registered for, step by step; [#register] ends it.
    ///
    /// @param <T> the type of the values
    public class RenderRegistration<T>
            extends io.github.spencerpark.jupyter.kernel.display.Renderer.RenderRegistration<T> {
        public RenderRegistration(Class<? extends T> type) {
            super(type);
        }

        /// Types that can be asked for.
        public RenderRegistration<T> supporting(MIMEType... types) {
            super.supporting(types);
            return this;
        }

        @Override
        public RenderRegistration<T> supporting(String... types) {
            super.supporting(types);
            return this;
        }

        /// Types that are shown where nothing is asked for.
        public RenderRegistration<T> preferring(MIMEType... types) {
            super.preferring(types);
            return this;
        }

        @Override
        public RenderRegistration<T> preferring(String... types) {
            super.preferring(types);
            return this;
        }

        @Override
        public RenderRegistration<T> onType(Class<? extends T> type) {
            super.onType(type);
            return this;
        }

        public void register(RenderFunction<T> function) {
            super.register(function);
        }
    }

    @Override
    public <T> RenderRegistration<T> createRegistration(Class<T> type) {
        return new RenderRegistration<>(type);
    }

    @Override
    protected DisplayData newContainer() {
        return new DisplayData();
    }

    @Override
    protected RenderContext newContext(
            Wanted wanted,
            Map<String, Object> parameters,
            io.github.spencerpark.jupyter.kernel.display.DisplayData out) {
        return new RenderContext(wanted, this, parameters, (DisplayData) out);
    }

    @Override
    public DisplayData render(@Nullable Object value) {
        return (DisplayData) super.render(value);
    }

    @Override
    public DisplayData render(@Nullable Object value, Map<String, Object> parameters) {
        return (DisplayData) super.render(value, parameters);
    }

    @Override
    public DisplayData renderAs(@Nullable Object value, String... types) {
        return (DisplayData) super.renderAs(value, types);
    }

    @Override
    public DisplayData renderAs(@Nullable Object value, Map<String, Object> parameters, String... types) {
        return (DisplayData) super.renderAs(value, parameters, types);
    }
}
