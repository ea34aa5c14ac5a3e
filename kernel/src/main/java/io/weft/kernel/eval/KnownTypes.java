package io.weft.kernel.eval;

import java.io.IOException;
import java.lang.module.ModuleDescriptor.Exports;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/// Finds the classes of the JDK and of the notebook's class path by their simple names.
///
/// Looks only when it is asked, which takes some milliseconds, and keeps no index of the JDK. Thread-safe.
final class KnownTypes {
    /// As many suggestions as a reader can choose from.
    private static final int SUGGESTED = 4;
    /// What people mean most often comes first.
    private static final List<String> USUAL = List.of("java.util.", "java.time.", "java.nio.", "java.net.", "java.");

    private static final Pattern SIMPLE_NAME = Pattern.compile("\\w+");

    private final URLClassLoader classPath;
    private final Map<String, List<String>> classesOfJars = new ConcurrentHashMap<>();

    /// @param classPath the loader whose jars and folders are searched
    KnownTypes(URLClassLoader classPath) {
        this.classPath = classPath;
    }

    /// The full names of the public classes that have a simple name, the likeliest first; not many.
    List<String> named(String simpleName) {
        if (!SIMPLE_NAME.matcher(simpleName).matches()) return List.of();
        var found =
                new TreeSet<String>(Comparator.comparingInt(KnownTypes::rank).thenComparing(name -> name));
        Path modules = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules");
        for (Map.Entry<String, String> exported : exportedPackages().entrySet()) {
            String name = exported.getKey() + "." + simpleName;
            Path file = modules.resolve(exported.getValue()).resolve(name.replace('.', '/') + ".class");
            if (!exported.getKey().equals("java.lang") && Files.exists(file)) found.add(name);
        }
        String ending = "." + simpleName;
        for (URL entry : classPath.getURLs())
            classesOf(entry).stream().filter(name -> name.endsWith(ending)).forEach(found::add);
        return found.stream().limit(SUGGESTED).toList();
    }

    private static int rank(String name) {
        for (int i = 0; i < USUAL.size(); i++) if (name.startsWith(USUAL.get(i))) return i;
        return USUAL.size();
    }

    /// The simple names of the classes of some packages of the JDK.
    List<String> namesIn(Stream<String> packages) {
        Map<String, String> exported = exportedPackages();
        Path modules = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules");
        var names = new ArrayList<String>();
        packages.filter(exported::containsKey).forEach(name -> {
            Path folder = modules.resolve(exported.get(name)).resolve(name.replace('.', '/'));
            try (Stream<Path> files = Files.list(folder)) {
                files.map(file -> file.getFileName().toString())
                        .filter(file -> file.endsWith(".class") && file.indexOf('$') < 0 && file.indexOf('-') < 0)
                        .forEach(file -> names.add(file.substring(0, file.length() - ".class".length())));
            } catch (IOException unreadable) {
                // a suggestion less
            }
        });
        return names;
    }

    /// The packages that the JDK's modules export to everybody, each with its module.
    private static Map<String, String> exportedPackages() {
        var packages = new TreeMap<String, String>();
        for (Module module : ModuleLayer.boot().modules())
            for (Exports exports : module.getDescriptor().exports())
                if (!exports.isQualified()) packages.put(exports.source(), module.getName());
        return packages;
    }

    private List<String> classesOf(URL entry) {
        return classesOfJars.computeIfAbsent(entry.toString(), KnownTypes::read);
    }

    private static List<String> read(String entry) {
        try {
            Path path = Path.of(new URI(entry));
            if (Files.isRegularFile(path)) return readJar(path);
            try (Stream<Path> files = Files.find(path, 20, (_, attributes) -> attributes.isRegularFile())) {
                return files.map(file -> path.relativize(file).toString())
                        .filter(KnownTypes::isTopLevelClass)
                        .map(KnownTypes::className)
                        .toList();
            }
        } catch (IOException | URISyntaxException unreadable) {
            return List.of();
        }
    }

    private static List<String> readJar(Path jar) throws IOException {
        try (var zip = new ZipFile(jar.toFile())) {
            return zip.stream()
                    .map(file -> file.getName())
                    .filter(KnownTypes::isTopLevelClass)
                    .map(KnownTypes::className)
                    .toList();
        }
    }

    private static boolean isTopLevelClass(String file) {
        return file.endsWith(".class") && file.indexOf('$') < 0 && !file.startsWith("META-INF");
    }

    private static String className(String file) {
        return file.substring(0, file.length() - ".class".length())
                .replace('/', '.')
                .replace('\\', '.');
    }
}
