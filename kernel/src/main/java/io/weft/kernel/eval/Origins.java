package io.weft.kernel.eval;

import io.weft.kernel.eval.ClassRewriter.Origin;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Knows which cell and line each of JShell's wrapper classes comes from.
///
/// JShell numbers its wrappers: `$JShell$12` first, then `$JShell$12B`, … when it compiles the same
/// declaration again because something that it uses has changed. A number is therefore remembered
/// with the cell that declared it, and forgotten when another cell declares the same thing.
/// Used by the evaluating thread only.
final class Origins {
    private static final Pattern WRAPPER = Pattern.compile("\\$JShell\\$(\\d+)");

    private final Map<String, Origin> byNumber = new HashMap<>();
    private Origin current = new Origin("notebook", 0, false);

    /// Classes with unknown numbers come from here until the next call.
    void enter(Origin origin) {
        current = origin;
    }

    /// Forgets where a wrapper came from, as what it declares is about to be declared again.
    void forget(String className) {
        byNumber.remove(number(className));
    }

    Origin of(String className) {
        return byNumber.computeIfAbsent(number(className), _ -> current);
    }

    private static String number(String className) {
        Matcher wrapper = WRAPPER.matcher(className);
        return wrapper.find() ? wrapper.group(1) : className;
    }
}
