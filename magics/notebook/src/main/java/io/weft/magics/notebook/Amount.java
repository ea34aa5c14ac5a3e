package io.weft.magics.notebook;

import java.util.Locale;

/// Amounts of time and memory as people read them.
final class Amount {
    private static final String[] BYTES = {"B", "kB", "MB", "GB", "TB"};
    private static final String[] TIMES = {"ns", "µs", "ms", "s"};

    private Amount() {}

    /// Such as `512 B` or `1.2 MB`, in powers of 1000.
    static String bytes(long count) {
        return scaled((double) Math.max(0, count), BYTES);
    }

    /// Such as `830 ns`, `1.24 ms` or `2 min 5 s`.
    static String nanos(long nanos) {
        return nanos((double) nanos);
    }

    /// Such as `830 ns`, `1.24 ms` or `2 min 5 s`.
    static String nanos(double nanos) {
        double seconds = nanos / 1e9;
        if (seconds >= 60) return "%d min %d s".formatted((long) seconds / 60, (long) seconds % 60);
        return scaled(Math.max(0, nanos), TIMES);
    }

    /// Three digits that count and the unit that fits.
    private static String scaled(double value, String[] units) {
        int unit = 0;
        double rest = value;
        while (rest >= 999.5 && unit < units.length - 1) {
            rest /= 1000;
            unit++;
        }
        String digits = rest == Math.rint(rest) || rest >= 99.95
                ? String.format(Locale.ROOT, "%.0f", rest)
                : rest >= 9.995 ? String.format(Locale.ROOT, "%.1f", rest) : String.format(Locale.ROOT, "%.2f", rest);
        return digits + " " + units[unit];
    }
}
