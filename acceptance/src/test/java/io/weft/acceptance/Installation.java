package io.weft.acceptance;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A built clone whose kernel is installed into a prefix of its own, with the reports that it wrote: made once, for all
/// tests.
///
/// Clone, prefix and reports have spaces in their names, as a person's folders may. The clone's
/// own virtual environment, made by `install.sh --reports` from the pinned requirements, is the
/// Jupyter of all tests. It is kept between builds, as `install.sh` keeps it.
record Installation(Path home, Path prefix, Path reports, Program.Finished reportsRun) {
    private static final Duration WITH_DOWNLOADS = Duration.ofMinutes(15);

    private static @Nullable Installation made;

    static synchronized Installation get() {
        Installation ready = made;
        if (ready == null) {
            ready = make();
            made = ready;
        }
        return ready;
    }

    private static Installation make() {
        Path home = Project.target("a clone");
        for (String folder : List.of("jupyter", "magics", "notebooks")) {
            Project.delete(home.resolve(folder)); // an earlier build may have left what is no longer there
        }
        Project.clonedWithBuildTo(home);
        Path prefix = Project.target("a prefix");
        Path reports = Project.target("the reports");
        Project.delete(prefix);
        Project.delete(reports);
        var run = new Installation(home, prefix, reports, new Program.Finished(List.of(), 0, ""))
                .install("--reports", reports.toString())
                .run(WITH_DOWNLOADS);
        return new Installation(home, prefix, reports, run);
    }

    /// `install.sh` of the clone, with what it takes to install what is built into the prefix.
    Program install(String... options) {
        var command = new ArrayList<>(
                List.of(home.resolve("install.sh").toString(), "--no-build", "--prefix", prefix.toString()));
        command.addAll(List.of(options));
        return Program.in(home, command.toArray(String[]::new));
    }

    /// A Python program in the clone's Jupyter that finds the kernel.
    Program python(String... arguments) {
        var command = new ArrayList<>(List.of(home.resolve(".venv/bin/python").toString()));
        command.addAll(List.of(arguments));
        return Program.in(home, command.toArray(String[]::new))
                .with("JUPYTER_PATH", prefix.resolve("share/jupyter").toString());
    }

    /// A Python program as above, with what the tests need besides Jupyter.
    Program pythonWithTools(String... arguments) {
        python(
                        "-m",
                        "pip",
                        "install",
                        "-q",
                        "--disable-pip-version-check",
                        "-r",
                        Project.source("python", "requirements.txt").toString())
                .run(WITH_DOWNLOADS)
                .successful();
        return python(arguments);
    }
}
