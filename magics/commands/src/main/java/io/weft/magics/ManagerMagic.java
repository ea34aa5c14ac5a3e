package io.weft.magics;

import io.weft.concurrent.Manager;
import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `%manager`: starts a JVM that holds shared objects.
@Command(description = "Start a manager, a JVM that holds shared objects, and leave it in a variable.")
final class ManagerMagic implements Callable<@Nullable Manager> {
    private final Cell cell;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            defaultValue = "manager",
            description = "The variable that holds the manager (default: ${DEFAULT-VALUE}).")
    String name = "manager";

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            description = "The most memory that what it holds may take, as 512m or 2g (default: 256m).")
    String heap = "";

    @Option(names = "--list", description = "Show the managers that run, and start none.")
    boolean list;

    ManagerMagic(Cell cell) {
        this.cell = cell;
    }

    @Override
    public @Nullable Manager call() throws Exception {
        if (list) {
            cell.show(Tables.managers(Manager.open(), cell.variables()));
            return null;
        }
        Variables.requireName("%manager", name);
        Manager manager = start(); // what fails leaves the previous one alone
        String previous = Variables.endPrevious(cell, name);
        cell.declare(name, Manager.class.getName(), manager);
        cell.show(MimeBundle.text("%s: a manager JVM, pid %d%s".formatted(name, manager.pid(), previous)));
        return manager;
    }

    private Manager start() throws InterruptedException {
        try {
            return Manager.start(name, heap);
        } catch (IllegalArgumentException | IllegalStateException cannotStart) {
            throw new MagicException("%manager: " + cannotStart.getMessage(), cannotStart);
        }
    }
}
