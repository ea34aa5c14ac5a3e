package io.weft.magics.notebook;

import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `%loadFromPOM` and `%%loadFromPOM`: put what a Maven project needs on the class path.
final class LoadFromPomMagic {
    private static final List<String> USUAL_SCOPES = List.of("compile", "runtime");
    private static final Pattern ELEMENT = Pattern.compile("(?s)<(dependency|repository)\\b[^>]*>.*?</\\1>|<!--.*?-->");

    private LoadFromPomMagic() {}

    private static List<String> wanted(List<String> scopes) {
        return scopes.isEmpty() ? USUAL_SCOPES : scopes;
    }

    /// From a file.
    @Command(description = "Add the dependencies of a Maven project to the class path.")
    static final class FromFile implements Callable<List<String>> {
        private final Cell cell;
        private final Dependencies dependencies;
        private final Surroundings surroundings;

        @Parameters(index = "0", paramLabel = "PATH", description = "The POM, or the folder that holds pom.xml.")
        @Nullable
        Path path;

        @Parameters(
                index = "1..*",
                arity = "0..*",
                paramLabel = "SCOPE",
                description = "The scopes that are wanted (default: compile and runtime).")
        List<String> scopes = new ArrayList<>();

        @Mixin
        MavenOptions options = new MavenOptions();

        FromFile(Cell cell, Dependencies dependencies, Surroundings surroundings) {
            this.cell = cell;
            this.dependencies = dependencies;
            this.surroundings = surroundings;
        }

        @Override
        public List<String> call() throws InterruptedException {
            Path given = surroundings.resolve(String.valueOf(path));
            Path pom = Files.isDirectory(given) ? given.resolve("pom.xml") : given;
            if (!Files.isReadable(pom))
                throw new MagicException("%loadFromPOM: there is no file " + pom + " that can be read.");
            var request = options.request("%loadFromPOM", dependencies, List.of(), List.of(), pom, wanted(scopes));
            return dependencies.add(cell, request, options.verbose);
        }
    }

    /// From the cell's body: a whole POM, or only elements of one.
    @Command(
            description =
                    "Add dependencies written as in a POM to the class path: a whole POM, or just its <dependency> and <repository> elements.")
    static final class FromBody implements Callable<List<String>> {
        private final Cell cell;
        private final String body;
        private final Dependencies dependencies;

        @Parameters(
                arity = "0..*",
                paramLabel = "SCOPE",
                description = "The scopes that are wanted (default: compile and runtime).")
        List<String> scopes = new ArrayList<>();

        @Mixin
        MavenOptions options = new MavenOptions();

        FromBody(Cell cell, String body, Dependencies dependencies) {
            this.cell = cell;
            this.body = body;
            this.dependencies = dependencies;
        }

        @Override
        public List<String> call() throws InterruptedException {
            Path pom = write(body.contains("<project") ? body : whole(body));
            try {
                var request = options.request("%%loadFromPOM", dependencies, List.of(), List.of(), pom, wanted(scopes));
                return dependencies.add(cell, request, options.verbose);
            } finally {
                delete(pom);
            }
        }
    }

    /// A POM around loose elements, which may stand in any order, inside their lists or not.
    static String whole(String body) {
        var dependencies = new StringBuilder();
        var managed = new StringBuilder();
        var repositories = new StringBuilder();
        String rest = body;
        Matcher management = Pattern.compile("(?s)<dependencyManagement>(.*?)</dependencyManagement>")
                .matcher(body);
        if (management.find()) {
            for (String element : elements(management.group(1), "dependency")) managed.append(element);
            rest = body.substring(0, management.start()) + body.substring(management.end());
        }
        for (String element : elements(rest, "dependency")) dependencies.append(element);
        int unnamed = 0;
        for (String element : elements(rest, "repository"))
            repositories.append(
                    element.contains("<id>")
                            ? element
                            : element.replaceFirst(">", "><id>repository-" + ++unnamed + "</id>"));
        if (dependencies.isEmpty())
            throw new MagicException(
                    "%%loadFromPOM: there is no <dependency> in the cell. Write them below the first line, as in a pom.xml.");
        return """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>notebook</groupId><artifactId>notebook</artifactId><version>1</version>
                  <repositories>%s</repositories>
                  <dependencyManagement><dependencies>%s</dependencies></dependencyManagement>
                  <dependencies>%s</dependencies>
                </project>
                """.formatted(repositories, managed, dependencies);
    }

    private static List<String> elements(String text, String name) {
        return ELEMENT.matcher(text)
                .results()
                .map(java.util.regex.MatchResult::group)
                .filter(element -> element.startsWith("<" + name))
                .toList();
    }

    private static Path write(String pom) {
        try {
            return Files.writeString(Files.createTempFile("notebook-", "-pom.xml"), pom);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException stays) {
            file.toFile().deleteOnExit();
        }
    }
}
