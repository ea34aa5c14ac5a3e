package io.weft.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whoever gives null where there must be something is told which parameter it was, before anything happens.
@Timeout(60)
class NullArgumentsTest {
    /// What JVMs call, not users, and what users write themselves.
    private static final List<Class<?>> OTHERS =
            List.of(WorkerMain.class, StartupCache.class, StartupCache.Lesson.class);

    @Test
    void everyMethod_namesTheParameterThatIsNull() throws Exception {
        var wrong = new ArrayList<String>();
        int tried = 0;
        try (var pool = Pool.ofThreads(1);
                var manager = Manager.local()) {
            var objects = objects(pool, manager);
            for (var type : publicTypes()) {
                for (var method : type.getDeclaredMethods()) {
                    if (!isForUsers(method)) continue;
                    var parameters = method.getParameters();
                    for (int i = 0; i < parameters.length; i++) {
                        if (!mustBeThere(parameters[i])) continue;
                        var object = Modifier.isStatic(method.getModifiers()) ? null : objects.get(type);
                        if (object == null && !Modifier.isStatic(method.getModifiers())) {
                            wrong.add("no object to try " + method);
                            continue;
                        }
                        tried++;
                        var said = answer(method, object, arguments(parameters, i));
                        if (!said.equals(parameters[i].getName()))
                            wrong.add(method + ", " + parameters[i].getName() + ": " + said);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(tried).isGreaterThan(100);
    }

    private static Map<Class<?>, Object> objects(Pool pool, Manager manager) throws Exception {
        var objects = new HashMap<Class<?>, Object>();
        var all = List.<Object>of(
                pool,
                Pool.builder(),
                pool.stream(List.of(1)),
                manager,
                manager.dict(),
                manager.list(),
                manager.set(),
                manager.namespace(),
                manager.value(1),
                manager.array(1),
                manager.array(new int[1]),
                manager.array(new long[1]),
                manager.array(new String[1]),
                manager.lock(),
                manager.condition(),
                manager.semaphore(1),
                manager.event(),
                manager.barrier(1),
                manager.latch(1),
                manager.queue(),
                Pipe.open().left(),
                WorkerProcess.builder(),
                WorkerProcess.start(() -> {}));
        for (var object : all) objects.put(object.getClass(), object);
        return objects;
    }

    private static List<Class<?>> publicTypes() throws Exception {
        var folder = new File(
                Pool.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        var files = Objects.requireNonNull(new File(folder, "io/weft/concurrent").list());
        var types = new ArrayList<Class<?>>();
        for (var file : files) {
            if (!file.endsWith(".class") || file.equals("package-info.class")) continue;
            var type = Class.forName("io.weft.concurrent." + file.substring(0, file.length() - ".class".length()));
            if (isPublic(type) && !type.isInterface() && !OTHERS.contains(type)) types.add(type);
        }
        return types;
    }

    private static boolean isPublic(Class<?> type) {
        for (Class<?> at = type; at != null; at = at.getEnclosingClass())
            if (!Modifier.isPublic(at.getModifiers())) return false;
        return true;
    }

    private static boolean isForUsers(Method method) {
        return Modifier.isPublic(method.getModifiers())
                && !method.isSynthetic()
                && !method.getName().equals("valueOf")
                && !method.getName().equals("equals");
    }

    private static boolean mustBeThere(Parameter parameter) {
        return !parameter.getType().isPrimitive()
                && parameter.getType() != Object.class
                && !(parameter.getParameterizedType() instanceof TypeVariable)
                && !parameter.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static @Nullable Object[] arguments(Parameter[] parameters, int missing) {
        var arguments = new @Nullable Object[parameters.length];
        for (int i = 0; i < arguments.length; i++) if (i != missing) arguments[i] = something(parameters[i].getType());
        return arguments;
    }

    private static @Nullable Object something(Class<?> type) {
        if (type == int.class) return 1;
        if (type == long.class) return 1L;
        if (type == double.class) return 1.0;
        if (type == boolean.class) return true;
        if (type == String.class) return "1m";
        if (type.isArray()) return java.lang.reflect.Array.newInstance(type.getComponentType(), 1);
        if (type.isInterface())
            return Proxy.newProxyInstance(
                    NullArgumentsTest.class.getClassLoader(), new Class<?>[] {type}, (_, _, _) -> null);
        if (type.isEnum()) return type.getEnumConstants()[0];
        if (type == java.time.Duration.class) return java.time.Duration.ofMillis(1);
        if (type == Class.class) return Runnable.class;
        if (type == java.net.URI.class) return java.net.URI.create("weft://localhost:1");
        return null;
    }

    private static String answer(Method method, @Nullable Object object, @Nullable Object[] arguments)
            throws IllegalAccessException {
        try {
            method.invoke(object, arguments);
            return "nothing was said";
        } catch (InvocationTargetException thrown) {
            var failure = thrown.getCause();
            if (failure instanceof NullPointerException) return String.valueOf(failure.getMessage());
            return String.valueOf(failure);
        }
    }
}
