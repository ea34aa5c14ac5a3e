package io.weft.acceptance;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A built clone whose kernel is installed into a prefix of its own: made once, for all tests.
///
/// Clone and prefix have spaces in their names, as a person's folders may. The clone's own virtual environment, which
/// `install.sh` makes from the pinned requirements where it finds no Jupyter, is the Jupyter of all tests. It is kept
/// between builds, as `install.sh` keeps it.
record Installation(Path home, Path prefix) {
    static final Duration WITH_DOWNLOADS = Duration.ofMinutes(15);

    private static @Nullable Installation made;
    private static boolean hasTools;

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
        Project.delete(prefix);
        Program.in(home, home.resolve("install.sh").toString(), "--no-build")
                .with("JUPYTER_DATA_DIR", prefix.resolve("share/jupyter").toString())
                .with("PATH", NodeTools.pathWithout("jupyter"))
                .run(WITH_DOWNLOADS)
                .successful();
        return new Installation(home, prefix);
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
        return getWithTools().python(arguments);
    }

    /// The installation, whose Jupyter has by now what the tests need besides.
    static synchronized Installation getWithTools() {
        Installation ready = get();
        if (!hasTools) {
            ready.python(
                            "-m",
                            "pip",
                            "install",
                            "-q",
                            "--disable-pip-version-check",
                            "-r",
                            Project.source("python", "requirements.txt").toString())
                    .run(WITH_DOWNLOADS)
                    .successful();
            hasTools = true;
        }
        return ready;
    }
}
