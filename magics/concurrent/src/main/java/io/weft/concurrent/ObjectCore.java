package io.weft.concurrent;

import java.lang.reflect.Method;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An object of a user's class where it lives: one call after the other, under the object's own monitor, so that a
/// method that calls `wait()` lets others in.
final class ObjectCore implements ObjectOps {
    private final Object target;
    private final String type;
    private final @Nullable ClassLoader loader;
    private final Map<String, Method> methods;

    /// @param loader the class loader that the object's class came with; null if it was made here
    ObjectCore(Object target, Class<?> type, @Nullable ClassLoader loader) {
        this.target = target;
        this.type = type.getName();
        this.loader = loader;
        this.methods = Live.methods(type);
        methods.values().forEach(method -> method.setAccessible(true));
    }

    @Override
    public @Nullable Object call(String signature, @Nullable Object[] arguments) throws Exception {
        var method = methods.get(signature);
        if (method == null) throw new NoSuchMethodException(signature + " of " + type);
        var given = arguments.clone();
        for (int i = 0; i < given.length; i++)
            if (given[i] instanceof Blob(var bytes))
                given[i] = Codec.decode(bytes, loader == null ? Hub.get().arrivals() : loader);
        try {
            synchronized (target) {
                return Hub.invoke(target, method, given);
            }
        } catch (Throwable failure) {
            throw Failures.<RuntimeException>sneak(failure);
        }
    }

    @Override
    public String type() {
        return type;
    }
}
