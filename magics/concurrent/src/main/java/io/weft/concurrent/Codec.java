package io.weft.concurrent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns values into bytes and back: a tag and the plain bytes for what is common, Java serialisation for the
/// rest.
///
/// Plain are numbers, strings, primitive arrays, records of such components, and arrays, lists and maps of these
/// as long as nothing in them can be changed or met twice: what refers to one object in two places is left to Java
/// serialisation, which keeps it one.
///
/// No `switch` over patterns here, nor in what else a worker does for its first task: the first use of one takes a
/// fresh JVM some 20 ms, as no start-up cache holds it.
@SuppressWarnings("IfChainToSwitch")
final class Codec {
    private static final int NULL = 0;
    private static final int INT = 1;
    private static final int LONG = 2;
    private static final int DOUBLE = 3;
    private static final int TRUE = 4;
    private static final int FALSE = 5;
    private static final int STRING = 6;
    private static final int CHAR = 7;
    private static final int BYTES = 8;
    private static final int INTS = 9;
    private static final int LONGS = 10;
    private static final int DOUBLES = 11;
    private static final int ARRAY_OF_INT = 12;
    private static final int ARRAY_OF_LONG = 13;
    private static final int ARRAY_OF_DOUBLE = 14;
    private static final int ARRAY_OF_STRING = 15;
    private static final int ARRAY_OF_ANY = 16;
    private static final int ARRAY_LIST = 17;
    private static final int IMMUTABLE_LIST = 18;
    private static final int JAVA = 19;

    /// A length, and a value in which users' classes occur.
    private static final int USER = 20;

    private static final int FLOAT = 21;
    private static final int RECORD = 22;
    private static final int ARRAY_OF_RECORD = 23;
    private static final int HASH_MAP = 24;
    private static final int LINKED_MAP = 25;
    private static final int RANGE = 26;
    private static final int NUMBERS = 27;

    private static final int LONG_CHARS = 100;
    private static final Set<Class<?>> IMMUTABLE_LISTS =
            Set.of(List.of(1).getClass(), List.of(1, 2, 3).getClass());

    private Codec() {}

    /// @throws NotSendableException if the value cannot travel
    static byte[] encode(@Nullable Object value) {
        return encode(value, new Trace());
    }

    static byte[] encode(@Nullable Object value, Trace trace) {
        return write(new Out(), value, trace).toBytes();
    }

    static @Nullable Object decode(byte[] bytes, @Nullable ClassLoader loader) {
        return read(new In(bytes), loader);
    }

    /// Writes a value.
    ///
    /// @throws NotSendableException if the value cannot travel
    static Out write(Out out, @Nullable Object value, Trace trace) {
        if (leaf(out, value)) return out;
        if (value == null) throw new IllegalStateException("null is a leaf");
        if (value instanceof Blob blob) out.write(blob.bytes(), 0, blob.bytes().length);
        else if (value.getClass() == Object[].class) writeArray(out, (Object[]) value, trace);
        else if (!(value instanceof Record || isContainer(value.getClass())) || !composite(out, value, trace))
            writeJava(out, value, trace);
        return out;
    }

    private static boolean isContainer(Class<?> type) {
        return type == ArrayList.class
                || IMMUTABLE_LISTS.contains(type)
                || type == HashMap.class
                || type == LinkedHashMap.class;
    }

    /// Writes a component of a record, if it is one value that cannot be changed.
    static boolean box(Out out, @Nullable Object value, Trace trace) {
        if (value instanceof String text && text.length() > LONG_CHARS && trace.hasMet(text))
            return false; // the same long text in many records is better kept one
        return (value == null || !value.getClass().isArray()) && leaf(out, value);
    }

