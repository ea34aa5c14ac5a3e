package io.weft.concurrent;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URL;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Defines the classes of one closure from bytes that come from the JVM where they were made.
final class ClosureLoader extends ClassLoader {
    static {
        registerAsParallelCapable();
    }

    private final Closure.Root root;
    private final ClassStore store;
    private final Map<String, byte[]> shipped = new ConcurrentHashMap<>();

    ClosureLoader(Closure.Root root, ClassStore store, List<String> classes) {
        super("closure", ClosureLoader.class.getClassLoader());
        this.root = root;
        this.store = store;
        shipped.putAll(store.get(root, classes));
    }

    Closure.Root root() {
        return root;
    }

    /// Users' classes win over ours only where we have none of that name: in a worker that is always so, but
    /// in a program that holds both on one class path the parent knows them too.
    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            var known = findLoadedClass(name);
            if (known != null) return known;
            if (shipped.containsKey(name)) return findClass(name);
            return super.loadClass(name, resolve);
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        var bytes = bytes(name);
        if (bytes == null)
            throw new ClassNotFoundException(name + " (neither here nor in "
                    + root.home().name() + ", pid " + root.home().pid() + ", where the function comes from)");
        return defineClass(name, bytes, 0, bytes.length);
    }

    /// Answers for class files, so that a function of these classes can be shipped on.
    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
        if (name.endsWith(".class")) {
            var bytes =
                    bytes(name.substring(0, name.length() - ".class".length()).replace('/', '.'));
            if (bytes != null) return new ByteArrayInputStream(bytes);
        }
        return super.getResourceAsStream(name);
    }

    @Override
    protected @Nullable URL findResource(String name) {
        return null;
    }

    private byte @Nullable [] bytes(String name) {
        var known = shipped.get(name);
        if (known != null || ShippedLambda.isLookup(name)) return known;
        var fetched = store.get(root, List.of(name)).get(name);
        if (fetched != null) shipped.put(name, fetched);
        return fetched;
    }
}
