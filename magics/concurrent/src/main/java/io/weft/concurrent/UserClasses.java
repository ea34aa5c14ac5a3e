package io.weft.concurrent;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.net.URL;
import java.security.CodeSource;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tells the classes that have to travel from those that every JVM of the session has: the JDK's and ours.
@SuppressWarnings("ReferenceEquality") // class loaders have no other equality
final class UserClasses {
    private static final Set<String> JDK_MODULES = ModuleFinder.ofSystem().findAll().stream()
            .map(found -> found.descriptor().name())
            .collect(Collectors.toUnmodifiableSet());
    private static final @Nullable URL LIBRARY = location(UserClasses.class);
    private static final ClassValue<Boolean> USER = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            var loader = type.getClassLoader();
            if (loader == null || loader == ClassLoader.getPlatformClassLoader()) return false;
            if (type.getModule().isNamed()
                    && JDK_MODULES.contains(type.getModule().getName())) return false;
            boolean ours = type.getName().startsWith("io.weft.concurrent.")
                    && loader == UserClasses.class.getClassLoader()
                    && Objects.equals(String.valueOf(location(type)), String.valueOf(LIBRARY));
            return !ours;
        }
    };

    private UserClasses() {}

    static boolean isUser(Class<?> type) {
        var element = type;
        while (element.isArray()) element = element.getComponentType();
        return !element.isPrimitive() && USER.get(element);
    }

    /// Whether a frame, also one of another JVM, is of the JDK.
    static boolean isOfJdk(StackTraceElement frame) {
        return frame.getModuleName() != null && JDK_MODULES.contains(frame.getModuleName());
    }

    /// The bytes that a class was defined with, as its own class loader gives them.
    static byte @Nullable [] bytes(Class<?> type) {
        var loader = type.getClassLoader();
        if (loader == null || type.isHidden()) return null;
        try (var in = loader.getResourceAsStream(type.getName().replace('.', '/') + ".class")) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException unreadable) {
            return null;
        }
    }

    private static @Nullable URL location(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null ? null : source.getLocation();
    }
}
