package io.weft.magics.notebook;

import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import io.weft.magics.notebook.maven.MavenResolver;
import io.weft.magics.notebook.maven.Repository;
import io.weft.magics.notebook.maven.Request;
import io.weft.magics.notebook.maven.Resolution;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// What the notebook has of Maven: the repositories that cells named and the artifacts on the class path.
///
/// One for a session; thread-safe. Maven's classes load with the first request.
final class Dependencies {
    /// More artifacts than these are counted, not named, in the line that is always to be seen.
    private static final int NAMED = 3;

    private final Map<String, Repository> repositories = new LinkedHashMap<>();
    private final Map<String, String> versions = new LinkedHashMap<>();

    /// Remembers a repository for all requests to come, in place of one with the same id.
    synchronized void addRepository(Repository repository) {
        repositories.put(repository.id(), repository);
    }

    /// The repositories that cells named.
    synchronized List<Repository> repositories() {
        return List.copyOf(repositories.values());
    }

    /// Finds artifacts and adds them to the class path.
    ///
    /// @return the files that were added
    List<String> add(Cell cell, Request request, boolean verbose) throws InterruptedException {
        var progress = new Progress(cell.output(), verbose);
        Resolution found = resolve(request, progress);
        var wanted = new ArrayList<Path>();
        var details = new ArrayList<String>();
        var warnings = new ArrayList<>(found.conflicts());
        var kept = new ArrayList<String>();
        synchronized (this) {
            for (Resolution.Jar jar : found.jars()) {
                String present = versions.putIfAbsent(jar.name(), jar.version());
                if (present == null) {
                    wanted.add(jar.file());
                    details.add(jar.name() + " " + jar.version());
                } else if (!present.equals(jar.version())) {
                    kept.add("%s stays at %s, %s was left out".formatted(jar.name(), present, jar.version()));
                    warnings.add(
                            "%s: version %s is on the class path already, so %s was left out. To use %s, restart the kernel and ask for it first."
                                    .formatted(jar.name(), present, jar.version(), jar.version()));
                }
            }
        }
        List<Path> added = cell.notebook().addToClassPath(wanted);
        String none = kept.isEmpty() ? "all of it is on the class path already" : "nothing was added to the class path";
        String count = added.isEmpty()
                ? none
                : added.size() == 1 ? "1 jar added to the class path" : added.size() + " jars added to the class path";
        String conflicts =
                (kept.isEmpty() ? "" : "; " + named(kept)) + (warnings.size() > kept.size() ? "; versions differ" : "");
        details.addAll(warnings);
        progress.end("%s: %s; %s%s".formatted(request.magic(), count, progress.downloaded(), conflicts), details);
        if (verbose) System.out.print(found.tree());
        return added.stream().map(Path::toString).toList();
    }

    /// The first few, and how many more there are: the rest is folded away.
    private static String named(List<String> kept) {
        String first = String.join(", ", kept.subList(0, Math.min(NAMED, kept.size())));
        return kept.size() > NAMED ? first + " and %d more".formatted(kept.size() - NAMED) : first;
    }

    /// Resolves in a thread of its own, since a download does not look for interrupts.
    private static Resolution resolve(Request request, Progress progress) throws InterruptedException {
        var task = new FutureTask<>(() -> new MavenResolver().resolve(request, progress));
        Thread.ofPlatform().daemon().name("weft-maven").start(task);
        try {
            return task.get();
        } catch (InterruptedException interrupted) {
            progress.cancel();
            task.cancel(true);
            throw interrupted;
        } catch (ExecutionException failure) {
            progress.fail();
            if (failure.getCause() instanceof MagicException told) throw told;
            throw new MagicException(request.magic() + ": Maven failed: " + failure.getCause(), failure);
        }
    }
}
