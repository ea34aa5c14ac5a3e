package io.weft.magics.notebook;

import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.Completing;
import io.weft.kernel.magic.MagicException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `%reset`: forgets what cells have declared.
@Command(
        description = {
            "Forget all variables, methods and types, or those that are named.",
            "Imports, magics and the class path stay; so does what threads, pools and processes are doing."
        })
final class ResetMagic implements Callable<Object>, Completing {
    private final Cell cell;

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "What to forget (default: everything).")
    List<String> names = new ArrayList<>();

    @Option(
            names = {"-f", "--force"},
            description = "Do not ask first.")
    boolean force;

    ResetMagic(Cell cell) {
        this.cell = cell;
    }

    @Override
    public @Nullable Object call() throws InterruptedException {
        if (!names.isEmpty()) {
            var unknown = new ArrayList<>(names);
            unknown.removeAll(cell.notebook().forget(names));
            if (!unknown.isEmpty())
                throw new MagicException("%reset: no cell has declared " + String.join(", ", unknown)
                        + ". What else was named is forgotten; %who lists what there is.");
            return null;
        }
        if (!force && !isConfirmed()) {
            cell.output().stream(Stream.STDOUT, "nothing was forgotten\n");
            return null;
        }
        cell.notebook().reset();
        return null;
    }

    @Override
    public List<String> candidates(List<String> before) {
        return List.of();
    }

    @Override
    public List<String> candidates(List<String> before, List<String> declared) {
        return declared.stream().filter(name -> !before.contains(name)).toList();
    }

    private boolean isConfirmed() throws InterruptedException {
        try {
            int count = cell.variables().size();
            String all = count == 1 ? "the one variable" : "all %d variables".formatted(count);
            String answer = cell.input().readLine("Forget %s, and all methods and types? (y/n) ".formatted(all), false);
            return answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
        } catch (IOException nobodyToAsk) {
            throw new MagicException(
                    "%reset: this front end cannot ask you whether to go on, so nothing was forgotten. %reset -f does not ask.",
                    nobodyToAsk);
        }
    }
}
