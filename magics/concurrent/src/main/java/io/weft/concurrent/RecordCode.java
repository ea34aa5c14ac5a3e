package io.weft.concurrent;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How records of one class travel: component by component, the class named once.
///
/// Only for records that say nothing about their own serialisation. Components are primitives, boxed numbers,
/// strings, enums, and records of such; with any other, Java serialisation takes over.
@SuppressWarnings("ArrayRecordComponent") // shared with nobody
final class RecordCode {
    private static final int DEPTH = 4;
    private static final Set<String> OWN_WAYS =
            Set.of("writeReplace", "readResolve", "writeObject", "readObject", "writeExternal", "readExternal");
    private static final Set<Class<?>> BOXES = Set.of(
            Object.class,
            String.class,
            Integer.class,
            Long.class,
            Double.class,
            Boolean.class,
            Character.class,
            Float.class);

    private static final ClassValue<Known> KNOWN = new ClassValue<>() {
        @Override
        protected Known computeValue(Class<?> type) {
            return new Known(make(type, 0));
        }
    };

    private record Known(@Nullable RecordCode code) {}

    private enum Way {
        INT(4),
        LONG(8),
        DOUBLE(8),
        FLOAT(4),
        BOOLEAN(1),
        CHAR(4),
        SHORT(4),
        BYTE(1),
        /// A tag first, since it may be null or of several classes.
        BOX(1),
        ENUM(4),
        RECORD(1);

        private final int leastBytes;

        Way(int leastBytes) {
            this.leastBytes = leastBytes;
        }
    }

    private final Class<?> type;
    private final String shape;
    private final Way[] ways;
    private final Class<?>[] types;
    private final MethodHandle[] getters;
    private final MethodHandle constructor;
    private final int leastBytes;

    private RecordCode(Class<?> type, Way[] ways, Class<?>[] types, MethodHandle[] getters, MethodHandle constructor) {
        this.type = type;
        this.ways = ways;
        this.types = types;
        this.getters = getters;
        this.constructor = constructor;
        this.shape = Arrays.stream(types).map(Class::getName).collect(Collectors.joining(","));
        this.leastBytes =
                Math.max(1, Arrays.stream(ways).mapToInt(way -> way.leastBytes).sum());
    }

    /// How records of this class travel, or null if they are left to Java serialisation.
    static @Nullable RecordCode of(Class<?> type) {
        return KNOWN.get(type).code();
    }

