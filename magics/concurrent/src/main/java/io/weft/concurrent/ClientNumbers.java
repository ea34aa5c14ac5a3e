package io.weft.concurrent;

import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// Numbers for JVMs that use the locks of this one, small enough to stand in a word.
///
/// A JVM that has ended keeps its number until many others have ended too: a call of its last moments may still be
/// served.
final class ClientNumbers {
    /// The number of the JVM where the lock lives.
    static final int HOME = 1;

    private static final int MOST = 0xfffe;
    private static final int ENDED_KEPT = 1024;

    private final Map<String, Integer> numbers = new HashMap<>();
    private final BitSet used = new BitSet();
    private final Map<String, Integer> ended = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            if (size() <= ENDED_KEPT) return false;
            numbers.remove(eldest.getKey());
            used.clear(eldest.getValue());
            return true;
        }
    };
    private int latest = HOME;

    ClientNumbers(String home) {
        numbers.put(home, HOME);
        used.set(HOME);
    }

    synchronized int of(String jvm) {
        return numbers.computeIfAbsent(jvm, _ -> fresh());
    }

    private int fresh() {
        int number = used.nextClearBit(latest + 1);
        if (number > MOST) number = used.nextClearBit(HOME + 1);
        if (number > MOST) throw new IllegalStateException("too many JVMs share locks: " + MOST);
        used.set(number);
        latest = number;
        return number;
    }

    /// The number of a JVM that has ended; 0 if it never had one.
    synchronized int ended(String jvm) {
        var number = numbers.get(jvm);
        if (number == null) return 0;
        ended.put(jvm, number);
        return number;
    }
}
