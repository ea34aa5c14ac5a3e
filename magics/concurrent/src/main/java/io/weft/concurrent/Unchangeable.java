package io.weft.concurrent;

import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Tells values in which nobody can change anything. In doubt, they can be changed.
///
/// No `switch` over patterns here: see [Codec].
final class Unchangeable {
    /// So many objects are looked at, and so deep, before a value counts as one that can be changed.
    private static final int OBJECTS = 1000;

    private static final int DEPTH = 20;
    private static final Set<Class<?>> LEAVES = Set.of(
            String.class,
            Integer.class,
            Long.class,
            Double.class,
            Float.class,
            Boolean.class,
            Character.class,
            Short.class,
            Byte.class);
    private static final Set<String> MORE_LEAVES =
            Set.of("java.math.BigDecimal", "java.math.BigInteger", "java.util.UUID", "java.util.Locale");
    private static final String OURS = "io.weft.concurrent.";

    private int left = OBJECTS;

    private Unchangeable() {}

    /// Whether it is a text, a number or the like.
    static boolean isLeaf(@Nullable Object value) {
        return value == null || LEAVES.contains(value.getClass());
    }

    static boolean is(@Nullable Object value) {
        return isLeaf(value) || new Unchangeable().check(value, 0);
    }

    private boolean check(@Nullable Object value, int depth) {
        if (value == null || isLeaf(value) || value instanceof Enum || value instanceof Class) return true;
        if (--left < 0 || depth > DEPTH) return false;
        var type = value.getClass();
        if (value instanceof Record || (type.isHidden() && type.isSynthetic())) return checkFields(value, depth);
        var name = type.getName();
        if (UserClasses.isUser(type)) return false;
        if (value instanceof Range || name.startsWith(OURS)) return !(value instanceof Carrier); // shared, or numbers
        if (name.startsWith("java.time.") || MORE_LEAVES.contains(name)) return true;
        if (value instanceof Optional<?> optional) return check(optional.orElse(null), depth + 1);
        if (!name.startsWith("java.util.ImmutableCollections$")) return false;
        if (value instanceof Collection<?> elements) return checkAll(elements, depth);
        return value instanceof Map<?, ?> map && checkAll(map.keySet(), depth) && checkAll(map.values(), depth);
    }

    private boolean checkAll(Collection<?> elements, int depth) {
        for (var element : elements) if (!check(element, depth + 1)) return false;
        return true;
    }

    /// Of a record or a lambda, whose fields are final.
    private boolean checkFields(Object value, int depth) {
        try {
            for (var field : value.getClass().getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())) continue;
                field.setAccessible(true);
                if (!check(field.get(value), depth + 1)) return false;
            }
            return true;
        } catch (IllegalAccessException | RuntimeException closed) {
            return false;
        }
    }
}
