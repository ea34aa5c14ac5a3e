package io.weft.kernel.assist;

import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// A value in a line or so, found without running code of the notebook.
///
/// A `toString` of a cell's class could block, loop or change something while a cell runs, so only values of the
/// JDK are asked; of records the fields are read.
final class ValueSummary {
    private static final int MAX_CHARACTERS = 300;
    private static final int MAX_ELEMENTS = 10;
    private static final int MAX_DEPTH = 3;

    private ValueSummary() {}

    static String of(@Nullable Object value) {
        try {
            return clipped(text(value, 0));
        } catch (RuntimeException | LinkageError changing) {
            // a collection that a running cell changes meanwhile
            return value == null ? "null" : value.getClass().getSimpleName() + ", which is being changed";
        }
    }

    private static String clipped(String text) {
        return text.length() <= MAX_CHARACTERS ? text : text.substring(0, MAX_CHARACTERS) + "…";
    }

    private static String text(@Nullable Object value, int depth) {
        return switch (value) {
            case null -> "null";
            case String string ->
                '"' + clipped(string.substring(0, Math.min(string.length(), MAX_CHARACTERS + 1))) + '"';
            case Character character -> "'" + character + "'";
            case Number number when ofJdk(number) -> String.valueOf(number);
            case Boolean truth -> String.valueOf(truth);
            case Enum<?> constant -> constant.name();
            case Optional<?> optional ->
                optional.map(inner -> "Optional[" + text(inner, depth + 1) + "]")
                        .orElse("Optional.empty");
            case Map<?, ?> map when ofJdk(map) -> map(map, depth);
            case Collection<?> collection when ofJdk(collection) -> collection(collection, depth);
            case Record entry when !ofJdk(entry) -> record(entry, depth);
            case Object array when array.getClass().isArray() -> array(array, depth);
            case Object other when isPlain(other) -> other.toString();
            case Object other -> name(other) + "@" + Integer.toHexString(System.identityHashCode(other));
        };
    }

    private static boolean ofJdk(Object value) {
        ClassLoader loader = value.getClass().getClassLoader();
        return loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
    }

    /// Whether it is a value of the JDK whose text shows only itself.
    private static boolean isPlain(Object value) {
        String name = value.getClass().getName();
        return ofJdk(value)
                && (name.startsWith("java.time.")
                        || value instanceof CharSequence
                        || value instanceof java.nio.file.Path
                        || value instanceof java.io.File
                        || value instanceof java.net.URI
                        || value instanceof java.util.UUID
                        || value instanceof java.util.Locale
                        || value instanceof java.util.Date
                        || value instanceof Class<?>
                        || value instanceof Thread);
    }

    private static String name(Object value) {
        String name = value.getClass().getSimpleName();
        return name.isEmpty() ? value.getClass().getName().replaceFirst("^.*\\.", "") : name;
    }

    private static String map(Map<?, ?> map, int depth) {
        String size = name(map) + " of " + map.size();
        if (depth >= MAX_DEPTH) return size;
        var entries = new StringJoiner(", ", size + " {", map.size() > MAX_ELEMENTS ? ", …}" : "}");
        int count = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (count++ == MAX_ELEMENTS) break;
            entries.add(text(entry.getKey(), depth + 1) + "=" + text(entry.getValue(), depth + 1));
        }
        return entries.toString();
    }

    private static String collection(Collection<?> collection, int depth) {
        String size = name(collection) + " of " + collection.size();
        if (depth >= MAX_DEPTH) return size;
        var elements = new StringJoiner(", ", size + " [", collection.size() > MAX_ELEMENTS ? ", …]" : "]");
        int count = 0;
        for (Object element : collection) {
            if (count++ == MAX_ELEMENTS) break;
            elements.add(text(element, depth + 1));
        }
        return elements.toString();
    }

    private static String array(Object array, int depth) {
        int length = Array.getLength(array);
        String size = array.getClass().getComponentType().getSimpleName() + "[" + length + "]";
        if (depth >= MAX_DEPTH) return size;
        var elements = new StringJoiner(", ", size + " {", length > MAX_ELEMENTS ? ", …}" : "}");
        for (int i = 0; i < Math.min(length, MAX_ELEMENTS); i++) elements.add(text(Array.get(array, i), depth + 1));
        return elements.toString();
    }

    private static String record(Record value, int depth) {
        var components = new StringJoiner(", ", name(value) + "[", "]");
        if (depth >= MAX_DEPTH) return name(value);
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            String text = "?";
            try {
                var field = value.getClass().getDeclaredField(component.getName());
                field.setAccessible(true);
                text = text(field.get(value), depth + 1);
            } catch (ReflectiveOperationException | RuntimeException _) {
                // its value stays unknown
            }
            components.add(component.getName() + "=" + text);
        }
        return components.toString();
    }
}
