package io.weft.kernel.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Typed access to the content of a request: what is missing has its default, what has the wrong type is refused.
record Content(Map<String, @Nullable Object> fields) {
    String text(String name) throws WireException {
        Object value = fields.get(name);
        if (value instanceof String text) {
            return text;
        }
        throw new WireException(
                value == null ? "the field `%s` is missing".formatted(name) : mistyped(name, value, "a text"));
    }

    String text(String name, String byDefault) throws WireException {
        return fields.get(name) == null ? byDefault : text(name);
    }

    boolean flag(String name, boolean byDefault) throws WireException {
        return switch (fields.get(name)) {
            case null -> byDefault;
            case Boolean flag -> flag;
            case Object other -> throw new WireException(mistyped(name, other, "true or false"));
        };
    }

    int number(String name, int byDefault) throws WireException {
        return switch (fields.get(name)) {
            case null -> byDefault;
            case Number number -> (int) Math.clamp(number.doubleValue(), Integer.MIN_VALUE, Integer.MAX_VALUE);
            case Object other -> throw new WireException(mistyped(name, other, "a number"));
        };
    }

    Map<String, @Nullable Object> object(String name) throws WireException {
        return switch (fields.get(name)) {
            case null -> Map.of();
            case Map<?, ?> map -> {
                var object = new LinkedHashMap<String, @Nullable Object>();
                map.forEach((key, value) -> object.put(String.valueOf(key), value));
                yield Collections.unmodifiableMap(object);
            }
            case Object other -> throw new WireException(mistyped(name, other, "an object"));
        };
    }

    /// The members of an object that are texts; others are refused.
    Map<String, String> texts(String name) throws WireException {
        var texts = new LinkedHashMap<String, String>();
        var object = new Content(object(name));
        for (String key : object.fields().keySet()) {
            texts.put(key, object.text(key));
        }
        return texts;
    }

    private static String mistyped(String name, Object value, String expected) {
        return "the field `%s` is %s, not %s".formatted(name, value.getClass().getSimpleName(), expected);
    }
}
