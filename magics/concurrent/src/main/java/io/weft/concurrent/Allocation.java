package io.weft.concurrent;

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes objects whose fields are set afterwards: with the constructor without parameters where a class has one, else
/// with none of its constructors, as Java serialisation does. The JDK has that for libraries of this kind in its module
/// `jdk.unsupported`; where a program leaves that out, such classes do not travel.
final class Allocation {
    private static final String FACTORY = "sun.reflect.ReflectionFactory";

    private static final ClassValue<Optional<Constructor<?>>> CONSTRUCTORS = new ClassValue<>() {
        @Override
        protected Optional<Constructor<?>> computeValue(Class<?> type) {
            return Optional.ofNullable(find(type));
        }
    };

    private Allocation() {}

    static boolean isPossible(Class<?> type) {
        return CONSTRUCTORS.get(type).isPresent();
    }

    static Object of(Class<?> type) throws ReflectiveOperationException {
        var constructor = CONSTRUCTORS.get(type);
        if (constructor.isEmpty()) throw new InstantiationException(type.getName() + " has no usable constructor");
        return constructor.get().newInstance();
    }

    private static @Nullable Constructor<?> find(Class<?> type) {
        if (Modifier.isAbstract(type.getModifiers())) return null;
        try {
            var own = type.getDeclaredConstructor();
            own.setAccessible(true);
            return own;
        } catch (ReflectiveOperationException | RuntimeException none) {
            return findWithout(type);
        }
    }

    private static @Nullable Constructor<?> findWithout(Class<?> type) {
        try {
            var factoryType = Class.forName(FACTORY);
            var factory = factoryType.getMethod("getReflectionFactory").invoke(null);
            var made = factoryType
                    .getMethod("newConstructorForSerialization", Class.class, Constructor.class)
                    .invoke(factory, type, Object.class.getDeclaredConstructor());
            return made instanceof Constructor<?> constructor ? constructor : null;
        } catch (ReflectiveOperationException | RuntimeException absent) {
            return null;
        }
    }
}
