package io.weft.concurrent;

import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Field;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A function as it travels: the function, the values of the variables that it reads, and the names of the
/// classes that it reaches. Two with the same content have the same id.
///
/// @param id a hash of the content
/// @param root where its classes come from
/// @param classes the classes that it reaches, to be fetched together
/// @param content the function and the variables, as bytes
@SuppressWarnings("ArrayRecordComponent") // shared with nobody
record Closure(String id, Root root, List<String> classes, byte[] content) {
    private static final int PASSES = 50;
    private static final int JAVA = 0;
    private static final int PLAIN = 1;

    /// The class loader that knows the classes of a closure, in the JVM where they were made.
    ///
    /// @param home the JVM
    /// @param loader the number it gave to the class loader
    record Root(Address home, int loader) implements Serializable {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Root that && loader == that.loader && home.equals(that.home);
        }

        @Override
        public int hashCode() {
            return 31 * home.hashCode() + loader;
        }
    }

    /// The value of a variable: a static field of a user's class.
    record Variable(String owner, String field, @Nullable Object value) implements Serializable {
        /// The field in the class of that name that this class loader knows.
        Field find(ClassLoader loader) {
            try {
                var found = Class.forName(owner, true, loader).getDeclaredField(field);
                found.setAccessible(true);
                return found;
            } catch (ReflectiveOperationException failure) {
                throw new IllegalStateException("cannot set " + owner + "." + field, failure);
            }
        }
    }

    /// Packs a function with the values that its variables have now.
    ///
    /// @param items classes of items that the function will get, whose methods it may call
    /// @throws NotSendableException if the function or one of its variables cannot travel
    static Closure pack(Object function, Set<Class<?>> items) {
        var known = PackedLambda.find(function);
        if (known != null && known.covers(items)) return known;
        if (function instanceof Pool) throw noPool("the function");
        var reach = new Reach();
        items.forEach(reach::addType);
        var trace = new Trace();
        byte[] content = new byte[0];
        var values = new HashMap<Field, @Nullable Object>();
        for (int pass = 0; ; pass++) {
            if (pass == PASSES)
                throw new NotSendableException(
                        "the function cannot be sent to a worker: its variables refer to new ones without end",
                        "",
                        null);
            var variables = new ArrayList<Variable>();
            for (var field : reach.variables().keySet()) {
                if (!values.containsKey(field)) values.put(field, valueOf(field));
                variables.add(new Variable(field.getDeclaringClass().getName(), field.getName(), values.get(field)));
            }
            trace = new Trace();
            try {
                content = content(function, variables, trace);
            } catch (NotSendableException failure) {
                throw explain(function, reach, values, failure);
            }
            int variablesBefore = reach.variables().size();
            var loader = loaderOf(function, trace);
            for (var lambda : trace.lambdas) {
                var owner = find(lambda.getImplClass(), loader);
                if (owner != null) reach.addMethod(owner, lambda.getImplMethodName() + lambda.getImplMethodSignature());
                var capturing = find(lambda.getCapturingClass(), loader);
                if (capturing != null) reach.classes().add(capturing);
                var shown = find(lambda.getFunctionalInterfaceClass(), loader);
                if (shown != null) reach.addType(shown);
            }
            trace.classes.forEach(reach::addType);
            if (reach.variables().size() == variablesBefore) break;
        }
        var loader = loaderOf(function, trace);
        var root = loader instanceof ClosureLoader shipped
                ? shipped.root()
                : Hub.get().rootOf(loader);
        var names = reach.classes().stream().map(Class::getName).toList();
        var closure = new Closure(id(root, content), root, names, content);
        PackedLambda.keep(function, closure, values);
        return closure;
    }

    /// The function and its variables, without Java serialisation where that is possible: the first use of that
    /// takes a worker longer than all else.
    private static byte[] content(Object function, List<Variable> variables, Trace trace) {
        var lambda = ShippedLambda.open(function);
        var out = new Out().putByte(PLAIN);
        var inner = new Trace();
        if (lambda != null && writePlain(out, ShippedLambda.of(lambda), variables, inner)) {
            inner.lambdas.add(lambda);
            trace.addAll(inner);
            return out.toBytes();
        }
        return Codec.write(new Out().putByte(JAVA), new Object[] {function, variables.toArray()}, trace)
                .toBytes();
    }

    /// Writes all names and then all values, if these can be written one by one.
    private static boolean writePlain(Out out, ShippedLambda lambda, List<Variable> variables, Trace trace) {
        lambda.writeNames(out);
        out.putInt(lambda.captured().length).putInt(variables.size());
        for (var variable : variables) out.putString(variable.owner()).putString(variable.field());
        var met = new IdentityHashMap<Object, Boolean>();
        for (var value : lambda.captured()) if (!Codec.writeAlone(out, value, trace, met)) return false;
        for (var variable : variables) if (!Codec.writeAlone(out, variable.value(), trace, met)) return false;
        return true;
    }

    /// Whether it was written value by value; reads up to the names.
    boolean isPlain(In in) {
        return in.getByte() == PLAIN;
    }

    boolean covers(Set<Class<?>> types) {
        return types.stream().allMatch(type -> classes.contains(type.getName()));
    }

    byte[] toBytes() {
        return write(new Out()).toBytes();
    }

    Out write(Out out) {
        out.putString(id).putAddress(root.home()).putInt(root.loader());
        out.putInt(classes.size());
        classes.forEach(out::putString);
        return out.putBytes(content);
    }

    static Closure fromBytes(byte[] bytes) {
        return from(new In(bytes));
    }

    static Closure from(In in) {
        var id = in.getString();
        var root = new Root(in.getAddress(), in.getInt());
        var classes = new String[in.getLength(4)];
        for (int i = 0; i < classes.length; i++) classes[i] = in.getString();
        return new Closure(id, root, List.of(classes), in.getBytes());
    }

    private static ClassLoader loaderOf(Object function, Trace trace) {
        var carried = function instanceof Carrier carrier ? carrier.loader() : null;
        if (carried != null) return carried;
        if (UserClasses.isUser(function.getClass())) return function.getClass().getClassLoader();
        for (var type : trace.classes) return type.getClassLoader();
        var context = Thread.currentThread().getContextClassLoader();
        return context == null ? ClassLoader.getSystemClassLoader() : context;
    }

    private static @Nullable Class<?> find(String internalName, ClassLoader loader) {
        try {
            var type = Class.forName(internalName.replace('/', '.'), false, loader);
            return UserClasses.isUser(type) ? type : null;
        } catch (ClassNotFoundException | LinkageError missing) {
            return null;
        }
    }

    static @Nullable Object valueOf(Field field) {
        try {
            return field.get(null);
        } catch (IllegalAccessException closed) {
            throw new IllegalStateException("cannot read " + field, closed);
        }
    }

    private static String id(Root root, byte[] content) {
        try {
            var hash = MessageDigest.getInstance("SHA-256");
            hash.update((root.home().socket() + root.loader()).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash.digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static NotSendableException noPool(String holder) {
        return new NotSendableException(
                holder + " cannot be sent to a worker: it holds a Pool, and pools do not travel."
                        + " Call the pool from here, with what the task returns.",
                "",
                null);
    }

    /// Tries the variables and the captured values one by one, to name the one at fault.
    private static NotSendableException explain(
            Object function, Reach reach, Map<Field, @Nullable Object> values, NotSendableException failure) {
        for (var variable : reach.variables().entrySet()) {
            var value = values.get(variable.getKey());
            var alone = value == null ? null : failureOf(value);
            if (value != null && alone != null)
                return Unsendable.variable(variable.getKey(), variable.getValue(), value, alone);
        }
        var trace = new Trace();
        try {
            Codec.encode(function, trace);
        } catch (NotSendableException again) {
            for (SerializedLambda lambda : trace.lambdas) {
                var owner = find(lambda.getImplClass(), loaderOf(function, trace));
                for (int i = 0; owner != null && i < lambda.getCapturedArgCount(); i++) {
                    var value = lambda.getCapturedArg(i);
                    var alone = value == null ? null : failureOf(value);
                    if (value != null && alone != null) return Unsendable.captured(lambda, owner, i, value, alone);
                }
            }
            return again;
        }
        return failure;
    }

    private static @Nullable NotSendableException failureOf(Object value) {
        try {
            Codec.encode(value);
            return null;
        } catch (NotSendableException failure) {
            return failure;
        }
    }
}
