package io.weft.magics.notebook.maven;

import io.weft.kernel.magic.MagicException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.aether.RepositoryException;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.resolution.ArtifactResolutionException;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.resolution.DependencyResolutionException;
import org.eclipse.aether.transfer.ArtifactNotFoundException;
import org.eclipse.aether.transfer.ArtifactTransferException;

/// Tells which artifact could not be had, where it was looked for, and what to do.
final class Complaint {
    private Complaint() {}

    static MagicException of(Request request, RepositoryException failure, List<Repository> asked, boolean offline) {
        var missing = new LinkedHashSet<String>();
        var reasons = new LinkedHashSet<String>();
        for (ArtifactResult result : failedResults(failure)) {
            if (result.isResolved()) continue;
            Artifact artifact = result.getRequest().getArtifact();
            missing.add(MavenResolver.name(artifact) + ":" + artifact.getVersion());
            for (Exception each : result.getExceptions()) reasons.add(reason(each));
        }
        reasons.remove("");
        var words = new StringBuilder(request.magic()).append(": ");
        if (missing.isEmpty()) words.append(failure.getMessage()).append('.');
        else
            words.append(missing.size() == 1 ? "this artifact was not found: " : "these artifacts were not found: ")
                    .append(String.join(", ", missing))
                    .append('.');
        words.append(" Nothing was added to the class path.\n");
        if (offline) words.append("Only the local repository was looked at, since Maven is offline.\n");
        else words.append("Asked: ").append(list(asked)).append('\n');
        for (String reason : reasons) words.append(reason).append('\n');
        return new MagicException(
                words.append(nextStep(request, offline, reasons)).toString(), failure);
    }

    private static String list(List<Repository> repositories) {
        return repositories.stream()
                .map(each -> each.id() + " (" + each.url() + ")")
                .collect(Collectors.joining(", "));
    }

    private static List<ArtifactResult> failedResults(Throwable failure) {
        var results = new ArrayList<ArtifactResult>();
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof ArtifactResolutionException resolution && resolution.getResults() != null)
                results.addAll(resolution.getResults());
            if (at instanceof DependencyResolutionException resolution)
                results.addAll(resolution.getResult().getArtifactResults());
        }
        return results;
    }

    /// What a repository said, unless it only has no such file.
    private static String reason(Exception failure) {
        if (failure instanceof ArtifactNotFoundException) return "";
        if (failure instanceof ArtifactTransferException transfer && transfer.getRepository() != null) {
            Throwable deepest = transfer;
            while (deepest.getCause() != null) deepest = deepest.getCause();
            return transfer.getRepository().getId() + " says: " + deepest.getMessage();
        }
        return String.valueOf(failure.getMessage());
    }

    private static String nextStep(Request request, boolean offline, Set<String> reasons) {
        if (offline)
            return request.offline() != null && request.offline()
                    ? "Leave out --offline to download it."
                    : "Take <offline> out of settings.xml to download it.";
        String said = String.join(" ", reasons);
        if (said.contains("401") || said.contains("403") || said.contains("407"))
            return "The repository wants other credentials: give them in settings.xml, in a <server> whose <id> is the repository's name above.";
        if (!reasons.isEmpty())
            return "Check the network, and the proxy or mirror in settings.xml; then run the cell again.";
        return "Check group, artifact and version; or name the repository that has it: %mavenRepo ID URL.";
    }
}
