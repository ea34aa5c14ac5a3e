package io.weft.magics.notebook.maven;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is to be found, and where.
///
/// @param magic        the magic that asks, for messages
/// @param artifacts    the artifacts, whose dependencies come with them
/// @param boms         POMs whose dependency management gives versions
/// @param pom          a POM whose dependencies are wanted as well
/// @param scopes       the scopes of the POM's dependencies that are wanted
/// @param repositories where to look besides what the user's settings name, before those
/// @param settings     a settings.xml to read in place of the user's
/// @param offline      whether the local repository alone is asked; null leaves it to the settings
/// @param update       whether to look for newer snapshots now
public record Request(
        String magic,
        List<Coordinates> artifacts,
        List<Coordinates> boms,
        @Nullable Path pom,
        List<String> scopes,
        List<Repository> repositories,
        @Nullable Path settings,
        @Nullable Boolean offline,
        boolean update) {
    public Request {
        artifacts = List.copyOf(artifacts);
        boms = List.copyOf(boms);
        scopes = List.copyOf(scopes);
        repositories = List.copyOf(repositories);
    }
}
