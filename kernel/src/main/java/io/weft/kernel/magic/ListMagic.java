package io.weft.kernel.magic;

import io.weft.kernel.display.CellOutput.Stream;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `%lsmagic`: lists the magics.
@Command(description = "List all magics.")
final class ListMagic implements Callable<Object> {
    private final Cell cell;
    private final List<Magic> magics;

    ListMagic(Cell cell, List<Magic> magics) {
        this.cell = cell;
        this.magics = magics;
    }

    @Override
    public @Nullable Object call() {
        var text = new StringBuilder();
        for (Magic magic : magics) {
            String[] description = magic.name().equals("lsmagic")
                    ? new String[] {"List all magics."}
                    : new CommandLine(magic.command().apply(cell, ""))
                            .getCommandSpec()
                            .usageMessage()
                            .description();
            text.append("%-12s %s%n".formatted(magic.fullName(), String.join(" ", description)));
        }
        cell.output().stream(Stream.STDOUT, text + "%name --help shows the options of a magic.\n");
        return null;
    }
}
