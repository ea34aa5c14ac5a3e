package io.weft.acceptance;

import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A headless Chromium, driven by Playwright scripts in `src/test/node`.
///
/// Playwright is one of the [NodeTools]. Chromium is the machine's: on Debian and as root
/// it is installed where it is missing; anywhere else its absence fails the test and says what to do.
record Browser(Path chromium, Path scripts) {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
    private static final Duration DOWNLOAD = Duration.ofMinutes(10);

    private static @Nullable Browser made;

    static synchronized Browser get() {
        Browser ready = made;
        if (ready == null) {
            ready = new Browser(foundChromium(), NodeTools.folder());
            made = ready;
        }
        return ready;
    }

    /// Runs a script and returns what it printed; fails with that if the script does.
    String run(String script, Duration deadline, String... arguments) {
        var command = new ArrayList<>(List.of("node", script, chromium.toString()));
        command.addAll(List.of(arguments));
        return Program.in(scripts, command.toArray(String[]::new)).run(deadline).successful();
    }

    private static Path foundChromium() {
        return find().or(Browser::installOnDebian)
                .orElseGet(() -> fail("the browser tests need Chromium, and PATH has none of %s. Debian: sudo apt-get"
                                .formatted(NAMES)
                        + " install chromium; or set WEFT_CHROMIUM to the program of a Chromium or Chrome"));
    }

    private static Optional<Path> find() {
        String named = System.getenv("WEFT_CHROMIUM");
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        return NAMES.stream().flatMap(name -> NodeTools.onPath(name).stream()).findFirst();
    }

    private static Optional<Path> installOnDebian() {
        if (NodeTools.onPath("apt-get").isEmpty() || !"root".equals(System.getProperty("user.name"))) {
            return Optional.empty();
        }
        Path here = Project.target("");
        Program.in(here, "apt-get", "update", "-q").run(DOWNLOAD).successful();
        Program.in(here, "apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core")
                .with("DEBIAN_FRONTEND", "noninteractive")
                .run(DOWNLOAD)
                .successful();
        return find();
    }
}
