package io.weft.concurrent;

import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamException;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What travels in place of a value that Java serialisation refuses. A field, or a list or the values of a map in one,
/// may lead back to the object that it is in; a circle through a set, an array or a record is not restored.
sealed interface StandIn extends Serializable {
    /// Where the collections are that may be looked into: those of others could ask another JVM for what they hold.
    String COLLECTIONS = "java.util.";

    /// The stand-in for a value, or null if there is none.
    static @Nullable StandIn of(Object value) {
        if (value instanceof Optional<?> optional) return new OfOptional(optional.orElse(null));
        if (value instanceof Path path) return new OfPath(path.toString());
        if (value instanceof Map.Entry<?, ?> entry && !UserClasses.isUser(value.getClass()))
            return new OfEntry(entry.getKey(), entry.getValue());
        if (!UserClasses.isUser(value.getClass())) {
            if (!value.getClass().getName().startsWith(COLLECTIONS)) return null;
            if (value instanceof List<?> list) return new OfCollection('l', list.toArray());
            if (value instanceof Set<?> set) return new OfCollection('s', set.toArray());
            if (value instanceof Collection<?> values) return new OfCollection('l', values.toArray());
            if (value instanceof Map<?, ?> map)
                return new OfMap(map.keySet().toArray(), map.values().toArray());
            return null;
        }
        if (value instanceof Record) return OfRecord.of(value);
        return OfFields.of(value);
    }

    /// A future with what it has ended with, or else a new one.
    static StandIn ofFuture(CompletableFuture<?> future) {
        return switch (future.state()) {
            case RUNNING -> new OfFuture(false, null, null);
            case SUCCESS -> new OfFuture(true, future.resultNow(), null);
            case FAILED -> new OfFuture(true, null, future.exceptionNow());
            case CANCELLED -> new OfFuture(true, null, new CancellationException());
        };
    }

    @SuppressWarnings("FutureReturnValueIgnored") // whoever reads the stand-in has the future
    record OfFuture(
            boolean ended,
            @Nullable Object result,
            @Nullable Throwable failure) implements StandIn {
        private Object readResolve() {
            if (failure != null) return CompletableFuture.failedFuture(failure);
            return ended ? CompletableFuture.completedFuture(result) : new CompletableFuture<>();
        }
    }

    record OfOptional(@Nullable Object value) implements StandIn {
        private Object readResolve() {
            return Optional.ofNullable(value);
        }
    }

    record OfPath(String path) implements StandIn {
        private Object readResolve() {
            return Path.of(path);
        }
    }

