package io.weft.kernel.assist;

import io.weft.kernel.assist.Completion.Match;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What could stand at the cursor, as it is being found: overloads merged, the best first.
final class Candidates {
    /// More matches than this nobody reads; the front end asks again after the next letter.
    private static final int MAX_MATCHES = 500;

    private static final int MAX_SIGNATURES = 8;
    private static final int EXPECTED = 1_000;
    private static final int DEPRECATED = 10_000;
    private static final int OTHER_CASE = 100;

    private final String prefix;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    Candidates(String prefix) {
        this.prefix = prefix;
    }

    /// How near a candidate is; nearer ones come first.
    enum Group {
        LOCAL(0),
        OWN(1),
        NOTEBOOK(2),
        KEYWORD(3),
        INHERITED(4),
        IMPORTED(5),
        OBJECT(6),
        ELSEWHERE(7);

        private final int distance;

        Group(int distance) {
            this.distance = distance;
        }
    }

    private static final class Entry {
        private final String name;
        private final String type;
        private final List<String> signatures = new ArrayList<>();
        private String text;
        private int rank = Integer.MAX_VALUE;

        Entry(String name, String type, String text) {
            this.name = name;
            this.type = type;
            this.text = text;
        }
    }

    String prefix() {
        return prefix;
    }

    /// Whether a name could complete what has been typed.
    boolean accepts(String name) {
        return name.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /// Adds a name whose text is the name itself.
    void add(String name, String type, String signature, Group group) {
        add(name, name, type, signature, group, false, false);
    }

    /// Adds a candidate, or another overload of one.
    ///
    /// @param name what has to start with the prefix
    /// @param text what is put in
    void add(
            String name,
            String text,
            String type,
            String signature,
            Group group,
            boolean expected,
            boolean deprecated) {
        if (!accepts(name)) return;
        int rank = group.distance
                - (expected ? EXPECTED : 0)
                + (deprecated ? DEPRECATED : 0)
                + (name.startsWith(prefix) ? 0 : OTHER_CASE);
        boolean method = type.equals("function");
        // a name that is nearer hides one that is not a method
        String key = method ? name + "(" : text;
        Entry entry = entries.computeIfAbsent(key, _ -> new Entry(name, type, text));
        if (!method && entry.rank != Integer.MAX_VALUE) return;
        if (text.length() < entry.text.length() && text.endsWith("(")) entry.text = text;
        if (!signature.isEmpty() && !entry.signatures.contains(signature)) entry.signatures.add(signature);
        entry.rank = Math.min(entry.rank, rank);
    }

    List<Match> matches() {
        return entries.values().stream()
                .sorted(Comparator.<Entry>comparingInt(entry -> entry.rank)
                        .thenComparing(entry -> entry.name, String.CASE_INSENSITIVE_ORDER)
                        .thenComparing(entry -> entry.text))
                .limit(MAX_MATCHES)
                .map(entry -> new Match(entry.text, entry.type, signature(entry.signatures)))
                .toList();
    }

    private static String signature(List<String> signatures) {
        if (signatures.size() <= MAX_SIGNATURES) return String.join("\n", signatures);
        return String.join("\n", signatures.subList(0, MAX_SIGNATURES)) + "\n… and "
                + (signatures.size() - MAX_SIGNATURES) + " more";
    }
}
