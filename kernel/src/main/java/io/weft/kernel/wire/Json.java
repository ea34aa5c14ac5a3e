package io.weft.kernel.wire;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/// JSON as trees of maps, lists, strings, numbers, booleans and null, to and from UTF-8 bytes.
///
/// Only Jackson's streaming core is used, since its data binding costs most of the time that a
/// kernel needs until its first answer. Safe for use by many threads.
public final class Json {
    private static final int MAX_DEPTH = 500;
    private static final int MAX_TEXT_CHARS = 128 << 20;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_TEXT_CHARS)
                    .build())
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private Json() {}

    /// Reads one JSON object and nothing after it.
    ///
    /// @throws WireException if the bytes are anything else
    public static Map<String, @Nullable Object> readObject(byte[] bytes) throws WireException {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new WireException("not a JSON object");
            }
            Map<String, @Nullable Object> object = objectAt(parser);
            if (parser.nextToken() != null) {
                throw new WireException("text after the JSON object");
            }
            return object;
        } catch (JacksonException broken) {
            throw new WireException("not JSON: " + broken.getOriginalMessage(), broken);
        }
    }

    /// Writes a tree as JSON; what is no JSON type is written as its `toString`.
    public static byte[] write(Map<?, ?> object) {
        var bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            write(generator, object, 0);
        }
        return bytes.toByteArray();
    }

    /// A copy of a tree that nobody can change any more: what is no JSON type becomes its `toString`, now and on this
    /// thread.
    public static Map<String, Object> copy(Map<?, ?> object) {
        return copy(object, 0);
    }

    private static Map<String, Object> copy(Map<?, ?> object, int depth) {
        var copy = new LinkedHashMap<String, Object>();
        object.forEach((name, value) -> copy.put(String.valueOf(name), copyOf(value, depth + 1)));
        return Collections.unmodifiableMap(copy);
    }

    private static @Nullable Object copyOf(@Nullable Object value, int depth) {
        if (depth > MAX_DEPTH - 10) {
            return "…";
        }
        return switch (value) {
            case null -> null;
            case Map<?, ?> map -> copy(map, depth);
            case Iterable<?> items -> {
                var list = new ArrayList<@Nullable Object>();
                items.forEach(item -> list.add(copyOf(item, depth + 1)));
                yield Collections.unmodifiableList(list);
            }
            case Optional<?> optional -> copyOf(optional.orElse(null), depth);
            case String _, Boolean _, Integer _, Long _, Short _, Byte _, Double _, Float _ -> value;
            case BigInteger _, BigDecimal _ -> value;
            case Number number -> number(number.toString());
            default -> value.toString();
        };
    }

    /// A number of another class, such as an `AtomicLong`.
    private static Object number(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException _) {
            return text;
        }
    }

    private static Map<String, @Nullable Object> objectAt(JsonParser parser) {
        var object = new LinkedHashMap<String, @Nullable Object>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            object.put(name, valueAt(parser, parser.nextToken()));
        }
        return object;
    }

    private static @Nullable Object valueAt(JsonParser parser, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> objectAt(parser);
            case START_ARRAY -> {
                List<@Nullable Object> array = new ArrayList<>();
                for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
                    array.add(valueAt(parser, item));
                }
                yield array;
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> parser.getString();
        };
    }

    private static void write(JsonGenerator generator, @Nullable Object value, int depth) {
        if (depth > MAX_DEPTH - 10) {
            generator.writeString("…");
            return;
        }
        switch (value) {
            case null -> generator.writeNull();
            case Map<?, ?> map -> {
                generator.writeStartObject();
                map.forEach((name, member) -> {
                    generator.writeName(wellFormed(String.valueOf(name)));
                    write(generator, member, depth + 1);
                });
                generator.writeEndObject();
            }
            case Iterable<?> items -> {
                generator.writeStartArray();
                for (Object item : items) {
                    write(generator, item, depth + 1);
                }
                generator.writeEndArray();
            }
            case Optional<?> optional -> write(generator, optional.orElse(null), depth);
            case Boolean bool -> generator.writeBoolean(bool);
            case Double number when !Double.isFinite(number) -> generator.writeString(number.toString());
            case Float number when !Float.isFinite(number) -> generator.writeString(number.toString());
            case Number number -> generator.writeNumber(number.toString());
            default -> generator.writeString(wellFormed(String.valueOf(value)));
        }
    }

    /// The text with every half of a surrogate pair that stands alone replaced, since UTF-8 has no form for it.
    private static String wellFormed(String text) {
        int broken = firstLoneSurrogate(text, 0);
        if (broken < 0) {
            return text;
        }
        var fixed = new StringBuilder(text);
        while (broken >= 0) {
            fixed.setCharAt(broken, '\uFFFD');
            broken = firstLoneSurrogate(fixed, broken + 1);
        }
        return fixed.toString();
    }

    private static int firstLoneSurrogate(CharSequence text, int from) {
        int at = from;
        while (at < text.length()) {
            char here = text.charAt(at);
            boolean pair = at + 1 < text.length() && Character.isSurrogatePair(here, text.charAt(at + 1));
            if (Character.isSurrogate(here) && !pair) {
                return at;
            }
            at += pair ? 2 : 1;
        }
        return -1;
    }
}
