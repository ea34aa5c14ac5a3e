package io.weft.magics.notebook;

import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.magic.Cell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `%classpath` and `%jars`: put files and folders on the class path.
final class ClassPathMagic {
    private ClassPathMagic() {}

    /// Adds what the patterns match and tells of those that match nothing.
    ///
    /// @return what was added
    private static List<String> add(
            Cell cell, String magic, List<String> globs, Function<String, List<Path>> matching) {
        var found = new ArrayList<Path>();
        for (String glob : globs) {
            List<Path> matches = matching.apply(glob);
            if (matches.isEmpty())
                cell.output().stream(Stream.STDERR, "%s: nothing matches '%s'%n".formatted(magic, glob));
            found.addAll(matches);
        }
        cell.notebook().addToClassPath(found);
        return found.stream().map(Path::toString).toList();
    }

    private static boolean isJar(Path file) {
        return Files.isRegularFile(file) && file.toString().endsWith(".jar");
    }

    /// Whatever matches.
    @Command(description = "Add jars and folders of classes to the class path; alone, show it.")
    static final class ClassPath implements Callable<List<String>> {
        private final Cell cell;
        private final Surroundings surroundings;

        @Parameters(
                arity = "0..*",
                paramLabel = "GLOB",
                description = "A jar, a folder, or a pattern such as lib/*.jar or libs/**.jar.")
        List<String> globs = new ArrayList<>();

        ClassPath(Cell cell, Surroundings surroundings) {
            this.cell = cell;
            this.surroundings = surroundings;
        }

        @Override
        public List<String> call() {
            if (globs.isEmpty())
                return cell.notebook().classPath().stream().map(Path::toString).toList();
            return add(
                    cell,
                    "%classpath",
                    globs,
                    glob -> Globs.matches("%classpath", surroundings, glob).stream()
                            .filter(file -> Files.isDirectory(file) || isArchive(file))
                            .toList());
        }

        private static boolean isArchive(Path file) {
            return isJar(file) || file.toString().endsWith(".zip");
        }
    }

    /// Jars only, also all those of a folder.
    @Command(description = "Add jars to the class path.")
    static final class Jars implements Callable<List<String>> {
        private final Cell cell;
        private final Surroundings surroundings;

        @Parameters(
                arity = "1..*",
                paramLabel = "GLOB",
                description = "A jar, a folder of jars, or a pattern such as lib/*.jar.")
        List<String> globs = new ArrayList<>();

        Jars(Cell cell, Surroundings surroundings) {
            this.cell = cell;
            this.surroundings = surroundings;
        }

        @Override
        public List<String> call() {
            return add(cell, "%jars", globs, this::jars);
        }

        private List<Path> jars(String glob) {
            var jars = new ArrayList<Path>();
            for (Path match : Globs.matches("%jars", surroundings, glob)) {
                if (isJar(match)) jars.add(match);
                else if (Files.isDirectory(match)) jars.addAll(Globs.in("%jars", match, "*.jar"));
            }
            return jars;
        }
    }
}
