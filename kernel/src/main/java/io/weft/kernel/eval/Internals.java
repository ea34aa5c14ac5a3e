package io.weft.kernel.eval;

import java.lang.reflect.Field;

/// Fields of JShell and of its compiler, which only reflection reaches. Who reads or replaces one goes on without it on
/// a JDK that is made otherwise: that is a `ReflectiveOperationException`, or a `RuntimeException` where it is closed.
final class Internals {
    private Internals() {}

    static Field field(Class<?> type, String name) throws NoSuchFieldException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    /// The value of a field of an object's own class.
    static Object value(Object object, String name) throws ReflectiveOperationException {
        return value(object, object.getClass(), name);
    }

    /// The value of a field that a class declares.
    ///
    /// @throws NoSuchFieldException if there is none, or it is null
    static Object value(Object object, Class<?> type, String name) throws ReflectiveOperationException {
        Object value = field(type, name).get(object);
        if (value == null) throw new NoSuchFieldException(name);
        return value;
    }
}
