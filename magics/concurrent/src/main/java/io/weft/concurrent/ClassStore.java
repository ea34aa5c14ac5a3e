package io.weft.concurrent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The class bytes that this JVM has fetched; each travels once.
final class ClassStore {
    private record Key(Closure.Root root, String name) {}

    private final Map<Key, byte[]> known = new ConcurrentHashMap<>();

    /// The bytes of the classes that exist, by name.
    Map<String, byte[]> get(Closure.Root root, List<String> names) {
        var found = new HashMap<String, byte[]>();
        var missing = new ArrayList<String>();
        for (var name : names) {
            var bytes = known.get(new Key(root, name));
            if (bytes == null) missing.add(name);
            else if (bytes.length > 0) found.put(name, bytes);
        }
        if (missing.isEmpty()) return found;
        var fetched = Hub.get().fetchClasses(root, missing);
        for (int i = 0; i < missing.size(); i++) {
            known.put(new Key(root, missing.get(i)), fetched.get(i));
            if (fetched.get(i).length > 0) found.put(missing.get(i), fetched.get(i));
        }
        return found;
    }
}
