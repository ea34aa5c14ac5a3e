package io.weft.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The library as a program of its own uses it: with Maven, without a kernel.
class LibraryTest {
    private static final String VERSION = "0.1.0-SNAPSHOT";

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void theExampleProject_buildsWithTheArtifactAlone_andRuns() throws IOException {
        // given what `mvn install` leaves
        Path folder = Project.target("library");
        Project.delete(folder);
        Path repository = folder.resolve("repository");
        seeAllBut("io/weft", Path.of(System.getProperty("weft.maven.repository")), repository);
        put(repository, "weft", Project.ROOT);
        put(repository, "weft-magics-parent", Project.ROOT.resolve("magics"));
        put(repository, "weft-concurrent", Project.ROOT.resolve("magics").resolve("concurrent"));
        Path example = Project.clonedTo(folder.resolve("clone")).resolve("docs").resolve("library");

        // when
        Program.in(
                        example,
                        "mvn",
                        "-B",
                        "-q",
                        "-Dmaven.repo.local=" + repository,
                        "compile",
                        "dependency:copy-dependencies")
                .run(Duration.ofMinutes(5))
                .successful();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String printed = Program.in(example, java, "-cp", "target/classes:target/lib/*", "example.Primes")
                .run(Duration.ofMinutes(2))
                .successful();

        // then
        try (Stream<Path> jars = Files.list(example.resolve("target").resolve("lib"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString().replaceFirst("-\\d.*", "")))
                    .containsExactlyInAnyOrder("weft-concurrent", "jspecify");
        }
        assertThat(printed).isEqualTo("""
                Found[from=0, to=50000, primes=5133]
                Found[from=50000, to=100000, primes=4459]
                Found[from=100000, to=150000, primes=4256]
                Found[from=150000, to=200000, primes=4136]
                together 17984
                a worker ended with exit code 3
                and the pool goes on: [0, 1, 4, 9, 16]
                from another process [2, 3, 5, 7]
                counted by all workers in one dictionary: 25 primes, 75 others
                """);
    }

    /// Makes a repository with links to all that another one has, so that nothing is downloaded again and nothing of
    /// the test's is left there.
    private static void seeAllBut(String path, Path from, Path to) throws IOException {
        Path first = Path.of(path).getName(0);
        Files.createDirectories(to.resolve(first));
        link(from, to, first);
        link(from.resolve(first), to.resolve(first), Path.of(path).getName(1));
    }

    private static void link(Path from, Path to, Path except) throws IOException {
        try (Stream<Path> entries = Files.list(from)) {
            for (Path entry : entries.toList()) {
                if (!entry.getFileName().equals(except)) {
                    Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
                }
            }
        }
    }

    private static void put(Path repository, String artifact, Path module) throws IOException {
        Path place = Files.createDirectories(
                repository.resolve("io/weft").resolve(artifact).resolve(VERSION));
        String name = artifact + "-" + VERSION;
        Files.copy(module.resolve("pom.xml"), place.resolve(name + ".pom"));
        Path jar = module.resolve("target").resolve(name + ".jar");
        if (Files.exists(jar)) {
            Files.copy(jar, place.resolve(name + ".jar"));
        }
    }
}
