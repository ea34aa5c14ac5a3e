package io.weft.magics.notebook;

import io.weft.magics.notebook.maven.Coordinates;
import io.weft.magics.notebook.maven.Repository;
import io.weft.magics.notebook.maven.Request;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of every magic that asks Maven.
final class MavenOptions {
    @Option(
            names = "--from",
            paramLabel = "URL",
            description = "A repository to ask first, for this call only; can be given again.")
    List<String> from = new ArrayList<>();

    @Option(names = "--offline", description = "Use what the local repository has; ask nobody.")
    boolean offline;

    @Option(
            names = {"-U", "--update"},
            description = "Look for newer snapshots now.")
    boolean update;

    @Option(
            names = {"-s", "--settings"},
            paramLabel = "FILE",
            description = "A settings.xml to use in place of ~/.m2/settings.xml.")
    @Nullable
    Path settings;

    @Option(
            names = {"-v", "--verbose"},
            description = "Print every download and the tree of dependencies.")
    boolean verbose;

    Request request(
            String magic,
            Dependencies dependencies,
            List<Coordinates> artifacts,
            List<Coordinates> boms,
            @Nullable Path pom,
            List<String> scopes) {
        var repositories = new ArrayList<Repository>();
        for (String url : from) repositories.add(RepositoryMagic.unnamed(magic, url));
        repositories.addAll(dependencies.repositories());
        return new Request(magic, artifacts, boms, pom, scopes, repositories, settings, offline ? true : null, update);
    }
}