    private static @Nullable RecordCode make(Class<?> type, int depth) {
        if (!type.isRecord() || depth > DEPTH || type.isHidden()) return null;
        if (Arrays.stream(type.getDeclaredMethods()).map(Method::getName).anyMatch(OWN_WAYS::contains)) return null;
        var components = type.getRecordComponents();
        var types = new Class<?>[components.length];
        var ways = new Way[components.length];
        var getters = new MethodHandle[components.length];
        try {
            var lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            for (int i = 0; i < types.length; i++) {
                types[i] = components[i].getType();
                var way = way(types[i], depth);
                if (way == null) return null;
                ways[i] = way;
                var shown = types[i].isPrimitive() ? types[i] : Object.class;
                getters[i] = lookup.findGetter(type, components[i].getName(), types[i])
                        .asType(MethodType.methodType(shown, Object.class));
            }
            var constructor = lookup.findConstructor(type, MethodType.methodType(void.class, types))
                    .asSpreader(Object[].class, types.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
            return new RecordCode(type, ways, types, getters, constructor);
        } catch (ReflectiveOperationException | RuntimeException closed) {
            return null;
        }
    }

    private static @Nullable Way way(Class<?> type, int depth) {
        if (BOXES.contains(type)) return Way.BOX;
        if (type.isEnum()) return Way.ENUM;
        if (type.isRecord()) return make(type, depth + 1) == null ? null : Way.RECORD;
        return switch (type.getName()) {
            case "int" -> Way.INT;
            case "long" -> Way.LONG;
            case "double" -> Way.DOUBLE;
            case "float" -> Way.FLOAT;
            case "boolean" -> Way.BOOLEAN;
            case "char" -> Way.CHAR;
            case "short" -> Way.SHORT;
            case "byte" -> Way.BYTE;
            default -> null;
        };
    }

    int leastBytes() {
        return leastBytes;
    }

    void writeHead(Out out, Trace trace) {
        trace(trace, type);
        for (int i = 0; i < ways.length; i++) if (ways[i] == Way.ENUM || ways[i] == Way.RECORD) trace(trace, types[i]);
        out.putString(type.getName()).putString(shape);
    }

    private static void trace(Trace trace, Class<?> met) {
        if (UserClasses.isUser(met)) trace.classes.add(met);
    }

    /// The class that a head names, which must be a record of that very shape.
    static RecordCode readHead(In in, ClassLoader loader) {
        var name = in.getString();
        var shape = in.getString();
        Class<?> type;
        try {
            type = Receiver.find(name, loader);
        } catch (ClassNotFoundException unknown) {
            throw new IllegalStateException(
                    "a value from another JVM cannot be read here: " + unknown.getMessage(), unknown);
        }
        var code = of(type);
        if (code == null || !code.shape.equals(shape))
            throw new IllegalStateException(
                    "a value from another JVM cannot be read here: %s has other components there: %s"
                            .formatted(name, shape));
        return code;
    }

    /// Whether all components could be written.
    boolean write(Out out, Record record, Trace trace) {
        try {
            for (int i = 0; i < ways.length; i++) {
                var getter = getters[i];
                switch (ways[i]) {
                    case INT -> out.putInt((int) getter.invokeExact((Object) record));
                    case LONG -> out.putLong((long) getter.invokeExact((Object) record));
                    case DOUBLE ->
                        out.putLong(Double.doubleToRawLongBits((double) getter.invokeExact((Object) record)));
                    case FLOAT -> out.putInt(Float.floatToRawIntBits((float) getter.invokeExact((Object) record)));
                    case BOOLEAN -> out.putByte((boolean) getter.invokeExact((Object) record) ? 1 : 0);
                    case CHAR -> out.putInt((char) getter.invokeExact((Object) record));
                    case SHORT -> out.putInt((short) getter.invokeExact((Object) record));
                    case BYTE -> out.putByte((byte) getter.invokeExact((Object) record));
                    case BOX -> {
                        if (!Codec.box(out, (@Nullable Object) getter.invokeExact((Object) record), trace))
                            return false;
                    }
                    case ENUM -> {
                        var value = (@Nullable Object) getter.invokeExact((Object) record);
                        out.putString(value instanceof Enum<?> constant ? constant.name() : "");
                    }
                    case RECORD -> {
                        var value = (@Nullable Object) getter.invokeExact((Object) record);
                        var code = of(types[i]);
                        if (code == null) return false;
                        out.putByte(value == null ? 0 : 1);
                        if (value instanceof Record inner && !code.write(out, inner, trace)) return false;
                        code.traceParts(trace);
                    }
                }
            }
            return true;
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void traceParts(Trace trace) {
        for (int i = 0; i < ways.length; i++) if (ways[i] == Way.ENUM || ways[i] == Way.RECORD) trace(trace, types[i]);
    }

    Object read(In in, ClassLoader loader) {
        var values = new @Nullable Object[ways.length];
        for (int i = 0; i < ways.length; i++) {
            values[i] = switch (ways[i]) {
                case INT -> in.getInt();
                case LONG -> in.getLong();
                case DOUBLE -> Double.longBitsToDouble(in.getLong());
                case FLOAT -> Float.intBitsToFloat(in.getInt());
                case BOOLEAN -> in.getByte() != 0;
                case CHAR -> (char) in.getInt();
                case SHORT -> (short) in.getInt();
                case BYTE -> (byte) in.getByte();
                case BOX -> Codec.read(in, loader);
                case ENUM -> constant(types[i], in.getString());
                case RECORD -> {
                    var code = of(types[i]);
                    yield in.getByte() == 0 || code == null ? null : code.read(in, loader);
                }
            };
        }
        try {
            return constructor.invokeExact(values);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException("cannot rebuild " + type.getName() + ": " + failure, failure);
        }
    }

    private static @Nullable Object constant(Class<?> type, String name) {
        if (name.isEmpty()) return null;
        for (var constant : List.of(type.getEnumConstants()))
            if (constant instanceof Enum<?> known && known.name().equals(name)) return constant;
        throw new IllegalStateException("broken message: %s has no constant %s".formatted(type.getName(), name));
    }
}