    /// Writes a value that may be changed later on its own, if nothing in it may be: what cannot be
    /// changed, an array of numbers, or a list, map or record of what cannot be changed.
    ///
    /// @param met those that were written already, and have to stay one object with those that follow
    static boolean writeAlone(Out out, @Nullable Object value, Trace trace, Map<Object, Boolean> met) {
        if (box(out, value, trace)) return true;
        if (value == null || value instanceof String) return false;
        boolean array = value.getClass().isArray();
        if (!(value instanceof Record) && met.put(value, true) != null) return false;
        if (array) return leaf(out, value);
        if (value instanceof List<?> list && isContainer(list.getClass()))
            return !holdsArray(list) && composite(out, list, trace);
        if (value.getClass() == HashMap.class && value instanceof Map<?, ?> map)
            return !holdsArray(map.keySet()) && !holdsArray(map.values()) && composite(out, map, trace);
        return value instanceof Record && composite(out, value, trace);
    }

    private static boolean holdsArray(Collection<?> values) {
        for (var value : values) if (value != null && value.getClass().isArray()) return true;
        return false;
    }

    /// Writes what cannot be changed and refers to nothing else, or a primitive array.
    private static boolean leaf(Out out, @Nullable Object value) {
        if (value == null) out.putByte(NULL);
        else if (value instanceof Integer number) out.putByte(INT).putInt(number);
        else if (value instanceof Long number) out.putByte(LONG).putLong(number);
        else if (value instanceof Double number) out.putByte(DOUBLE).putLong(Double.doubleToRawLongBits(number));
        else if (value instanceof Float number) out.putByte(FLOAT).putInt(Float.floatToRawIntBits(number));
        else if (value instanceof Boolean truth) out.putByte(truth ? TRUE : FALSE);
        else if (value instanceof Character character) out.putByte(CHAR).putInt(character);
        else if (value instanceof String text) out.putByte(STRING).putString(text);
        else if (value instanceof byte[] bytes) out.putByte(BYTES).putBytes(bytes);
        else if (value instanceof int[] numbers)
            out.putByte(INTS).putInt(numbers.length).putInts(numbers);
        else if (value instanceof long[] numbers)
            out.putByte(LONGS).putInt(numbers.length).putLongs(numbers);
        else if (value instanceof double[] numbers)
            out.putByte(DOUBLES).putInt(numbers.length).putDoubles(numbers);
        else if (value instanceof Range range)
            out.putByte(RANGE).putInt(range.start()).putInt(range.step()).putInt(range.size());
        else if (value instanceof Numbers.Ints list) return leaf(out.putByte(NUMBERS), list.numbers);
        else if (value instanceof Numbers.Longs list) return leaf(out.putByte(NUMBERS), list.numbers);
        else if (value instanceof Numbers.Doubles list) return leaf(out.putByte(NUMBERS), list.numbers);
        else return false;
        return true;
    }

    /// Writes a record, a list or a map, if all in it is plain; as the value of a user if classes of users occur.
    private static boolean composite(Out out, Object value, Trace trace) {
        int before = out.size();
        int partsBefore = out.parts().size();
        var inner = new Trace();
        if (!plain(out, value, inner)) {
            out.truncate(before, partsBefore);
            return false;
        }
        trace.addAll(inner);
        if (inner.classes.isEmpty()) return true;
        if (out.parts().size() > partsBefore) {
            // what others may hold without knowing its classes has to be whole
            out.truncate(before, partsBefore);
            var whole = new Out();
            plain(whole, value, inner);
            out.putByte(USER).putInt(whole.size()).append(whole);
        } else {
            int length = out.size() - before;
            out.insert(before, 5).putByteAt(before, USER).putIntAt(before + 1, length);
        }
        return true;
    }

