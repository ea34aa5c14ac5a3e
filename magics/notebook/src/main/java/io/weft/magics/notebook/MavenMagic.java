package io.weft.magics.notebook;

import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import io.weft.magics.notebook.maven.Coordinates;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `%maven`: puts artifacts of Maven repositories, and what they need, on the class path.
@Command(description = "Add artifacts from Maven repositories, with what they need, to the class path.")
final class MavenMagic implements Callable<List<String>> {
    private final Cell cell;
    private final Dependencies dependencies;

    @Parameters(
            arity = "0..*",
            paramLabel = "COORDINATES",
            description = {
                "GROUP:ARTIFACT:VERSION, GROUP:ARTIFACT:TYPE:VERSION or",
                "GROUP:ARTIFACT:TYPE:CLASSIFIER:VERSION; Ivy's GROUP#ARTIFACT;VERSION works too.",
                "GROUP:ARTIFACT is enough where a --bom gives the version."
            })
    List<String> coordinates = new ArrayList<>();

    @Option(
            names = "--bom",
            paramLabel = "COORDINATES",
            description = "A bill of materials, GROUP:ARTIFACT:VERSION, that gives versions; can be given again.")
    List<String> boms = new ArrayList<>();

    @Mixin
    MavenOptions options = new MavenOptions();

    MavenMagic(Cell cell, Dependencies dependencies) {
        this.cell = cell;
        this.dependencies = dependencies;
    }

    @Override
    public List<String> call() throws InterruptedException {
        if (coordinates.isEmpty())
            throw new MagicException(
                    "%maven: name an artifact, such as %maven org.apache.commons:commons-lang3:3.18.0; %maven --help shows all options.");
        var artifacts = new ArrayList<Coordinates>();
        var versions = new ArrayList<Coordinates>();
        for (String bom : boms) versions.add(Coordinates.parse("%maven --bom", bom));
        for (String text : coordinates) {
            var parsed = Coordinates.parse("%maven", text);
            // the way of jbang's //DEPS
            if (text.endsWith("@pom")) versions.add(parsed);
            else artifacts.add(parsed);
        }
        for (Coordinates bom : versions)
            if (bom.version().isEmpty())
                throw new MagicException("%maven --bom: " + bom + " has no version. Write " + bom + ":VERSION.");
        return dependencies.add(
                cell, options.request("%maven", dependencies, artifacts, versions, null, List.of()), options.verbose);
    }
}
