package io.weft.ijava;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What environment variables say of a notebook's start: those of this kernel, or else of JJava, or else of IJava.
///
/// @param environment the variables
record Settings(Map<String, String> environment) {
    private static final List<String> PREFIXES = List.of("WEFT_", "JJAVA_", "IJAVA_");

    private String value(String name) {
        for (String prefix : PREFIXES) {
            String value = environment.get(prefix + name);
            if (value != null) return value;
        }
        return "";
    }

    /// The jars and folders that `CLASSPATH` names.
    ///
    /// @throws IOException if a folder cannot be read
    List<Path> classPath() throws IOException {
        return paths(value("CLASSPATH"));
    }

    /// The source to run before the first cell, by the name that errors in it show: the files of
    /// `STARTUP_SCRIPTS_PATH`, then `STARTUP_SCRIPT`.
    ///
    /// @throws IOException if a file cannot be read
    Map<String, String> startupScripts() throws IOException {
        var scripts = new LinkedHashMap<String, String>();
        for (Path file : paths(value("STARTUP_SCRIPTS_PATH")))
            if (Files.isRegularFile(file)) scripts.put(file.toString(), Files.readString(file));
        String script = value("STARTUP_SCRIPT");
        if (!script.isBlank()) scripts.put("startup script", script);
        return scripts;
    }

    /// Whether libraries may install extensions: unless `LOAD_EXTENSIONS` is empty, 0 or false.
    boolean loadsExtensions() {
        boolean given = PREFIXES.stream().anyMatch(prefix -> environment.containsKey(prefix + "LOAD_EXTENSIONS"));
        String value = value("LOAD_EXTENSIONS").strip();
        return !given || !(value.isEmpty() || value.equals("0") || value.equalsIgnoreCase("false"));
    }

    /// The paths of a list in which each entry may have `*` and `?`; one that ends with `/` stands for what is in
    /// the folder. Entries that match nothing are left out.
    private static List<Path> paths(String list) throws IOException {
        var paths = new ArrayList<Path>();
        for (String entry : list.split(Pattern.quote(System.getProperty("path.separator")), -1))
            if (!entry.isBlank()) paths.addAll(matches(entry.strip()));
        return paths;
    }

    private static List<Path> matches(String entry) throws IOException {
        String glob = entry.endsWith("/") ? entry + "*" : entry;
        int wild = glob.indexOf('*');
        int one = glob.indexOf('?');
        if (wild < 0 && one < 0)
            return Files.exists(Path.of(glob)) ? List.of(Path.of(glob).toAbsolutePath()) : List.of();
        int first = wild < 0 ? one : one < 0 ? wild : Math.min(wild, one);
        int slash = glob.lastIndexOf('/', first);
        Path folder = Path.of(slash < 0 ? "" : glob.substring(0, slash + 1)).toAbsolutePath();
        if (!Files.isDirectory(folder)) return List.of();
        String rest = glob.substring(slash + 1);
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + rest);
        int depth = (int) rest.chars().filter(c -> c == '/').count() + 1;
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(file -> matcher.matches(folder.relativize(file)))
                    .sorted()
                    .toList();
        }
    }
}
