package io.github.spencerpark.jupyter.kernel.display;

import java.util.LinkedHashMap;

/// Parameters of a rendering, by name.
public class RenderParams extends LinkedHashMap<String, Object> {
    private static final long serialVersionUID = 1L;

    /// One parameter.
    public record Param<T>(String key, T value) {}

    public static <T> Param<T> param(String key, T value) {
        return new Param<>(key, value);
    }

    public static RenderParams paramsOf(Param<?>... params) {
        var all = new RenderParams();
        for (Param<?> param : params) all.with(param);
        return all;
    }

    public static RenderParams paramsOf(String key, Object value) {
        return new RenderParams().with(key, value);
    }

    public RenderParams with(String key, Object value) {
        put(key, value);
        return this;
    }

    public RenderParams with(Param<?> param) {
        Object value = param.value();
        if (value != null) put(param.key(), value);
        return this;
    }

    public RenderParams and(String key, Object value) {
        return with(key, value);
    }

    public RenderParams and(Param<?> param) {
        return with(param);
    }
}
