package io.weft.concurrent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The class bytes that this JVM has fetched; each travels once.
final class ClassStore {
    private final Map<Closure.Root, Map<String, byte[]>> known = new ConcurrentHashMap<>();
    private final Set<Closure.Root> silent = ConcurrentHashMap.newKeySet();

    /// Keeps classes that came without being asked for, from a JVM that cannot be asked.
    void put(Closure.Root root, List<String> names, List<byte[]> bytes) {
        silent.add(root);
        var classes = of(root);
        for (int i = 0; i < names.size(); i++) classes.put(names.get(i), bytes.get(i));
    }

    /// Keeps classes that came without being asked for, from a JVM that can be asked for others.
    void add(Closure.Root root, Map<String, byte[]> classes) {
        of(root).putAll(classes);
    }

    /// The bytes of the classes that exist, by name.
    Map<String, byte[]> get(Closure.Root root, List<String> names) {
        var classes = of(root);
        var found = new HashMap<String, byte[]>();
        var missing = new ArrayList<String>();
        for (var name : names) {
            var bytes = classes.get(name);
            if (bytes == null) missing.add(name);
            else if (bytes.length > 0) found.put(name, bytes);
        }
        if (missing.isEmpty() || silent.contains(root)) return found;
        var fetched = Hub.get().fetchClasses(root, missing);
        for (int i = 0; i < missing.size(); i++) {
            classes.put(missing.get(i), fetched.get(i));
            if (fetched.get(i).length > 0) found.put(missing.get(i), fetched.get(i));
        }
        return found;
    }

    private Map<String, byte[]> of(Closure.Root root) {
        var classes = known.get(root);
        if (classes != null) return classes;
        var fresh = new ConcurrentHashMap<String, byte[]>();
        var other = known.putIfAbsent(root, fresh);
        return other == null ? fresh : other;
    }
}
