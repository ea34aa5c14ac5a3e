package io.github.spencerpark.ijava.magics;

import io.weft.kernel.magic.CellScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Adds Maven artifacts to the class path of the notebook: the magics of the same names as methods.
public class MavenResolver {
    /// `%maven`.
    ///
    /// @param args coordinates and options
    public void addMavenDependencies(List<String> args) {
        line("maven", args);
    }

    /// `%mavenRepo`.
    ///
    /// @param args an id and a URL
    public void addMavenRepo(List<String> args) {
        line("mavenRepo", args);
    }

    public void addRemoteRepo(String name, String url) {
        line("mavenRepo", List.of(name, url));
    }

    /// `%loadFromPOM`.
    ///
    /// @param args a file and scopes
    public void loadFromPOM(List<String> args) {
        line("loadFromPOM", args);
    }

    /// `%%loadFromPOM`.
    ///
    /// @param args scopes
    /// @param body a POM or parts of one
    /// @throws Exception if a dependency cannot be had
    public void loadFromPOM(List<String> args, String body) throws Exception {
        CellScope.require().cellMagic("loadFromPOM", args, body);
    }

    public void addJarsToClasspath(Iterable<String> jars) {
        var paths = new ArrayList<Path>();
        jars.forEach(jar -> paths.add(Path.of(jar)));
        CellScope.require().notebook().addToClassPath(paths);
    }

    private static void line(String name, List<String> args) {
        try {
            CellScope.require().lineMagic(name, args);
        } catch (RuntimeException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IllegalStateException("%" + name + " failed: " + failed.getMessage(), failed);
        }
    }
}
