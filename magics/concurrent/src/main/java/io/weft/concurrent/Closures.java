package io.weft.concurrent;

import java.io.ObjectStreamException;
import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The functions that came from other JVMs and are ready to run, the least used forgotten first.
final class Closures {
    private static final int KEPT = 64;

    private final ClassStore store = new ClassStore();
    private final Map<String, Ready> ready = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Ready> eldest) {
            return size() > KEPT;
        }
    };

    /// Those that were brought before anybody asked for them.
    private final Map<String, Closure> brought = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Closure> eldest) {
            return size() > KEPT;
        }
    };

    /// A function with the class loader of its classes.
    record Ready(Object function, ClassLoader loader) {}

    /// The function of that id, fetched from `origin` if it is not here yet.
    Ready get(String id, Address origin) {
        synchronized (ready) {
            var known = ready.get(id);
            if (known != null) return known;
        }
        Closure here;
        synchronized (brought) {
            here = brought.remove(id);
        }
        var unpacked = unpack(here != null ? here : Hub.get().fetchClosure(origin, id));
        synchronized (ready) {
            var other = ready.putIfAbsent(id, unpacked);
            return other == null ? unpacked : other;
        }
    }

    /// The function of a closure that came with its classes.
    Ready get(Closure closure, List<byte[]> classes) {
        synchronized (ready) {
            var known = ready.get(closure.id());
            if (known != null) return known;
        }
        store.put(closure.root(), closure.classes(), classes);
        var unpacked = unpack(closure);
        synchronized (ready) {
            var other = ready.putIfAbsent(closure.id(), unpacked);
            return other == null ? unpacked : other;
        }
    }

    /// Keeps a closure that will be needed, and classes of it that are not here yet.
    void bring(Closure closure, Map<String, byte[]> classes) {
        store.add(closure.root(), classes);
        synchronized (brought) {
            brought.put(closure.id(), closure);
        }
    }

    private Ready unpack(Closure closure) {
        var home = Hub.get().loaderAtHome(closure.root());
        var loader = home != null ? home : new ClosureLoader(closure.root(), store, closure.classes());
        Object[] content;
        try {
            content = closure.open(loader);
        } catch (ObjectStreamException failure) {
            throw new IllegalStateException("a function from another JVM cannot be read here: " + failure, failure);
        }
        if (home == null) {
            for (var variable : Codec.array(content[1])) assign((Closure.Variable) variable, loader);
        }
        return new Ready(java.util.Objects.requireNonNull(content[0]), loader);
    }

    private static void assign(Closure.@Nullable Variable variable, ClassLoader loader) {
        if (variable == null) return;
        try {
            Field field = Class.forName(variable.owner(), true, loader).getDeclaredField(variable.field());
            field.setAccessible(true);
            field.set(null, variable.value());
        } catch (ReflectiveOperationException failure) {
            throw new IllegalStateException("cannot set " + variable.owner() + "." + variable.field(), failure);
        }
    }
}
