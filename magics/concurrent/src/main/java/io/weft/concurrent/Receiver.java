package io.weft.concurrent;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads what [Sender] wrote, with the classes of one class loader.
final class Receiver extends ObjectInputStream {
    private static final Map<String, Class<?>> PRIMITIVES = Map.of(
            "int", int.class,
            "long", long.class,
            "double", double.class,
            "float", float.class,
            "boolean", boolean.class,
            "char", char.class,
            "byte", byte.class,
            "short", short.class,
            "void", void.class);
    private static final ThreadLocal<@Nullable ClassLoader> CURRENT = new ThreadLocal<>();

    private final ClassLoader loader;

    private Receiver(byte[] bytes, ClassLoader loader) throws IOException {
        super(new ByteArrayInputStream(bytes));
        this.loader = loader;
    }

    /// The class loader that values are being read with.
    static ClassLoader loader() {
        var current = CURRENT.get();
        return current == null ? Receiver.class.getClassLoader() : current;
    }

    static @Nullable Object deserialise(byte[] bytes, ClassLoader loader) {
        try {
            return read(bytes, loader);
        } catch (StackOverflowError deep) {
            if (Threads.isDeep()) throw deep;
            return Threads.<@Nullable Object>deep(() -> read(bytes, loader));
        }
    }

    private static @Nullable Object read(byte[] bytes, ClassLoader loader) {
        var outer = CURRENT.get();
        CURRENT.set(loader);
        try (var receiver = new Receiver(bytes, loader)) {
            return receiver.readObject();
        } catch (IOException | ClassNotFoundException failure) {
            throw new IllegalStateException(
                    "a value from another JVM cannot be read here: " + failure.getMessage(), failure);
        } finally {
            if (outer == null) CURRENT.remove();
            else CURRENT.set(outer);
        }
    }

    /// A class that was rewritten on its way has the same fields, though its computed version differs.
    @Override
    protected ObjectStreamClass readClassDescriptor() throws IOException, ClassNotFoundException {
        var sent = super.readClassDescriptor();
        if (sent.getName().startsWith("[") || PRIMITIVES.containsKey(sent.getName())) return sent;
        var type = find(sent.getName());
        var here = UserClasses.isUser(type) ? ObjectStreamClass.lookup(type) : null;
        return here != null && here.getSerialVersionUID() != sent.getSerialVersionUID() ? here : sent;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description) throws ClassNotFoundException {
        return find(description.getName());
    }

    @Override
    protected Class<?> resolveProxyClass(String[] interfaces) throws ClassNotFoundException {
        var types = new Class<?>[interfaces.length];
        for (int i = 0; i < types.length; i++) types[i] = find(interfaces[i]);
        return Proxy.newProxyInstance(loader, types, (_, _, _) -> null).getClass();
    }

    private Class<?> find(String name) throws ClassNotFoundException {
        var primitive = PRIMITIVES.get(name);
        return primitive == null ? find(name, loader) : primitive;
    }

    static Class<?> find(String name, ClassLoader loader) throws ClassNotFoundException {
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException unknown) {
            return Class.forName(name, false, Receiver.class.getClassLoader());
        }
    }
}
