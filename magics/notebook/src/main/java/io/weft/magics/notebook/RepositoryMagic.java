package io.weft.magics.notebook;

import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import io.weft.magics.notebook.maven.Repository;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `%mavenRepo`: names a repository that all later requests ask.
@Command(
        description = "Name a Maven repository for all later %%maven calls; alone, show those that are named.",
        customSynopsis = {
            "%%mavenRepo ID URL     asks the repository from now on",
            "%%mavenRepo ID=URL     the same, as in jbang's //REPOS",
            "%%mavenRepo            shows the repositories that were named"
        })
final class RepositoryMagic implements Callable<Object> {
    /// Repositories that jbang knows by a name.
    private static final Map<String, String> KNOWN = Map.of(
            "central", "https://repo.maven.apache.org/maven2",
            "mavencentral", "https://repo.maven.apache.org/maven2",
            "google", "https://maven.google.com/",
            "jitpack", "https://jitpack.io/",
            "spring-snapshot", "https://repo.spring.io/snapshot",
            "spring-milestone", "https://repo.spring.io/milestone",
            "central-portal-snapshots", "https://central.sonatype.com/repository/maven-snapshots/");

    private final Cell cell;
    private final Dependencies dependencies;

    @Parameters(
            arity = "0..2",
            paramLabel = "ID URL",
            hideParamSyntax = true,
            description = {
                "A name of your choice, under which settings.xml may hold credentials, and the address.",
                "An address alone, or one of the names central, google, jitpack, is enough."
            })
    List<String> words = new ArrayList<>();

    RepositoryMagic(Cell cell, Dependencies dependencies) {
        this.cell = cell;
        this.dependencies = dependencies;
    }

    @Override
    public @Nullable Object call() {
        if (words.isEmpty()) {
            var lines = new ArrayList<String>();
            for (Repository each : dependencies.repositories()) lines.add(each.id() + " " + each.url());
            cell.show(MimeBundle.text(
                    lines.isEmpty()
                            ? "no repository was named; %maven asks those of settings.xml and Maven Central"
                            : String.join("\n", lines)));
            return null;
        }
        dependencies.addRepository(words.size() == 2 ? repository(words.get(0), words.get(1)) : single(words.get(0)));
        return null;
    }

    private static Repository single(String word) {
        int equals = word.indexOf('=');
        if (equals > 0 && !word.substring(0, equals).contains(":"))
            return repository(word.substring(0, equals), word.substring(equals + 1));
        String known = KNOWN.get(word);
        return known != null
                ? new Repository(word.equals("mavencentral") ? "central" : word, known)
                : unnamed("%mavenRepo", word);
    }

    private static Repository repository(String id, String url) {
        return new Repository(id, checked("%mavenRepo", url));
    }

    /// A repository whose id is made from its address.
    static Repository unnamed(String magic, String url) {
        return new Repository(checked(magic, url).replaceAll("[^\\w.]+", "-"), url);
    }

    private static String checked(String magic, String url) {
        try {
            String scheme = URI.create(url).getScheme();
            if (scheme != null && scheme.matches("https?|file")) return url;
        } catch (IllegalArgumentException malformed) {
            // told below
        }
        throw new MagicException(
                "%s: '%s' is not the address of a repository; it starts with https:, http: or file:, such as https://repo.maven.apache.org/maven2."
                        .formatted(magic, url));
    }
}
