package io.weft.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `binder/`, as far as it can be tried without Docker: the Dockerfile that repo2docker makes of it, and its scripts in
/// a clean clone, in the memory and on the one core that Binder gives, by a user who is not root.
@Order(1)
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class BinderTest {
    private static final Duration QUICK = Duration.ofMinutes(2);
    private static final Duration ON_ONE_CORE = Duration.ofMinutes(8);
    private static final String FIRST_NOTEBOOK = "/lab/tree/notebooks/00-start-here.ipynb";

    @Test
    void repo2docker_makesAnImageOfTheCondaEnvironment_andRunsTheScriptsAsItsUser() {
        // when
        String printed = Installation.get()
                .pythonWithTools(Project.source("python", "dockerfile.py").toString(), Project.ROOT.toString())
                .run(QUICK)
                .successful();
        // then
        assertThat(printed)
                .startsWith("CondaBuildPack")
                .containsSubsequence(
                        "env update -p ${NB_PYTHON_PREFIX} --file \"binder/environment.yml\"",
                        "COPY --chown=1000:1000 src/ ${REPO_DIR}/",
                        "USER ${NB_USER}",
                        "RUN ./binder/postBuild",
                        "ENV R2D_ENTRYPOINT=\"${REPO_DIR}/binder/start\"");
        assertThat(printed.substring(printed.indexOf("RUN ./binder/postBuild"))).doesNotContain("USER root");
    }

    @Test
    void theEnvironment_hasTheJdkThatWeftNeeds() throws IOException {
        assertThat(Project.ROOT.resolve("binder/environment.yml")).content().contains("- openjdk=25", "- maven=");
        for (String script : List.of("postBuild", "start")) {
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(Project.ROOT.resolve("binder/" + script))))
                    .as(script)
                    .startsWith("rwx");
        }
    }

    @Test
    void theImage_opensTheFirstNotebook_andMakesCachesAnewThatDoNotFit(@TempDir Path folder, TestReporter reporter)
            throws Exception {
        // given a clone as in an image, in the limits of one
        try (var limits = Limits.ofBinder(folder.getFileName().toString())) {
            limits.told().forEach(reporter::publishEntry);
            var image = new Image(folder, limits);
            // when the image is built
            image.run(ON_ONE_CORE, "./binder/postBuild").successful();
            // then it has a kernel with start-up caches
            Path spec = image.prefix().resolve("share/jupyter/kernels/weft");
            assertThat(spec.resolve("kernel.json")).content().contains("-XX:AOTCache=");
            assertThat(image.run(QUICK, "./binder/start", "echo", "opened").successful())
                    .contains("opened")
                    .doesNotContain("made anew");

            // and runs a notebook with workers
            image.run(ON_ONE_CORE, "jupyter", "execute", "--inplace", "notebooks/00-start-here.ipynb")
                    .successful();
            Notebook executed = Notebook.at(image.home().resolve("notebooks/00-start-here.ipynb"));
            assertThat(executed.code()).isNotEmpty().allSatisfy(cell -> {
                assertThat(cell.count()).as(cell.address()).isPositive();
                assertThat(cell.failed())
                        .as("%s%n%s", cell.address(), cell.texts())
                        .isEqualTo(cell.mayFail());
            });

            // and opens that one whatever program of Jupyter Binder starts
            for (String program : List.of("lab", "notebook", "server")) {
                assertThat(image.firstPage(program)).as(program).isEqualTo(FIRST_NOTEBOOK);
            }

            // when the cache no longer fits
            try (var cache = FileChannel.open(spec.resolve("weft.aot"), StandardOpenOption.WRITE)) {
                cache.truncate(cache.size() / 2);
            }
            // then it is made anew before Jupyter is opened
            assertThat(image.run(ON_ONE_CORE, "./binder/start", "echo", "opened")
                            .successful())
                    .containsSubsequence("made anew", "opened");
            image.run(QUICK, "python", "jupyter/startup_cache.py", "--check", spec.toString())
                    .successful();
        }
    }

    /// What an image of Binder has less than the machine of the tests, as far as that machine can be made to have it.
    ///
    /// @param command what a command is put behind for the limits to hold for it and all that it starts
    /// @param told    what is limited, and how
    /// @param cgroup  the group of processes with less memory, or null
    private record Limits(
            List<String> command,
            Map<String, String> told,
            @Nullable Path cgroup) implements AutoCloseable {
        private static final long MEMORY = 2L << 30;
        /// A user of whom the machine knows nothing else: their home is what HOME says.
        private static final int THROW_AWAY_UID = 61_999;

        static Limits ofBinder(String name) throws IOException {
            var command = new ArrayList<String>();
            var told = new LinkedHashMap<String, String>();
            Path cgroup = cgroup(name);
            if (cgroup != null) {
                // the shell joins the group while it may
                command.addAll(List.of(
                        "sh",
                        "-c",
                        "echo $$ >\"$0\" && exec \"$@\"",
                        cgroup.resolve("cgroup.procs").toString()));
                told.put("memory", "2 GB for all together, by the control group " + cgroup);
            } else {
                command.addAll(List.of("env", "JDK_JAVA_OPTIONS=-XX:MaxRAM=" + MEMORY));
                told.put("memory", "each JVM believes in a machine of 2 GB; no control group can be made here");
            }
            boolean root = "root".equals(System.getProperty("user.name"))
                    && NodeTools.onPath("setpriv").isPresent();
            if (root) {
                // may read as root does, since the tests' Python and Maven may lie in root's home; may write nothing
                command.addAll(List.of(
                        "setpriv",
                        "--reuid=" + THROW_AWAY_UID,
                        "--regid=" + THROW_AWAY_UID,
                        "--clear-groups",
                        "--inh-caps=-all,+dac_read_search",
                        "--ambient-caps=-all,+dac_read_search",
                        "--bounding-set=-all,+dac_read_search"));
            }
            told.put(
                    "user",
                    root ? "uid %d, who may read what root may".formatted(THROW_AWAY_UID) : "whoever runs the tests");
            boolean oneCore = NodeTools.onPath("taskset").isPresent();
            if (oneCore) command.addAll(List.of("taskset", "-c", "0"));
            told.put("cores", oneCore ? "1, by taskset" : "all of the machine's");
            return new Limits(command, told, cgroup);
        }

        /// Makes a control group of either version, or gives null where nobody lets us.
        private static @Nullable Path cgroup(String name) throws IOException {
            for (String[] version : new String[][] {
                {"/sys/fs/cgroup/memory", "memory.limit_in_bytes"},
                {"/sys/fs/cgroup", "memory.max"}
            }) {
                Path group = Path.of(version[0], "weft-" + name);
                try {
                    Files.createDirectory(group);
                } catch (IOException notHere) {
                    continue;
                }
                try {
                    Files.writeString(
                            group.resolve(version[1]), String.valueOf(MEMORY), StandardOpenOption.TRUNCATE_EXISTING);
                    return group;
                } catch (IOException notLimited) {
                    Files.delete(group);
                }
            }
            return null;
        }

        @Override
        public void close() {
            if (cgroup == null) return;
            // a group can be removed once its last process is gone
            await().atMost(QUICK)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> Files.deleteIfExists(cgroup));
        }
    }

    /// A folder that is to repo2docker's image what a clone is to the repository.
    ///
    /// Its Maven is the machine's, with the machine's repository; it need not compile, since the classes are there.
    private static final class Image {
        private static final List<Path> MODULES = Stream.of(
                        "kernel",
                        "magics/concurrent",
                        "magics/chart",
                        "magics/notebook",
                        "magics/ijava",
                        "magics/commands")
                .map(Path::of)
                .toList();

        private final Path home;
        private final Path prefix;
        private final Path programs;
        private final Limits limits;

        Image(Path folder, Limits limits) throws IOException {
            this.limits = limits;
            home = Project.clonedTo(Files.createDirectories(folder.resolve("home")));
            for (Path module : MODULES) {
                copy(
                        Project.ROOT.resolve(module).resolve("target/classes"),
                        home.resolve(module).resolve("target/classes"));
            }
            prefix = Files.createDirectories(folder.resolve("env"));
            programs = Files.createDirectories(folder.resolve("bin"));
            Path python = Installation.getWithTools().home().resolve(".venv/bin/python");
            program("python", "#!/bin/sh\nexec '%s' \"$@\"\n".formatted(python));
            program("jupyter", "#!/bin/sh\nexec '%s' -m jupyter \"$@\"\n".formatted(python));
            if (limits.command().contains("setpriv")) {
                Program.in(
                                folder,
                                "chown",
                                "-R",
                                Limits.THROW_AWAY_UID + ":" + Limits.THROW_AWAY_UID,
                                folder.toString())
                        .run(QUICK)
                        .successful();
            }
        }

        private void program(String name, String script) throws IOException {
            Path program = Files.writeString(programs.resolve(name), script);
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        }

        Path home() {
            return home;
        }

        Path prefix() {
            return prefix;
        }

        Program.Finished run(Duration deadline, String... command) {
            return program(command).run(deadline);
        }

        private Program program(String... command) {
            var all = new ArrayList<>(limits.command());
            all.addAll(List.of(command));
            return Program.in(home, all.toArray(String[]::new))
                    .with("HOME", home.toString())
                    .with("NB_PYTHON_PREFIX", prefix.toString())
                    .with("PATH", programs + ":" + System.getenv("PATH"))
                    .with(
                            "MAVEN_OPTS",
                            "-Dmaven.repo.local='%s' -Duser.home='%s' -Dmaven.main.skip=true -Dmaven.test.skip=true"
                                    .formatted(
                                            System.getProperty("weft.maven.repository"),
                                            System.getProperty("user.home")))
                    .with("JUPYTER_PATH", prefix.resolve("share/jupyter").toString())
                    .with("JUPYTER_CONFIG_PATH", prefix.resolve("etc/jupyter").toString())
                    .with("JUPYTER_CONFIG_DIR", home.resolve("config").toString())
                    .with("JUPYTER_RUNTIME_DIR", home.resolve("runtime").toString())
                    .with("IPYTHONDIR", home.resolve("ipython").toString());
        }

        /// Where a program of Jupyter, started as the image does, sends whoever opens it without an address.
        String firstPage(String program) throws Exception {
            Path runtime = home.resolve("runtime-of-" + program);
            try (var server = JupyterServer.started(
                            program(
                                    "./binder/start",
                                    "jupyter",
                                    program,
                                    "--no-browser",
                                    "--ip=127.0.0.1",
                                    "--port=" + JupyterServer.freePort()),
                            runtime);
                    var client = HttpClient.newHttpClient()) {
                var request = HttpRequest.newBuilder(URI.create(server.address("")))
                        .timeout(QUICK)
                        .build();
                return client.send(request, HttpResponse.BodyHandlers.discarding())
                        .headers()
                        .firstValue("location")
                        .map(location -> location.replaceFirst("\\?.*", ""))
                        .orElse("");
            }
        }

        private static void copy(Path from, Path to) throws IOException {
            Files.createDirectories(to);
            for (Path file : Project.contents(from)) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }
}