    private static boolean plain(Out out, Object value, Trace trace) {
        if (value instanceof Record record) {
            var code = RecordCode.of(record.getClass());
            if (code == null) return false;
            code.writeHead(out.putByte(RECORD), trace);
            return code.write(out, record, trace);
        }
        if (value instanceof List<?> list) {
            var elements = list.toArray();
            out.putByte(value.getClass() == ArrayList.class ? ARRAY_LIST : IMMUTABLE_LIST);
            return elements.length > 0 && plainArray(out, elements, trace);
        }
        if (value instanceof Map<?, ?> map) {
            out.putByte(value.getClass() == HashMap.class ? HASH_MAP : LINKED_MAP);
            return plainArray(out, map.keySet().toArray(), trace)
                    && plainArray(out, map.values().toArray(), trace);
        }
        return value instanceof Object[] array && plainArray(out, array, trace);
    }

    private static void writeArray(Out out, @Nullable Object[] array, Trace trace) {
        if (array.length < 2 || Arrays.stream(array).anyMatch(Blob.class::isInstance)) {
            out.putByte(ARRAY_OF_ANY).putInt(array.length);
            for (var element : array) write(out, element, trace);
            return;
        }
        int before = out.size();
        int partsBefore = out.parts().size();
        if (isRecords(array)) {
            if (composite(out, array, trace)) return;
        } else if (plainArray(out, array, trace)) {
            return;
        }
        out.truncate(before, partsBefore);
        writeJava(out, array, trace);
    }

    /// Writes an array so that its elements can be told apart where their classes are not known.
    static void writeElements(Out out, @Nullable Object[] array, Trace trace) {
        int before = out.size();
        int partsBefore = out.parts().size();
        if (!isRecords(array) && plainArray(out, array, trace)) return;
        out.truncate(before, partsBefore);
        out.putByte(ARRAY_OF_ANY).putInt(array.length);
        for (var element : array) write(out, element, trace);
    }

    private static boolean isRecords(@Nullable Object[] array) {
        return array.length > 0
                && array[0] instanceof Record first
                && all(array, first.getClass())
                && RecordCode.of(first.getClass()) != null;
    }

    /// Writes an array if all in it is plain; otherwise what has been written is to be taken back.
    private static boolean plainArray(Out out, @Nullable Object[] array, Trace trace) {
        var first = array.length == 0 ? null : array[0];
        if (first == null || !all(array, first.getClass())) return mixed(out, array, trace);
        if (first instanceof Integer) {
            out.putByte(ARRAY_OF_INT).putInt(array.length).putIntegers(array);
        } else if (first instanceof Long) {
            out.putByte(ARRAY_OF_LONG).putInt(array.length);
            for (var element : array) if (element instanceof Long number) out.putLong(number);
        } else if (first instanceof Double) {
            out.putByte(ARRAY_OF_DOUBLE).putInt(array.length);
            for (var element : array)
                if (element instanceof Double number) out.putLong(Double.doubleToRawLongBits(number));
        } else if (first instanceof String) {
            out.putByte(ARRAY_OF_STRING).putInt(array.length);
            for (var element : array) if (element instanceof String text) out.putString(text);
        } else if (first instanceof Record record) {
            var code = RecordCode.of(record.getClass());
            if (code == null) return false;
            code.writeHead(out.putByte(ARRAY_OF_RECORD), trace);
            out.putInt(array.length);
            for (var element : array) if (element instanceof Record each && !code.write(out, each, trace)) return false;
        } else {
            return mixed(out, array, trace);
        }
        return true;
    }

    private static boolean mixed(Out out, @Nullable Object[] array, Trace trace) {
        out.putByte(ARRAY_OF_ANY).putInt(array.length);
        var met = new IdentityHashMap<Object, Boolean>();
        for (var element : array) {
            if (element != null && element.getClass().isArray() && met.put(element, true) != null) return false;
            if (leaf(out, element)) continue;
            if (!(element instanceof Record) || !composite(out, element, trace)) return false;
        }
        return true;
    }

    private static boolean all(@Nullable Object[] array, Class<?> type) {
        for (var element : array) if (element == null || element.getClass() != type) return false;
        return true;
    }

