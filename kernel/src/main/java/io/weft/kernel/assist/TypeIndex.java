package io.weft.kernel.assist;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The names of all types that could be imported: those of the JDK and of the notebook's class path.
///
/// The JDK's are listed once, when they are first needed; a jar's when it has changed. Used by one thread at a time.
final class TypeIndex {
    /// A folder on the class path with more classes than this is listed in part.
    private static final int MAX_FILES = 20_000;

    private @Nullable Names jdk;
    private @Nullable List<String> modules;
    private final Map<Path, Dated> byPath = new HashMap<>();
    private List<Path> classPath = List.of();

    private record Dated(FileTime time, Names names) {}

    /// The types of one place.
    ///
    /// @param bySimpleName packages by the simple names of their types, in an order that ignores case
    /// @param byPackage    simple names by package
    private record Names(TreeMap<String, List<String>> bySimpleName, TreeMap<String, Set<String>> byPackage) {
        Names() {
            this(
                    new TreeMap<>(String.CASE_INSENSITIVE_ORDER.thenComparing(Comparator.naturalOrder())),
                    new TreeMap<>());
        }

        /// Adds a class file, unless its class is nested or has no name.
        void add(String file) {
            if (!file.endsWith(".class") || file.indexOf('$') >= 0 || file.endsWith("-info.class")) return;
            if (file.startsWith("META-INF/")) return;
            int slash = file.lastIndexOf('/');
            if (slash < 0) return;
            String packageName = file.substring(0, slash).replace('/', '.');
            String name = file.substring(slash + 1, file.length() - ".class".length());
            bySimpleName.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(packageName);
            byPackage.computeIfAbsent(packageName, _ -> new TreeSet<>()).add(name);
        }
    }

    /// Looks at these jars and folders from now on.
    void use(List<Path> paths) {
        classPath = paths;
        byPath.keySet().retainAll(paths);
    }

    /// The qualified names of types whose simple name starts with this, in whatever case.
    List<String> startingWith(String prefix) {
        var found = new ArrayList<String>();
        for (Names names : all()) {
            for (var entry : names.bySimpleName()
                    .tailMap(prefix.toUpperCase(Locale.ROOT), true)
                    .entrySet()) {
                if (!entry.getKey().regionMatches(true, 0, prefix, 0, prefix.length())) break;
                for (String packageName : entry.getValue()) found.add(packageName + "." + entry.getKey());
            }
        }
        return found;
    }

    /// The qualified names of types with this simple name.
    List<String> named(String name) {
        var found = new ArrayList<String>();
        for (Names names : all())
            for (String packageName : names.bySimpleName().getOrDefault(name, List.of()))
                found.add(packageName + "." + name);
        return found;
    }

    /// The simple names of the types in a package.
    Set<String> typesOf(String packageName) {
        var found = new TreeSet<String>();
        for (Names names : all()) found.addAll(names.byPackage().getOrDefault(packageName, Set.of()));
        return found;
    }

    /// The names one step below a package, such as `util` for `java`; of the root for the empty name.
    Set<String> packagesBelow(String packageName) {
        String prefix = packageName.isEmpty() ? "" : packageName + ".";
        var found = new LinkedHashSet<String>();
        for (Names names : all())
            for (String name : names.byPackage().tailMap(prefix, true).keySet()) {
                if (!name.startsWith(prefix)) break;
                int dot = name.indexOf('.', prefix.length());
                if (name.length() > prefix.length())
                    found.add(name.substring(prefix.length(), dot < 0 ? name.length() : dot));
            }
        return found;
    }

    /// The names of the JDK's modules.
    List<String> modules() {
        List<String> names = modules;
        if (names == null) {
            names = ModuleFinder.ofSystem().findAll().stream()
                    .map(reference -> reference.descriptor().name())
                    .sorted()
                    .toList();
            modules = names;
        }
        return names;
    }

    private List<Names> all() {
        var all = new ArrayList<Names>();
        Names system = jdk;
        if (system == null) {
            system = ofJdk();
            jdk = system;
        }
        all.add(system);
        for (Path path : classPath) all.add(of(path));
        return all;
    }

    private static Names ofJdk() {
        var names = new Names();
        for (ModuleReference module : ModuleFinder.ofSystem().findAll()) {
            ModuleDescriptor descriptor = module.descriptor();
            if (descriptor.name().startsWith("jdk.incubator")) continue;
            var exported = new LinkedHashSet<String>();
            for (var export : descriptor.exports())
                if (!export.isQualified()) exported.add(export.source().replace('.', '/'));
            if (exported.isEmpty()) continue;
            try (ModuleReader reader = module.open();
                    Stream<String> files = reader.list()) {
                files.filter(file -> file.lastIndexOf('/') > 0
                                && exported.contains(file.substring(0, file.lastIndexOf('/'))))
                        .forEach(names::add);
            } catch (IOException _) {
                // a module that cannot be read has nothing to offer
            }
        }
        return names;
    }

    private Names of(Path path) {
        try {
            FileTime time = Files.getLastModifiedTime(path);
            Dated known = byPath.get(path);
            if (known != null && known.time().equals(time)) return known.names();
            var names = new Names();
            if (Files.isDirectory(path)) list(path, names);
            else
                try (var jar = new JarFile(path.toFile())) {
                    jar.stream().forEach(entry -> names.add(entry.getName()));
                }
            byPath.put(path, new Dated(time, names));
            return names;
        } catch (IOException _) {
            return new Names();
        }
    }

    private static void list(Path folder, Names names) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.limit(MAX_FILES)
                    .forEach(
                            file -> names.add(folder.relativize(file).toString().replace(File.separatorChar, '/')));
        }
    }
}
