package io.weft.magics.notebook;

import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `%%writefile`: writes the cell's body to a file.
@Command(description = "Write the cell to a file, in UTF-8.")
final class WriteFileMagic implements Callable<Object> {
    private final Cell cell;
    private final String body;
    private final Surroundings surroundings;

    @Parameters(paramLabel = "NAME", description = "The file.")
    String name = "";

    @Option(
            names = {"-a", "--append"},
            description = "Append to the file instead of replacing it.")
    boolean append;

    WriteFileMagic(Cell cell, String body, Surroundings surroundings) {
        this.cell = cell;
        this.body = body;
        this.surroundings = surroundings;
    }

    @Override
    public @Nullable Object call() {
        Path file = surroundings.resolve(name);
        boolean there = Files.exists(file);
        // a front end sends no line break at the end of a cell, and what is appended must not join the last line
        String text = body.isEmpty() || body.endsWith("\n") ? body : body + "\n";
        try {
            if (append) Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            else Files.writeString(file, text);
        } catch (IOException failure) {
            Path folder = file.getParent();
            String why = folder != null && !Files.isDirectory(folder)
                    ? "there is no folder " + folder
                    : String.valueOf(failure);
            throw new MagicException("%%writefile: " + file + " was not written: " + why, failure);
        }
        String done = !there ? "wrote " : append ? "appended to " : "replaced ";
        cell.output().stream(Stream.STDOUT, done + file + "\n");
        return null;
    }
}
