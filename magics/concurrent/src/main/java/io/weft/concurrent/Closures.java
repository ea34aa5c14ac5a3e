package io.weft.concurrent;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The functions that came from other JVMs and are ready to run, the least used forgotten first.
final class Closures {
    private static final int KEPT = 64;

    private final ClassStore store = new ClassStore();

    /// What they take is about that of their bytes, and an eighth of the memory is for all but the last.
    private final Latest<Opened> opened =
            new Latest<>(KEPT, Runtime.getRuntime().maxMemory() / 8, Opened::bytes);

    /// Those that were brought before anybody asked for them.
    private final Map<String, Closure> brought = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Closure> eldest) {
            return size() > KEPT;
        }
    };

    /// A function with the class loader of its classes.
    record Ready(Object function, ClassLoader loader) {}

    /// The function of that id for a task of a call, fetched from `origin` if it is not here yet.
    Ready get(String id, long call, Address origin) {
        var known = opened.get(id);
        if (known == null) {
            opened.makeRoom();
            Closure here;
            synchronized (brought) {
                here = brought.remove(id);
            }
            known = opened.putIfAbsent(id, open(here != null ? here : Hub.get().fetchClosure(origin, id), origin));
        }
        return ready(known, call);
    }

    /// The function of a closure that came with its classes.
    Ready get(Closure closure, List<byte[]> classes) {
        var known = opened.get(closure.id());
        if (known == null) {
            store.put(closure.root(), closure.classes(), classes);
            known = opened.putIfAbsent(closure.id(), open(closure, null));
        }
        return ready(known, Opened.ONCE);
    }

    private static Ready ready(Opened opened, long call) {
        return new Ready(opened.function(call), opened.loader());
    }

    /// Keeps a closure that will be needed, and classes of it that are not here yet.
    void bring(Closure closure, Map<String, byte[]> classes) {
        store.add(closure.root(), classes);
        synchronized (brought) {
            brought.put(closure.id(), closure);
        }
    }

    private Opened open(Closure closure, @Nullable Address origin) {
        var home = Hub.get().loaderAtHome(closure.root());
        var loader = home != null ? home : new ClosureLoader(closure.root(), store, closure.classes());
        return new Opened(closure, loader, home == null, origin);
    }
}
