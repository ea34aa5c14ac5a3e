package io.weft.concurrent;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds what a function can reach: the users' classes, and the variables (static fields that are not final)
/// that their code reads or writes.
///
/// Static methods count when something reached calls them. Instance methods count as soon as their class is
/// reached, since an object of it may be called through an interface of the JDK.
final class Reach {
    private final Set<Class<?>> classes = new LinkedHashSet<>();
    private final Map<Field, Reader> variables = new LinkedHashMap<>();
    private final Set<Class<?>> whole = new HashSet<>();
    private final Set<String> methods = new HashSet<>();
    private final ArrayDeque<Body> open = new ArrayDeque<>();

    /// The method that uses a variable, by name and descriptor.
    record Reader(Class<?> type, String method) {
        String name() {
            return method.substring(0, method.indexOf('('));
        }
    }

    private record Body(Class<?> type, String method, ClassCode.Body code) {}

    Set<Class<?>> classes() {
        return classes;
    }

    /// The variables, each with the method that led to it.
    Map<Field, Reader> variables() {
        return variables;
    }

    /// Adds a method and all that it leads to.
    void addMethod(Class<?> owner, String method) {
        method(owner, method);
        drain();
    }

    /// Adds a class with its instance methods and all that they lead to.
    void addType(Class<?> type) {
        type(type);
        drain();
    }

    private void drain() {
        for (var body = open.poll(); body != null; body = open.poll()) {
            for (var ref : body.code().refs()) {
                switch (ref) {
                    case ClassCode.Ref.ToMethod(var owner, var method, var virtual) -> {
                        var target = find(body.type(), owner);
                        if (target == null) break;
                        if (virtual || method.startsWith("<init>")) type(target);
                        method(target, method);
                    }
                    case ClassCode.Ref.ToStatic(var owner, var field) -> {
                        var target = find(body.type(), owner);
                        if (target != null) variable(target, field, body);
                    }
                    case ClassCode.Ref.ToType(var owner) -> {
                        var target = find(body.type(), owner);
                        if (target != null) type(target);
                    }
                }
            }
        }
    }

    private void type(Class<?> type) {
        if (!UserClasses.isUser(type) || !whole.add(type)) return;
        mention(type);
        ClassCode.of(type).methods().forEach((method, code) -> {
            if (!code.isStatic()) body(type, method, code);
        });
        if (type.getSuperclass() != null) type(type.getSuperclass());
        for (var shown : type.getInterfaces()) type(shown);
    }

    private void method(Class<?> owner, String method) {
        for (Class<?> at = owner; at != null && UserClasses.isUser(at); at = at.getSuperclass()) {
            mention(at);
            var code = ClassCode.of(at).methods().get(method);
            if (code != null) {
                body(at, method, code);
                return;
            }
        }
        for (var shown : owner.getInterfaces()) if (UserClasses.isUser(shown)) method(shown, method);
    }

    private void mention(Class<?> type) {
        if (!classes.add(type)) return;
        var initialiser = ClassCode.of(type).methods().get("<clinit>()V");
        if (initialiser != null) body(type, "<clinit>()V", initialiser);
        if (type.getSuperclass() != null && UserClasses.isUser(type.getSuperclass())) mention(type.getSuperclass());
        for (var shown : type.getInterfaces()) if (UserClasses.isUser(shown)) mention(shown);
        var host = type.getNestHost();
        if (host != type && UserClasses.isUser(host)) mention(host);
    }

    private void body(Class<?> type, String method, ClassCode.Body code) {
        if (methods.add(type.getName() + "." + method)) open.add(new Body(type, method, code));
    }

    private void variable(Class<?> owner, String name, Body reader) {
        for (Class<?> at = owner; at != null && UserClasses.isUser(at); at = at.getSuperclass()) {
            mention(at);
            try {
                var field = at.getDeclaredField(name);
                if (Modifier.isStatic(field.getModifiers())
                        && !Modifier.isFinal(field.getModifiers())
                        && field.trySetAccessible()) {
                    variables.putIfAbsent(field, new Reader(reader.type(), reader.method()));
                }
                return;
            } catch (NoSuchFieldException | LinkageError inherited) {
                // an interface's fields are final, so only superclasses matter
            }
        }
    }

    private static @Nullable Class<?> find(Class<?> from, String name) {
        try {
            var type = Class.forName(name, false, from.getClassLoader());
            return UserClasses.isUser(type) ? type : null;
        } catch (ClassNotFoundException | LinkageError missing) {
            return null; // a worker would not find it either, and says so when it runs
        }
    }
}