    record OfEntry(@Nullable Object key, @Nullable Object value) implements StandIn {
        private Object readResolve() {
            return new java.util.AbstractMap.SimpleEntry<>(key, value);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // shared with nobody
    record OfCollection(char kind, Object[] elements) implements StandIn {
        private Object readResolve() {
            var list = new ArrayList<>(java.util.Arrays.asList(elements));
            return kind == 's' ? new LinkedHashSet<>(list) : list;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // shared with nobody
    record OfMap(Object[] keys, Object[] values) implements StandIn {
        private Object readResolve() {
            var map = new LinkedHashMap<Object, Object>();
            for (int i = 0; i < keys.length; i++) map.put(keys[i], values[i]);
            return map;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // shared with nobody
    record OfRecord(Class<?> type, @Nullable Object[] components) implements StandIn {
        static @Nullable StandIn of(Object value) {
            try {
                var declared = value.getClass().getRecordComponents();
                var components = new @Nullable Object[declared.length];
                for (int i = 0; i < declared.length; i++) {
                    var field = value.getClass().getDeclaredField(declared[i].getName());
                    field.setAccessible(true);
                    components[i] = field.get(value);
                }
                return new OfRecord(value.getClass(), components);
            } catch (ReflectiveOperationException | RuntimeException closed) {
                return null;
            }
        }

        private Object readResolve() throws ObjectStreamException {
            try {
                var declared = type.getRecordComponents();
                var types = new Class<?>[declared.length];
                for (int i = 0; i < types.length; i++) types[i] = declared[i].getType();
                var constructor = type.getDeclaredConstructor(types);
                constructor.setAccessible(true);
                return constructor.newInstance(components);
            } catch (ReflectiveOperationException failure) {
                throw broken(type, failure);
            }
        }
    }

    /// An object by its fields. It is there before they are read, so that they may lead back to it.
    @SuppressWarnings("serial") // what it holds is replaced by what can travel
    final class OfFields implements StandIn {
        private Class<?> type;
        private Map<String, @Nullable Object> fields;
        private transient @Nullable Object made;

        private OfFields(Class<?> type, Map<String, @Nullable Object> fields) {
            this.type = type;
            this.fields = fields;
        }

        static @Nullable StandIn of(Object value) {
            try {
                var type = value.getClass();
                if (type.isHidden() || type.isSynthetic() || !Allocation.isPossible(type)) return null;
                var fields = new LinkedHashMap<String, @Nullable Object>();
                for (var field : instanceFields(type)) {
                    if (!UserClasses.isUser(field.getDeclaringClass())) return null; // such as a thread of one's own
                    fields.put(key(field), field.get(value));
                }
                return new OfFields(type, fields);
            } catch (ReflectiveOperationException | RuntimeException closed) {
                return null;
            }
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.writeObject(type);
            out.writeObject(fields);
        }

        @SuppressWarnings("unchecked")
        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            type = (Class<?>) in.readObject();
            try {
                made = Allocation.of(type);
            } catch (ReflectiveOperationException failure) {
                throw broken(type, failure);
            }
            fields = (Map<String, @Nullable Object>) in.readObject();
        }

        private Object readResolve() throws ObjectStreamException {
            var value = java.util.Objects.requireNonNull(made);
            try {
                for (var field : instanceFields(type)) field.set(value, whole(fields.get(key(field))));
                return value;
            } catch (ReflectiveOperationException failure) {
                throw broken(type, failure);
            }
        }

        /// What a field holds, with the objects themselves where it leads back to them.
        private static @Nullable Object whole(@Nullable Object content) {
            if (content == null || !content.getClass().getName().startsWith(COLLECTIONS)) return itself(content);
            if (content instanceof List<?> list && list.stream().anyMatch(OfFields.class::isInstance))
                return wholeList(list);
            if (content instanceof Map<?, ?> map && map.values().stream().anyMatch(OfFields.class::isInstance))
                return wholeMap(map);
            return content;
        }

        private static List<?> wholeList(List<?> list) {
            try {
                list.replaceAll(OfFields::itself);
                return list;
            } catch (UnsupportedOperationException unmodifiable) {
                var copy = new ArrayList<@Nullable Object>(list);
                copy.replaceAll(OfFields::itself);
                return Collections.unmodifiableList(copy);
            }
        }

        private static Map<?, ?> wholeMap(Map<?, ?> map) {
            try {
                map.replaceAll((_, value) -> itself(value));
                return map;
            } catch (UnsupportedOperationException unmodifiable) {
                var copy = new LinkedHashMap<@Nullable Object, @Nullable Object>(map);
                copy.replaceAll((_, value) -> itself(value));
                return Collections.unmodifiableMap(copy);
            }
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"
        }) // of the type that was there before
        private static <T extends @Nullable Object> T itself(@Nullable Object content) {
            return (T) (content instanceof OfFields back ? back.made : content);
        }

        private static String key(Field field) {
            return field.getDeclaringClass().getName() + "." + field.getName();
        }

        private static List<Field> instanceFields(Class<?> type) {
            var fields = new ArrayList<Field>();
            for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
                for (var field : at.getDeclaredFields()) {
                    if (Modifier.isStatic(field.getModifiers()) || Modifier.isTransient(field.getModifiers())) continue;
                    field.setAccessible(true);
                    fields.add(field);
                }
            }
            return fields;
        }
    }

    private static InvalidObjectException broken(Class<?> type, Exception cause) {
        var failure = new InvalidObjectException("cannot rebuild " + type.getName() + ": " + cause);
        failure.initCause(cause);
        return failure;
    }
}
