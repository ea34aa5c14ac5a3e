package io.weft.magics.notebook;

import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `%cd` and `%pwd`: the folder of shell commands and of the files that magics name.
final class FolderMagic {
    private FolderMagic() {}

    @Command(
            description = {
                "Change the folder in which commands of the shell run and in which magics look for files.",
                "A JVM cannot change its own: relative paths in Java stay where the kernel started."
            })
    static final class Enter implements Callable<Object> {
        private final Cell cell;
        private final Surroundings surroundings;

        @Parameters(
                arity = "0..1",
                paramLabel = "FOLDER",
                description = "The folder, or - for the one before (default: your home folder).")
        String folder = "~";

        Enter(Cell cell, Surroundings surroundings) {
            this.cell = cell;
            this.surroundings = surroundings;
        }

        @Override
        public @Nullable Object call() {
            Path path = folder.equals("-") ? surroundings.previousFolder() : surroundings.resolve(folder);
            if (!Files.isDirectory(path)) throw new MagicException("%cd: there is no folder " + path);
            surroundings.enter(path);
            cell.output().stream(Stream.STDOUT, path + "\n");
            return null;
        }
    }

    @Command(description = "Give the folder in which commands of the shell run.")
    static final class Show implements Callable<String> {
        private final Surroundings surroundings;

        Show(Surroundings surroundings) {
            this.surroundings = surroundings;
        }

        @Override
        public String call() {
            return surroundings.folder().toString();
        }
    }
}
