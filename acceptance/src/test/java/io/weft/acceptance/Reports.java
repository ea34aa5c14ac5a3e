package io.weft.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// All notebooks and solutions, run by nbclient and written as pages: `install.sh --reports`, once for all tests.
///
/// @param folder where the pages are, and beside each the notebook with its outputs
/// @param run    what the command printed
record Reports(Path folder, Program.Finished run) {
    private static @Nullable Reports written;

    static synchronized Reports get() {
        Reports ready = written;
        if (ready == null) {
            Path folder = Project.target("the reports");
            Project.delete(folder);
            ready = new Reports(
                    folder,
                    Installation.get().install("--reports", folder.toString()).run(Installation.WITH_DOWNLOADS));
            written = ready;
        }
        return ready;
    }

    /// A notebook as it was run.
    ///
    /// @param name its path among the others, without its ending: `01-lock`, `solutions/01-lock`
    Notebook executed(String name) {
        Path file = folder.resolve(name + ".ipynb");
        if (!Files.exists(file)) throw new AssertionError("no %s: %s".formatted(file, run.output()));
        return Notebook.at(file);
    }
}
