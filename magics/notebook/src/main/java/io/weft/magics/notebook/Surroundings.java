package io.weft.magics.notebook;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// What commands of the shell see: the environment's variables and the current folder.
///
/// A JVM cannot change its own, so this is a copy that magics share. One for a session; thread-safe.
final class Surroundings {
    private final Map<String, String> variables = new TreeMap<>(System.getenv());
    private Path folder = Path.of("").toAbsolutePath();
    private Path previousFolder = folder;

    synchronized Map<String, String> variables() {
        return new TreeMap<>(variables);
    }

    synchronized void set(String name, String value) {
        variables.put(name, value);
    }

    synchronized void remove(String name) {
        variables.remove(name);
    }

    synchronized Path folder() {
        return folder;
    }

    /// The folder before the current one.
    synchronized Path previousFolder() {
        return previousFolder;
    }

    synchronized void enter(Path other) {
        previousFolder = folder;
        folder = other;
    }

    /// A path as a magic's reader writes it: relative to the current folder, `~` for the home folder.
    Path resolve(String path) {
        if (path.equals("~")) return Path.of(System.getProperty("user.home"));
        if (path.startsWith("~/")) return Path.of(System.getProperty("user.home"), path.substring(2));
        return folder().resolve(path).normalize();
    }
}
