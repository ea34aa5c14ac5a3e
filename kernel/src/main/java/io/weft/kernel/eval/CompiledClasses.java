package io.weft.kernel.eval;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaFileObject;
import org.jspecify.annotations.Nullable;

/// The classes that JShell has compiled, by binary name: who goes through them sees those that matter now.
///
/// JShell goes through them for the compiler alone, which asks in each pass what the package of all cells holds, and
/// makes a symbol for each class: after a thousand cells that was a third of the time of `1 + 1`. What matters are the
/// wrapper classes that the code can name, with all that their class files mention. Guarded by the session's lock.
final class CompiledClasses extends TreeMap<String, JavaFileObject> {
    private static final long serialVersionUID = 1;
    private static final Pattern WRAPPER = Pattern.compile("REPL/(\\$JShell\\$[0-9A-Z_]+)");
    private static final String PACKAGE = "REPL.";

    private final transient Supplier<@Nullable Set<String>> named;
    /// Weak, since a class that is compiled again has another file.
    private final transient Map<JavaFileObject, Set<String>> mentioned = new WeakHashMap<>();

    /// @param named the full names of the wrapper classes that code can name now; null for all
    CompiledClasses(Supplier<@Nullable Set<String>> named) {
        this.named = named;
    }

    @Override
    public Collection<JavaFileObject> values() {
        Set<String> roots = named.get();
        if (roots == null) return super.values();
        var found = new ArrayList<JavaFileObject>();
        var waiting = new ArrayDeque<>(roots);
        var seen = new HashSet<>(roots);
        while (!waiting.isEmpty()) {
            for (JavaFileObject file : of(waiting.remove())) {
                found.add(file);
                for (String wrapper : mentioned.computeIfAbsent(file, CompiledClasses::mentionedIn))
                    if (seen.add(wrapper)) waiting.add(wrapper);
            }
        }
        return found;
    }

    /// A wrapper class and the classes inside of it.
    private List<JavaFileObject> of(String wrapper) {
        var files = new ArrayList<>(
                subMap(wrapper + '$', wrapper + (char) ('$' + 1)).values());
        JavaFileObject own = get(wrapper);
        if (own != null) files.add(own);
        return files;
    }

    private static Set<String> mentionedIn(JavaFileObject file) {
        try (var bytes = file.openInputStream()) {
            Matcher wrapper = WRAPPER.matcher(new String(bytes.readAllBytes(), StandardCharsets.ISO_8859_1));
            return wrapper.results()
                    .map((MatchResult result) -> PACKAGE + result.group(1))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
