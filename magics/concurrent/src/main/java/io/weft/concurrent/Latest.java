package io.weft.concurrent;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Values by id, of which the least used are forgotten once they are too many, or too large together.
///
/// **Threads.** Any thread may use it.
final class Latest<V> {
    private final int most;
    private final long mostBytes;
    private final ToLongFunction<V> bytesOf;
    private final Map<String, V> values = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /// @param most so many are kept
    /// @param mostBytes what they may take together; the one that was added last stays in any case
    Latest(int most, long mostBytes, ToLongFunction<V> bytesOf) {
        this.most = most;
        this.mostBytes = mostBytes;
        this.bytesOf = bytesOf;
    }

    synchronized @Nullable V get(String id) {
        return values.get(id);
    }

    synchronized void put(String id, V value) {
        remove(id);
        values.put(id, value);
        bytes += bytesOf.applyAsLong(value);
        while (values.size() > most || (bytes > mostBytes && values.size() > 1)) removeEldest();
    }

    /// Keeps a value unless there is one of that id.
    ///
    /// @return the one that is kept
    synchronized V putIfAbsent(String id, V value) {
        var known = values.get(id);
        if (known != null) return known;
        put(id, value);
        return value;
    }

    synchronized @Nullable V remove(String id) {
        var removed = values.remove(id);
        if (removed != null) bytes -= bytesOf.applyAsLong(removed);
        return removed;
    }

    /// Forgets the last one too, if it alone takes more than all may.
    synchronized void makeRoom() {
        while (bytes > mostBytes) removeEldest();
    }

    private void removeEldest() {
        remove(values.keySet().iterator().next());
    }
}
