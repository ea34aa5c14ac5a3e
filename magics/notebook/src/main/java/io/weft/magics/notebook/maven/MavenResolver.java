package io.weft.magics.notebook.maven;

import eu.maveniverse.maven.mima.context.Context;
import eu.maveniverse.maven.mima.context.ContextOverrides;
import eu.maveniverse.maven.mima.extensions.mmr.MavenModelReader;
import eu.maveniverse.maven.mima.extensions.mmr.ModelRequest;
import eu.maveniverse.maven.mima.runtime.standalonestatic.StandaloneStaticRuntime;
import io.weft.kernel.magic.MagicException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.maven.settings.io.xpp3.SettingsXpp3Reader;
import org.codehaus.plexus.util.xml.pull.XmlPullParserException;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositoryException;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.graph.DependencyNode;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.repository.RepositoryPolicy;
import org.eclipse.aether.resolution.ArtifactDescriptorResult;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.resolution.DependencyRequest;
import org.eclipse.aether.util.artifact.JavaScopes;
import org.eclipse.aether.util.filter.DependencyFilterUtils;
import org.eclipse.aether.util.graph.manager.DependencyManagerUtils;
import org.eclipse.aether.util.graph.transformer.ConflictResolver;
import org.eclipse.aether.util.repository.SimpleResolutionErrorPolicy;
import org.jspecify.annotations.Nullable;

