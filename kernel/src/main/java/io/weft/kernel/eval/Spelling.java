package io.weft.kernel.eval;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Finds the name that somebody may have meant.
final class Spelling {
    private Spelling() {}

    /// The known name that is nearest to a misspelt one, if one is near.
    static Optional<String> nearest(String misspelt, Collection<String> known) {
        int tolerated = misspelt.length() < 3 ? 0 : misspelt.length() < 5 ? 1 : 2;
        return known.stream()
                .filter(name -> !name.equals(misspelt) && Math.abs(name.length() - misspelt.length()) <= tolerated)
                .filter(name -> distance(misspelt, name) <= tolerated)
                .min(Comparator.comparingInt((String name) -> distance(misspelt, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /// The number of characters to insert, delete, replace or exchange with their neighbour to turn one name into the
    /// other; upper case instead of lower case counts as nothing.
    static int distance(String left, String right) {
        String from = left.toLowerCase(Locale.ROOT);
        String to = right.toLowerCase(Locale.ROOT);
        int[][] edits = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) edits[i][0] = i;
        for (int j = 0; j <= to.length(); j++) edits[0][j] = j;
        for (int i = 1; i <= from.length(); i++)
            for (int j = 1; j <= to.length(); j++) {
                int replaced = edits[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                edits[i][j] = Math.min(replaced, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
                boolean exchanged = i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
                if (exchanged) edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
            }
        return edits[from.length()][to.length()];
    }
}
