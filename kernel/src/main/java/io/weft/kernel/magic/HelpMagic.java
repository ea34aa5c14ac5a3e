package io.weft.kernel.magic;

import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.magic.Cell.Variable;
import io.weft.kernel.magic.Notebook.Declaration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `%help`: shows how a magic is called.
@Command(description = "Show how a magic is called; alone, what there is to know about magics.")
final class HelpMagic implements Callable<Object>, Completing {
    private final Cell cell;
    private final MagicRegistry registry;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "A magic, with or without %% before its name.")
    String name = "";

    HelpMagic(Cell cell, MagicRegistry registry) {
        this.cell = cell;
        this.registry = registry;
    }

    @Override
    public @Nullable Object call() {
        String text = name.isEmpty() ? """
                %name ARGUMENTS        a magic of a line: alone, after = or inside a block
                %%name ARGUMENTS       a magic of a cell: the lines below it belong to it
                !COMMAND               runs a command of the shell; var lines = !COMMAND keeps what it prints
                //DEPS GROUP:ARTIFACT:VERSION   above all Java: adds an artifact to the class path
                ?name                  shows how a magic is called, as %name --help does
                %lsmagic               lists all magics
                """ : usage();
        cell.output().stream(Stream.STDOUT, text);
        return null;
    }

    private String usage() {
        var usages = new StringBuilder();
        for (String fullName : name.startsWith("%") ? List.of(name) : List.of("%" + name, "%%" + name))
            registry.help(fullName)
                    .ifPresent(
                            usage -> usages.append(usages.isEmpty() ? "" : "\n").append(usage));
        if (!usages.isEmpty()) return usages.toString();
        return declared()
                .orElseThrow(() -> new MagicException(
                        "%%help: there is no magic '%s', nor has a cell declared it. %%lsmagic lists all magics; Shift+Tab shows the documentation of what the cursor is on in Java."
                                .formatted(name)));
    }

    /// What cells have declared by the name.
    private Optional<String> declared() {
        var heads = new ArrayList<String>();
        for (Variable variable : cell.variables())
            if (variable.name().equals(name)) heads.add("variable " + variable.type() + " " + name);
        for (Declaration declaration : cell.notebook().declarations())
            if (declaration.name().equals(name)) heads.add(declaration.text());
        if (heads.isEmpty()) return Optional.empty();
        return Optional.of(
                String.join("\n", heads) + "\nShift+Tab with the cursor on it shows its value and documentation.\n");
    }

    @Override
    public List<String> candidates(List<String> before) {
        return before.isEmpty() ? registry.all().stream().map(Magic::fullName).toList() : List.of();
    }
}