    private static void writeJava(Out out, Object value, Trace trace) {
        var inner = new Trace();
        byte[] bytes;
        try {
            bytes = Sender.serialise(value, inner);
        } finally {
            trace.addAll(inner); // what was met before a failure helps to explain it
        }
        boolean user = !inner.classes.isEmpty() || !inner.lambdas.isEmpty();
        if (user) out.putByte(USER).putInt(bytes.length + 5);
        out.putByte(JAVA).putInt(bytes.length).write(bytes, 0, bytes.length);
    }

    /// Reads a value. Without a class loader, values of users' classes stay the bytes that they are.
    static @Nullable Object read(In in, @Nullable ClassLoader loader) {
        int tag = in.getByte();
        return switch (tag) {
            case NULL -> null;
            case INT -> in.getInt();
            case LONG -> in.getLong();
            case DOUBLE -> Double.longBitsToDouble(in.getLong());
            case FLOAT -> Float.intBitsToFloat(in.getInt());
            case TRUE -> true;
            case FALSE -> false;
            case CHAR -> (char) in.getInt();
            case STRING -> in.getString();
            case BYTES -> in.getBytes();
            case INTS -> in.getInts();
            case LONGS -> in.getLongs();
            case DOUBLES -> in.getDoubles();
            case NUMBERS -> Numbers.of(java.util.Objects.requireNonNull(read(in, null)));
            case RANGE -> Range.of(in.getInt(), in.getInt(), in.getInt());
            case ARRAY_OF_INT -> in.getIntegers();
            case ARRAY_OF_LONG -> {
                var array = new Object[in.getLength(8)];
                for (int i = 0; i < array.length; i++) array[i] = in.getLong();
                yield array;
            }
            case ARRAY_OF_DOUBLE -> {
                var array = new Object[in.getLength(8)];
                for (int i = 0; i < array.length; i++) array[i] = Double.longBitsToDouble(in.getLong());
                yield array;
            }
            case ARRAY_OF_STRING -> {
                var array = new Object[in.getLength(4)];
                for (int i = 0; i < array.length; i++) array[i] = in.getString();
                yield array;
            }
            case ARRAY_OF_ANY -> {
                var array = new @Nullable Object[in.getLength(1)];
                for (int i = 0; i < array.length; i++) array[i] = read(in, loader);
                yield array;
            }
            case ARRAY_LIST -> new ArrayList<>(Arrays.asList(array(read(in, loader))));
            case IMMUTABLE_LIST -> List.of(array(read(in, loader)));
            case HASH_MAP -> map(in, loader, new HashMap<>());
            case LINKED_MAP -> map(in, loader, new LinkedHashMap<>());
            case RECORD -> RecordCode.readHead(in, known(loader)).read(in, known(loader));
            case ARRAY_OF_RECORD -> {
                var code = RecordCode.readHead(in, known(loader));
                var array = new Object[in.getLength(code.leastBytes())];
                for (int i = 0; i < array.length; i++) array[i] = code.read(in, known(loader));
                yield array;
            }
            case USER -> {
                int length = in.getLength(1);
                yield loader == null ? new Blob(in.getSome(length, USER)) : read(in, loader);
            }
            case JAVA -> Receiver.deserialise(in.getBytes(), known(loader));
            default -> throw new IllegalStateException("broken message: unknown tag " + tag);
        };
    }

    private static ClassLoader known(@Nullable ClassLoader loader) {
        return loader == null ? java.util.Objects.requireNonNull(Codec.class.getClassLoader()) : loader;
    }

    private static Map<@Nullable Object, @Nullable Object> map(
            In in, @Nullable ClassLoader loader, Map<@Nullable Object, @Nullable Object> map) {
        var keys = array(read(in, loader));
        var values = array(read(in, loader));
        if (keys.length != values.length) throw new IllegalStateException("broken message: a map of odd length");
        for (int i = 0; i < keys.length; i++) map.put(keys[i], values[i]);
        return map;
    }

    static Object[] array(@Nullable Object value) {
        if (value instanceof Object[] array) return array;
        throw new IllegalStateException("broken message: an array was expected");
    }
}