/// Finds artifacts and what they need as Maven would: with the user's settings, mirrors, credentials, proxies and
/// local repository. Reads the settings anew for every request. Stateless; any thread.
public final class MavenResolver {
    /// Finds what a request asks for, downloading what the local repository lacks.
    ///
    /// @throws MagicException if something cannot be had: names it, the repositories asked and the next step
    public Resolution resolve(Request request, Transfers transfers) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(MavenResolver.class.getClassLoader());
        try (Context context = new StandaloneStaticRuntime().create(overrides(request, transfers))) {
            return resolve(request, context);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static ContextOverrides overrides(Request request, Transfers transfers) {
        var overrides = ContextOverrides.create()
                .withUserSettings(true)
                .withMavenUserHomeOverride(Path.of(System.getProperty("user.home"), ".m2"))
                .transferListener(new TransferRelay(transfers))
                .offline(request.offline());
        if (request.settings() != null) overrides.withUserSettingsXmlOverride(request.settings());
        return overrides.build();
    }

    private static Resolution resolve(Request request, Context context) {
        var session = new DefaultRepositorySystemSession(context.repositorySystemSession());
        // a notebook's reader mends a mistake and tries again at once
        session.setResolutionErrorPolicy(new SimpleResolutionErrorPolicy(0));
        session.setConfigProperty(ConflictResolver.CONFIG_PROP_VERBOSE, true);
        session.setConfigProperty(DependencyManagerUtils.CONFIG_PROP_VERBOSE, true);
        if (request.update()) session.setUpdatePolicy(RepositoryPolicy.UPDATE_POLICY_ALWAYS);
        if (request.offline() == null && isOfflineBySettings(context)) session.setOffline(true);
        List<RemoteRepository> repositories = repositories(request, context, session);
        try {
            var collect = new CollectRequest().setRequestContext("notebook");
            var own = new ArrayList<>(repositories);
            addPom(request, context, session, collect, own);
            for (Coordinates bom : request.boms()) addBom(bom, context, own, collect);
            for (Coordinates wanted : request.artifacts())
                collect.addDependency(new Dependency(artifact(request, wanted, collect), JavaScopes.RUNTIME));
            collect.setRepositories(own);
            DependencyNode root = context.repositorySystem()
                    .collectDependencies(session, collect)
                    .getRoot();
            String tree = tree(root);
            List<String> conflicts = withoutLosers(root);
            var filter = DependencyFilterUtils.classpathFilter(JavaScopes.RUNTIME);
            var resolved = context.repositorySystem()
                    .resolveDependencies(session, new DependencyRequest(root, filter))
                    .getArtifactResults();
            return new Resolution(jars(resolved), conflicts, names(own), tree);
        } catch (RepositoryException failure) {
            throw Complaint.of(request, failure, names(repositories), session.isOffline());
        }
    }

    /// MIMA takes all of the settings except this.
    private static boolean isOfflineBySettings(Context context) {
        var files = new ArrayList<Path>();
        files.add(context.mavenUserHome().settingsXml());
        if (context.mavenSystemHome() != null)
            files.add(context.mavenSystemHome().settingsXml());
        for (Path file : files) {
            if (file == null || !Files.isReadable(file)) continue;
            try (InputStream in = Files.newInputStream(file)) {
                if (new SettingsXpp3Reader().read(in, false).isOffline()) return true;
            } catch (IOException | XmlPullParserException unreadable) {
                // MIMA has read it already and says what is wrong with it
            }
        }
        return false;
    }

    private static List<RemoteRepository> repositories(
            Request request, Context context, DefaultRepositorySystemSession session) {
        var given = request.repositories().stream()
                .map(each -> new RemoteRepository.Builder(each.id(), "default", each.url()).build())
                .toList();
        var all = new ArrayList<>(context.repositorySystem().newResolutionRepositories(session, given));
        for (RemoteRepository known : context.remoteRepositories())
            if (all.stream().noneMatch(each -> each.getUrl().equals(known.getUrl()))) all.add(known);
        return all;
    }

    private static List<Repository> names(List<RemoteRepository> repositories) {
        return repositories.stream()
                .map(each -> new Repository(each.getId(), each.getUrl()))
                .toList();
    }

    private static void addPom(
            Request request,
            Context context,
            DefaultRepositorySystemSession session,
            CollectRequest collect,
            List<RemoteRepository> repositories)
            throws RepositoryException {
        if (request.pom() == null) return;
        var model = new MavenModelReader(context)
                .readModel(ModelRequest.builder()
                        .setPomFile(request.pom())
                        .setRepositories(repositories)
                        .build());
        ArtifactDescriptorResult pom = model.toArtifactDescriptorResult(model.getEffectiveModel());
        collect.setManagedDependencies(pom.getManagedDependencies());
        for (Dependency dependency : pom.getDependencies()) {
            String scope = dependency.getScope().isEmpty() ? JavaScopes.COMPILE : dependency.getScope();
            if (request.scopes().contains(scope)) collect.addDependency(dependency.setScope(JavaScopes.RUNTIME));
        }
        for (RemoteRepository more :
                context.repositorySystem().newResolutionRepositories(session, pom.getRepositories()))
            if (repositories.stream().noneMatch(each -> each.getUrl().equals(more.getUrl()))) repositories.add(more);
    }

    private static void addBom(
            Coordinates bom, Context context, List<RemoteRepository> repositories, CollectRequest collect)
            throws RepositoryException {
        var artifact = new DefaultArtifact(bom.group(), bom.artifact(), "pom", bom.version());
        var model = new MavenModelReader(context)
                .readModel(ModelRequest.builder()
                        .setArtifact(artifact)
                        .setRepositories(repositories)
                        .build());
        model.toArtifactDescriptorResult(model.getEffectiveModel())
                .getManagedDependencies()
                .forEach(collect::addManagedDependency);
    }

    private static Artifact artifact(Request request, Coordinates wanted, CollectRequest collect) {
        String version = wanted.version().isEmpty() ? managedVersion(wanted, collect) : wanted.version();
        if (version == null)
            throw new MagicException("%s: %s has no version%s. Write %s:VERSION."
                    .formatted(
                            request.magic(), wanted, request.boms().isEmpty() ? "" : ", and no BOM gives one", wanted));
        return new DefaultArtifact(wanted.group(), wanted.artifact(), wanted.classifier(), wanted.type(), version);
    }

    private static @Nullable String managedVersion(Coordinates wanted, CollectRequest collect) {
        for (Dependency managed : collect.getManagedDependencies()) {
            Artifact artifact = managed.getArtifact();
            if (artifact.getGroupId().equals(wanted.group())
                    && artifact.getArtifactId().equals(wanted.artifact())
                    && artifact.getExtension().equals(wanted.type())
                    && artifact.getClassifier().equals(wanted.classifier())) return artifact.getVersion();
        }
        return null;
    }

    /// Takes the nodes out of the graph that gave way to another version, and tells of each.
    private static List<String> withoutLosers(DependencyNode root) {
        var told = new LinkedHashSet<String>();
        prune(root, told);
        return List.copyOf(told);
    }

    private static void prune(DependencyNode node, Set<String> told) {
        var kept = new ArrayList<DependencyNode>();
        for (DependencyNode child : node.getChildren()) {
            if (child.getData().get(ConflictResolver.NODE_DATA_WINNER) instanceof DependencyNode winner) {
                String lost = child.getArtifact().getBaseVersion();
                String won = winner.getArtifact().getBaseVersion();
                if (!lost.equals(won))
                    told.add("%s: %s is used, not %s%s".formatted(name(child.getArtifact()), won, lost, by(node)));
                continue;
            }
            kept.add(child);
            prune(child, told);
        }
        node.setChildren(kept);
    }

    private static String by(DependencyNode parent) {
        Artifact artifact = parent.getArtifact();
        return artifact == null ? "" : ", which " + name(artifact) + " " + artifact.getBaseVersion() + " asks for";
    }

    private static String tree(DependencyNode root) {
        var text = new StringBuilder();
        for (DependencyNode child : root.getChildren()) appendTree(text, child, "");
        return text.toString();
    }

    private static void appendTree(StringBuilder text, DependencyNode node, String indent) {
        boolean gaveWay = node.getData().get(ConflictResolver.NODE_DATA_WINNER) != null;
        text.append(indent)
                .append(name(node.getArtifact()))
                .append(' ')
                .append(node.getArtifact().getBaseVersion())
                .append(gaveWay ? " (another one is used)" : "")
                .append('\n');
        if (!gaveWay) for (DependencyNode child : node.getChildren()) appendTree(text, child, indent + "  ");
    }

    private static List<Resolution.Jar> jars(List<ArtifactResult> resolved) {
        Map<String, Resolution.Jar> jars = new LinkedHashMap<>();
        for (ArtifactResult result : resolved) {
            Artifact artifact = result.getArtifact();
            if (artifact == null
                    || artifact.getFile() == null
                    || artifact.getExtension().equals("pom")) continue;
            jars.putIfAbsent(
                    name(artifact),
                    new Resolution.Jar(
                            name(artifact),
                            artifact.getBaseVersion(),
                            artifact.getFile().toPath()));
        }
        return List.copyOf(jars.values());
    }

    static String name(Artifact artifact) {
        return new Coordinates(
                        artifact.getGroupId(),
                        artifact.getArtifactId(),
                        artifact.getExtension(),
                        artifact.getClassifier(),
                        "")
                .toString();
    }
}
