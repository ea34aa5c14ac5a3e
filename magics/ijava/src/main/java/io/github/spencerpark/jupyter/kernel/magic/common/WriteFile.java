package io.github.spencerpark.jupyter.kernel.magic.common;

import io.github.spencerpark.jupyter.kernel.magic.registry.CellMagic;
import io.github.spencerpark.jupyter.kernel.magic.registry.MagicsArgs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// `%%writefile`, for notebooks that register it.
public class WriteFile {
    private static final MagicsArgs ARGS = MagicsArgs.builder()
            .required("filename")
            .flag("append", 'a')
            .onlyKnownFlags()
            .onlyKnownKeywords()
            .build();

    /// Writes the cell's body to a file, or appends it with `-a`.
    @CellMagic
    public static void writefile(List<String> args, String body) throws IOException {
        var given = ARGS.parse(args);
        Path file = Path.of(given.getOrDefault("filename", List.of()).getFirst());
        if (given.getOrDefault("append", List.of()).isEmpty()) Files.writeString(file, body);
        else Files.writeString(file, body, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
