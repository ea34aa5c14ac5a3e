package io.weft.magics.notebook;

import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `!command`, `%sh`, `%sx`, `%%bash` and `%%sh`: run commands of the shell.
final class ShellMagic {
    private ShellMagic() {}

    private static void require(String magic, String command) {
        if (command.isBlank())
            throw new MagicException(
                    magic + ": there is no command to run. " + magic + " --help shows how to call it.");
    }

    /// One command.
    @Command(description = "Run a command of the shell, as !COMMAND does; give its exit code.")
    static final class Line implements Callable<Integer> {
        private final Cell cell;
        private final Surroundings surroundings;

        @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "The rest of the line, as it is.")
        String command = "";

        Line(Cell cell, Surroundings surroundings) {
            this.cell = cell;
            this.surroundings = surroundings;
        }

        @Override
        public Integer call() throws InterruptedException {
            require("%sh", command);
            int exit = new Shell(cell, surroundings).run("%sh", Shell.usual(), command);
            if (exit != 0) cell.output().stream(Stream.STDERR, "exit code " + exit + "\n");
            return exit;
        }
    }

    /// One command, whose lines are kept.
    @Command(
            description = "Run a command of the shell and give the lines that it prints, as var lines = !COMMAND does.")
    static final class Lines implements Callable<List<String>> {
        private final Cell cell;
        private final Surroundings surroundings;

        @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "The rest of the line, as it is.")
        String command = "";

        Lines(Cell cell, Surroundings surroundings) {
            this.cell = cell;
            this.surroundings = surroundings;
        }

        @Override
        public List<String> call() throws InterruptedException {
            require("%sx", command);
            var text = new StringWriter();
            int exit = new Shell(cell, surroundings).run("%sx", Shell.usual(), command, text::write);
            if (exit != 0) cell.output().stream(Stream.STDERR, "exit code " + exit + "\n");
            return text.toString().lines().toList();
        }
    }

    /// The cell's body.
    @Command(description = "Run the cell as a script of the shell; an exit code other than 0 fails the cell.")
    static final class Body implements Callable<Object> {
        private final Cell cell;
        private final String body;
        private final String name;
        private final String shell;
        private final Surroundings surroundings;

        @Option(names = "--no-raise-error", description = "Tell an exit code other than 0, but go on.")
        boolean goOn;

        /// @param name  of the magic
        /// @param shell the program that runs the script
        Body(Cell cell, String body, String name, String shell, Surroundings surroundings) {
            this.cell = cell;
            this.body = body;
            this.name = name;
            this.shell = shell;
            this.surroundings = surroundings;
        }

        @Override
        public @Nullable Object call() throws InterruptedException {
            require(name, body);
            int exit = new Shell(cell, surroundings).run(name, shell, body);
            if (exit != 0 && !goOn)
                throw new MagicException(
                        name + ": the script ended with exit code " + exit + ". --no-raise-error goes on after it.");
            if (exit != 0) cell.output().stream(Stream.STDERR, "exit code " + exit + "\n");
            return null;
        }
    }
}
