package io.github.spencerpark.jupyter.kernel.display;

import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import io.weft.kernel.display.Wanted;
import java.util.Collections;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One call of a [RenderFunction]: what is asked for, and where its answer goes.
public class RenderContext {
    private final Wanted wanted;
    private final Renderer renderer;
    private final Map<String, Object> params;
    private final DisplayData out;

    public RenderContext(Wanted wanted, Renderer renderer, Map<String, Object> params, DisplayData out) {
        this.wanted = wanted;
        this.renderer = renderer;
        this.params = params;
        this.out = out;
    }

    public Renderer getRenderer() {
        return renderer;
    }

    /// Where the representations go.
    public DisplayData getOutputContainer() {
        return out;
    }

    public Map<String, Object> getParams() {
        return Collections.unmodifiableMap(params);
    }

    public @Nullable Object getParameter(String key) {
        return params.get(key);
    }

    public Object getParameter(String key, Object defaultValue) {
        return params.getOrDefault(key, defaultValue);
    }

    public @Nullable String getParameterAsString(String key) {
        Object value = params.get(key);
        return value == null ? null : value.toString();
    }

    public String getParameterAsString(String key, String defaultValue) {
        String value = getParameterAsString(key);
        return value == null ? defaultValue : value;
    }

    public @Nullable Integer getParameterAsInt(String key) {
        Object value = params.get(key);
        if (value == null) return null;
        return value instanceof Number number ? number.intValue() : Integer.valueOf(value.toString());
    }

    public Integer getParameterAsInt(String key, Integer defaultValue) {
        Integer value = getParameterAsInt(key);
        return value == null ? defaultValue : value;
    }

    public @Nullable Double getParameterAsDouble(String key) {
        Object value = params.get(key);
        if (value == null) return null;
        return value instanceof Number number ? number.doubleValue() : Double.valueOf(value.toString());
    }

    public Double getParameterAsDouble(String key, Double defaultValue) {
        Double value = getParameterAsDouble(key);
        return value == null ? defaultValue : value;
    }

    public @Nullable Boolean getParameterAsBoolean(String key) {
        Object value = params.get(key);
        return value == null ? null : Boolean.valueOf(value.toString());
    }

    public Boolean getParameterAsBoolean(String key, Boolean defaultValue) {
        Boolean value = getParameterAsBoolean(key);
        return value == null ? defaultValue : value;
    }

    public boolean wantsDataRenderedAs(MIMEType type) {
        return resolveRequestedType(type) != null;
    }

    /// The type under which a supported one is asked for: itself, or itself without its suffix.
    ///
    /// @return null if it is not asked for
    public @Nullable MIMEType resolveRequestedType(MIMEType supported) {
        if (wanted.names(supported.toString())) return supported;
        MIMEType plain = supported.withoutSuffix();
        return supported.hasSuffix() && wanted.names(plain.toString()) ? plain : null;
    }

    /// Calls a function if a type is asked for.
    public boolean renderIfRequested(MIMEType type, BiConsumer<MIMEType, DisplayData> function) {
        MIMEType requested = resolveRequestedType(type);
        if (requested == null) return false;
        function.accept(requested, out);
        return true;
    }

    /// Stores what a function gives if a type is asked for.
    public boolean renderIfRequested(MIMEType type, Function<MIMEType, Object> function) {
        MIMEType requested = resolveRequestedType(type);
        if (requested == null) return false;
        out.putData(requested, function.apply(requested));
        return true;
    }

    /// Stores what a function gives if a type is asked for.
    public boolean renderIfRequested(MIMEType type, Supplier<Object> data) {
        return renderIfRequested(type, (MIMEType _) -> data.get());
    }
}
