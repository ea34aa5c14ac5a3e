package io.weft.concurrent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns values into bytes and back: a tag and the plain bytes for what is common, Java serialisation for the
/// rest.
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
    private static final int JAVA_USER = 20;

    private static final Set<Class<?>> IMMUTABLE_LISTS =
            Set.of(List.of(1).getClass(), List.of(1, 2, 3).getClass());

    private Codec() {}

    /// @throws NotSendableException if the value cannot travel
    static byte[] encode(@Nullable Object value) {
        return encode(value, new Trace());
    }

    static byte[] encode(@Nullable Object value, Trace trace) {
        var out = new Out();
        write(out, value, trace);
        return out.toBytes();
    }

    static @Nullable Object decode(byte[] bytes, @Nullable ClassLoader loader) {
        return read(new In(bytes), loader);
    }

    static void write(Out out, @Nullable Object value, Trace trace) {
        switch (value) {
            case null -> out.putByte(NULL);
            case Integer number -> out.putByte(INT).putInt(number);
            case Long number -> out.putByte(LONG).putLong(number);
            case Double number -> out.putByte(DOUBLE).putLong(Double.doubleToRawLongBits(number));
            case Boolean truth -> out.putByte(truth ? TRUE : FALSE);
            case Character character -> out.putByte(CHAR).putInt(character);
            case String text -> out.putByte(STRING).putString(text);
            case byte[] bytes -> out.putByte(BYTES).putBytes(bytes);
            case int[] numbers -> {
                out.putByte(INTS).putInt(numbers.length);
                for (int number : numbers) out.putInt(number);
            }
            case long[] numbers -> {
                out.putByte(LONGS).putInt(numbers.length);
                for (long number : numbers) out.putLong(number);
            }
            case double[] numbers -> {
                out.putByte(DOUBLES).putInt(numbers.length);
                for (double number : numbers) out.putLong(Double.doubleToRawLongBits(number));
            }
            case Blob blob -> out.putByte(JAVA_USER).putBytes(blob.bytes());
            default -> {
                if (value.getClass() == Object[].class) {
                    writeArray(out, (Object[]) value, trace);
                } else if (value.getClass() == ArrayList.class && packs(((ArrayList<?>) value).toArray())) {
                    writeArray(out.putByte(ARRAY_LIST), ((ArrayList<?>) value).toArray(), trace);
                } else if (IMMUTABLE_LISTS.contains(value.getClass()) && packs(((List<?>) value).toArray())) {
                    writeArray(out.putByte(IMMUTABLE_LIST), ((List<?>) value).toArray(), trace);
                } else {
                    writeJava(out, value, trace);
                }
            }
        }
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
        out.putByte(user ? JAVA_USER : JAVA).putBytes(bytes);
    }

    private static void writeArray(Out out, @Nullable Object[] array, Trace trace) {
        var first = array.length == 0 ? null : array[0];
        if (first instanceof Integer && all(array, Integer.class)) {
            out.putByte(ARRAY_OF_INT).putInt(array.length);
            for (var element : array) if (element instanceof Integer number) out.putInt(number);
        } else if (first instanceof Long && all(array, Long.class)) {
            out.putByte(ARRAY_OF_LONG).putInt(array.length);
            for (var element : array) if (element instanceof Long number) out.putLong(number);
        } else if (first instanceof Double && all(array, Double.class)) {
            out.putByte(ARRAY_OF_DOUBLE).putInt(array.length);
            for (var element : array)
                if (element instanceof Double number) out.putLong(Double.doubleToRawLongBits(number));
        } else if (first instanceof String && all(array, String.class)) {
            out.putByte(ARRAY_OF_STRING).putInt(array.length);
            for (var element : array) if (element instanceof String text) out.putString(text);
        } else if (array.length < 2 || Arrays.stream(array).anyMatch(Blob.class::isInstance)) {
            out.putByte(ARRAY_OF_ANY).putInt(array.length);
            for (var element : array) write(out, element, trace);
        } else {
            writeJava(out, array, trace);
        }
    }

    /// Writes an array so that its elements can be told apart where their classes are not known.
    static void writeElements(Out out, @Nullable Object[] array, Trace trace) {
        if (packs(array)) {
            writeArray(out, array, trace);
            return;
        }
        out.putByte(ARRAY_OF_ANY).putInt(array.length);
        for (var element : array) write(out, element, trace);
    }

    private static boolean packs(@Nullable Object[] array) {
        if (array.length == 0) return false;
        return switch (array[0]) {
            case Integer _ -> all(array, Integer.class);
            case Long _ -> all(array, Long.class);
            case Double _ -> all(array, Double.class);
            case String _ -> all(array, String.class);
            case null, default -> false;
        };
    }

    private static boolean all(@Nullable Object[] array, Class<?> type) {
        for (var element : array) if (element == null || element.getClass() != type) return false;
        return true;
    }

    /// Reads a value. Without a class loader, values of users' classes stay the bytes that they are.
    static @Nullable Object read(In in, @Nullable ClassLoader loader) {
        int tag = in.getByte();
        return switch (tag) {
            case NULL -> null;
            case INT -> in.getInt();
            case LONG -> in.getLong();
            case DOUBLE -> Double.longBitsToDouble(in.getLong());
            case TRUE -> true;
            case FALSE -> false;
            case CHAR -> (char) in.getInt();
            case STRING -> in.getString();
            case BYTES -> in.getBytes();
            case INTS -> {
                var numbers = new int[in.getLength(4)];
                for (int i = 0; i < numbers.length; i++) numbers[i] = in.getInt();
                yield numbers;
            }
            case LONGS -> {
                var numbers = new long[in.getLength(8)];
                for (int i = 0; i < numbers.length; i++) numbers[i] = in.getLong();
                yield numbers;
            }
            case DOUBLES -> {
                var numbers = new double[in.getLength(8)];
                for (int i = 0; i < numbers.length; i++) numbers[i] = Double.longBitsToDouble(in.getLong());
                yield numbers;
            }
            case ARRAY_OF_INT -> {
                var array = new Object[in.getLength(4)];
                for (int i = 0; i < array.length; i++) array[i] = in.getInt();
                yield array;
            }
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
            case JAVA -> Receiver.deserialise(in.getBytes(), loader == null ? Codec.class.getClassLoader() : loader);
            case JAVA_USER -> {
                byte[] bytes = in.getBytes();
                yield loader == null ? new Blob(bytes) : Receiver.deserialise(bytes, loader);
            }
            default -> throw new IllegalStateException("broken message: unknown tag " + tag);
        };
    }

    static Object[] array(@Nullable Object value) {
        if (value instanceof Object[] array) return array;
        throw new IllegalStateException("broken message: an array was expected");
    }
}
