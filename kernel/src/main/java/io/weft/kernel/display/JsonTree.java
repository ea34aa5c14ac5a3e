package io.weft.kernel.display;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// JSON as the trees of which [MimeBundle] speaks.
final class JsonTree {
    private static final int MAX_DEPTH = 100;

    private JsonTree() {}

    /// Whether what a MIME type names is JSON.
    static boolean isJson(String mimeType) {
        return mimeType.equals("application/json") || mimeType.endsWith("+json");
    }

    /// The tree of a JSON text; something else if it is none.
    static Object parseOr(String text, Object otherwise) {
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
            Object tree = valueAt(parser, parser.nextToken());
            return tree == null || parser.nextToken() != null ? otherwise : tree;
        } catch (JacksonException noJson) {
            return otherwise;
        }
    }

    private static @Nullable Object valueAt(JsonParser parser, @Nullable JsonToken token) {
        if (token == null) return null;
        return switch (token) {
            case START_OBJECT -> {
                var object = new LinkedHashMap<String, @Nullable Object>();
                while (parser.nextToken() == JsonToken.PROPERTY_NAME)
                    object.put(parser.currentName(), valueAt(parser, parser.nextToken()));
                yield object;
            }
            case START_ARRAY -> {
                var array = new ArrayList<@Nullable Object>();
                for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken())
                    array.add(valueAt(parser, item));
                yield array;
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> parser.getString();
        };
    }

    /// The tree of a value: maps, records, collections and arrays by their elements, numbers and booleans as they
    /// are, anything else as its text.
    static @Nullable Object of(@Nullable Object value) {
        return of(value, 0);
    }

    private static @Nullable Object of(@Nullable Object value, int depth) {
        if (depth > MAX_DEPTH)
            throw new IllegalArgumentException(
                    "deeper than " + MAX_DEPTH + " levels, or a structure that holds itself");
        return switch (value) {
            case null -> null;
            case Boolean bool -> bool;
            case Number number -> number;
            case Optional<?> optional -> of(optional.orElse(null), depth);
            case Map<?, ?> map -> {
                var object = new LinkedHashMap<String, @Nullable Object>();
                map.forEach((key, member) -> object.put(String.valueOf(key), of(member, depth + 1)));
                yield object;
            }
            case Iterable<?> items
            when !(items instanceof java.nio.file.Path) -> {
                var array = new ArrayList<@Nullable Object>();
                for (Object item : items) array.add(of(item, depth + 1));
                yield array;
            }
            case Record record -> {
                var object = new LinkedHashMap<String, @Nullable Object>();
                Table.cells(record).forEach((name, member) -> object.put(name, of(member, depth + 1)));
                yield object;
            }
            default -> value.getClass().isArray() ? of(list(value), depth) : Renderer.text(value);
        };
    }

    private static List<@Nullable Object> list(Object array) {
        var list = new ArrayList<@Nullable Object>();
        for (int i = 0; i < Array.getLength(array); i++) list.add(Array.get(array, i));
        return list;
    }

    /// A tree as JSON text with a line for each member.
    static String text(@Nullable Object tree) {
        var text = new StringBuilder();
        write(text, tree, "\n");
        return text.toString();
    }

    private static void write(StringBuilder out, @Nullable Object tree, String lineStart) {
        String inner = lineStart + "  ";
        switch (tree) {
            case Map<?, ?> map
            when !map.isEmpty() -> {
                out.append('{');
                String separator = "";
                for (var entry : map.entrySet()) {
                    out.append(separator)
                            .append(inner)
                            .append(quoted(String.valueOf(entry.getKey())))
                            .append(": ");
                    write(out, entry.getValue(), inner);
                    separator = ",";
                }
                out.append(lineStart).append('}');
            }
            case Map<?, ?> _ -> out.append("{}");
            case List<?> list
            when !list.isEmpty() -> {
                out.append('[');
                String separator = "";
                for (Object item : list) {
                    out.append(separator).append(inner);
                    write(out, item, inner);
                    separator = ",";
                }
                out.append(lineStart).append(']');
            }
            case List<?> _ -> out.append("[]");
            case String string -> out.append(quoted(string));
            case null, default -> out.append(tree);
        }
    }

    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                case '\r' -> quoted.append("\\r");
                default -> quoted.append(c < ' ' ? "\\u%04x".formatted(c) : String.valueOf((char) c));
            }
        });
        return quoted.append('"').toString();
    }
}
