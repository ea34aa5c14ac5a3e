package io.weft.kernel.magic;

import io.weft.kernel.display.CellOutput.Stream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/// `%lsmagic`: lists the magics, those of a line and those of a cell, each with its other names.
@Command(description = "List all magics.")
final class ListMagic implements Callable<Object> {
    private final Cell cell;
    private final MagicRegistry registry;

    ListMagic(Cell cell, MagicRegistry registry) {
        this.cell = cell;
        this.registry = registry;
    }

    @Override
    public @Nullable Object call() {
        cell.output().stream(
                Stream.STDOUT,
                "Magics of a line\n" + list(Magic.Kind.LINE) + "\nMagics of a cell\n" + list(Magic.Kind.CELL)
                        + "\n%name --help, ?name or %help name shows the options of a magic.\n");
        return null;
    }

    private String list(Magic.Kind kind) {
        Map<Object, List<Magic>> byCommand = new LinkedHashMap<>();
        for (Magic magic : registry.all())
            if (magic.kind() == kind)
                byCommand
                        .computeIfAbsent(magic.command(), _ -> new ArrayList<>())
                        .add(magic);
        var text = new StringBuilder();
        for (List<Magic> same : byCommand.values()) {
            String names = same.stream().map(Magic::fullName).collect(Collectors.joining(", "));
            String[] description =
                    registry.model(same.getFirst()).usageMessage().description();
            text.append("  %-14s %s%s%n"
                    .formatted(
                            names,
                            names.length() > 14 ? "\n" + " ".repeat(17) : "",
                            String.join(" ", description).replace("%%", "%")));
        }
        return text.toString();
    }
}
