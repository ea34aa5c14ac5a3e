package io.weft.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The project that is tested, and copies of it: no test writes into the project's own folders but `acceptance/target`.
final class Project {
    /// Surefire runs the tests in the folder of the module.
    private static final Path MODULE = Path.of("").toAbsolutePath();

    static final Path ROOT = MODULE.resolveSibling("").normalize();

    /// Folders that a fresh clone does not have.
    private static final Set<String> NOT_CLONED =
            Set.of("target", ".git", ".venv", "node_modules", ".ipynb_checkpoints", ".idea");

    private static final Path JARS = Path.of("magics", "commands", "target");

    private Project() {}

    static Path target(String name) {
        return MODULE.resolve("target").resolve(name);
    }

    static Path source(String... names) {
        return MODULE.resolve("src").resolve("test").resolve(Path.of("", names));
    }

    /// Makes `folder` what a fresh clone would be.
    static Path clonedTo(Path folder) {
        copy(ROOT, folder);
        return folder;
    }

    /// Makes `folder` what a clone is after its build, without building it again.
    static Path clonedWithBuildTo(Path folder) {
        clonedTo(folder);
        Path jars = folder.resolve(JARS);
        delete(jars);
        try (Stream<Path> built = Files.list(ROOT.resolve(JARS))) {
            copyFlat(built.filter(file -> file.toString().endsWith(".jar")).toList(), jars);
        } catch (IOException e) {
            throw new UncheckedIOException("nothing is built in %s; run mvn verify from the top".formatted(JARS), e);
        }
        copy(ROOT.resolve(JARS).resolve("lib"), jars.resolve("lib"));
        return folder;
    }

    static List<Path> notebooks() {
        return notebooksIn(ROOT.resolve("notebooks"));
    }

    /// The notebooks that solve the exercises of others.
    static List<Path> solutions() {
        return notebooksIn(ROOT.resolve("notebooks/solutions"));
    }

    private static List<Path> notebooksIn(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".ipynb"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Everything below `folder`, itself not included.
    static List<Path> contents(Path folder) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> !path.equals(folder)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path folder) {
        var all = new ArrayList<>(contents(folder));
        Collections.reverse(all);
        all.add(folder);
        try {
            for (Path path : all) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copyFlat(List<Path> files, Path to) throws IOException {
        Files.createDirectories(to);
        for (Path file : files) {
            Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void copy(Path from, Path to) {
        try {
            Files.walkFileTree(from, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
                        throws IOException {
                    if (NOT_CLONED.contains(String.valueOf(folder.getFileName())) && !folder.equals(from)) {
                        return FileVisitResult.SKIP_SUBTREE;
                    }
                    Files.createDirectories(to.resolve(from.relativize(folder)));
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.copy(
                            file,
                            to.resolve(from.relativize(file)),
                            StandardCopyOption.REPLACE_EXISTING,
                            StandardCopyOption.COPY_ATTRIBUTES);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
