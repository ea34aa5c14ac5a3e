package io.weft.magics.notebook.maven;

import java.nio.file.Path;
import java.util.List;

/// What was found.
///
/// @param jars         the jars for the class path, what was asked for before what it needs
/// @param conflicts    in words, each artifact of which several versions were wanted
/// @param repositories the repositories that were asked, or would have been
/// @param tree         the dependencies as an indented tree
public record Resolution(List<Jar> jars, List<String> conflicts, List<Repository> repositories, String tree) {
    public Resolution {
        jars = List.copyOf(jars);
        conflicts = List.copyOf(conflicts);
        repositories = List.copyOf(repositories);
    }

    /// A file for the class path.
    ///
    /// @param name    group and artifact, with type and classifier where they are not the usual ones
    /// @param version its version
    /// @param file    where it is in the local repository
    public record Jar(String name, String version, Path file) {}
}
