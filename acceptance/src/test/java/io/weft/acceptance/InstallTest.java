package io.weft.acceptance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `install.sh` as a person runs it, in a clone of its own whose name has a space.
@Order(2)
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class InstallTest {
    private static final Duration SHORT = Duration.ofMinutes(2);
    private static final Duration LONG = Duration.ofMinutes(6);
    private static final Duration WITH_DOWNLOADS = Duration.ofMinutes(15);

    /// What the script calls besides Java, Maven and Python.
    private static final List<String> BASICS = List.of(
            "bash", "sh", "env", "cat", "cksum", "cp", "dirname", "find", "grep", "head", "id", "mkdir", "mv", "rm",
            "rmdir", "sed", "sort", "tail", "uname");

    @TempDir
    Path folder;

    private Path clone;
    private Path prefix;
    private Path spec;

    @BeforeEach
    void aCloneThatIsBuilt() {
        clone = Project.clonedWithBuildTo(folder.resolve("my clone"));
        prefix = folder.resolve("my prefix");
        spec = prefix.resolve("share/jupyter/kernels/weft");
    }

    @Test
    void help_namesEveryOption() {
        assertThat(install("--help").run(SHORT).successful())
                .contains(
                        "--user",
                        "--sys-prefix",
                        "--prefix DIR",
                        "--lab",
                        "--reports [DIR]",
                        "--uninstall",
                        "--no-build",
                        "--no-browser",
                        "--no-cache",
                        "--as-java",
                        "--enable-preview",
                        "JAVA_HOME");
    }

    @Test
    void anUnknownOption_isNamed_andNothingIsInstalled() {
        var run = install("--prefix", prefix.toString(), "--labb").run(SHORT);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.output()).contains("unknown option --labb", "--help");
        assertThat(prefix).doesNotExist();
    }

    @Test
    void theKernelspec_runsTheJdkThatWasFound_andNeedsTheCloneNoMore() throws IOException {
        // when
        install("--no-build", "--prefix", prefix.toString()).run(SHORT).successful();
        // then
        JsonNode kernel = new JsonMapper().readTree(spec.resolve("kernel.json"));
        assertThat(kernel.path("display_name").asString()).isEqualTo("Java (Weft)");
        assertThat(kernel.path("language").asString()).isEqualTo("java");
        assertThat(kernel.path("interrupt_mode").asString()).isEqualTo("message");
        List<String> argv = argv();
        assertThat(Path.of(argv.getFirst())).isAbsolute().isExecutable();
        assertThat(argv)
                .contains("-cp", spec.resolve("lib") + "/*", "io.weft.kernel.Main", "{connection_file}")
                .noneMatch(argument -> argument.contains("@"));
        assertThat(Files.readString(spec.resolve("kernel.json"))).doesNotContain(clone.toString());
        assertThat(spec.resolve("lib"))
                .isDirectoryContaining("glob:**/weft-kernel-*.jar")
                .isDirectoryContaining("glob:**/weft-concurrent-*.jar")
                .isDirectoryContaining("glob:**/weft-magics-*.jar");
        assertThat(spec).isDirectoryContaining("glob:**/logo-svg.svg");
        assertThat(spec).isDirectoryContaining("glob:**/logo-64x64.png");
        assertThat(spec).isDirectoryContaining("glob:**/logo-32x32.png");
    }

    @Test
    void theStartUpCache_isUsed_andOneThatIsDamagedOrOfAnotherJvmOrGoneDoesNoHarm() throws IOException {
        // given
        installWithCache("--no-build", "--prefix", prefix.toString()).run(LONG).successful();
        Path cache = spec.resolve("weft.aot");
        var command = new ArrayList<>(argv().subList(0, argv().size() - 1));
        command.add("--version");
        String ready =
                Program.in(folder, command.toArray(String[]::new)).run(SHORT).successful();
        // then the JVM can use it with the options of kernel.json
        assertThat(argv()).contains("-XX:AOTCache=" + cache);
        var strict = new ArrayList<>(command);
        strict.replaceAll(option -> option.equals("-XX:AOTMode=auto") ? "-XX:AOTMode=on" : option);
        Program.in(folder, strict.toArray(String[]::new)).run(SHORT).successful();
        // and the kernel starts just as well whatever has happened to it
        byte[] whole = Files.readAllBytes(cache);
        var damaged = whole.clone();
        for (int i = whole.length / 8; i < whole.length; i += 10_007) damaged[i] ^= 0x55;
        var foreign = new String(whole, ISO_8859_1)
                .replace(
                        "(" + Runtime.version().feature(),
                        "(9" + Runtime.version().feature() % 10)
                .getBytes(ISO_8859_1);
        for (byte[] bytes : List.of(damaged, foreign, Arrays.copyOf(whole, whole.length / 2), new byte[0])) {
            Files.write(cache, bytes);
            assertThat(Program.in(folder, command.toArray(String[]::new))
                            .run(SHORT)
                            .successful())
                    .isEqualTo(ready);
        }
        Files.delete(cache);
        assertThat(Program.in(folder, command.toArray(String[]::new)).run(SHORT).successful())
                .isEqualTo(ready);
        // and a second installation makes it anew
        installWithCache("--no-build", "--prefix", prefix.toString()).run(LONG).successful();
        assertThat(cache).isNotEmptyFile();
        install("--uninstall", "--prefix", prefix.toString()).run(SHORT).successful();
        assertThat(prefix).doesNotExist();
    }

    @Test
    void withoutAStartUpCache_theKernelIsInstalledAllTheSame() throws IOException {
        // given a script that fails
        Files.writeString(clone.resolve("jupyter/startup_cache.py"), "raise SystemExit('no room')");
        // when
        String said = installWithCache("--no-build", "--prefix", prefix.toString())
                .run(SHORT)
                .successful();
        // then
        assertThat(said).contains("starts more slowly", "install-cache.log", "installed Java (Weft)");
        assertThat(argv()).noneMatch(option -> option.contains("AOT"));
    }

    private List<String> argv() throws IOException {
        return new JsonMapper()
                .readTree(spec.resolve("kernel.json"))
                .path("argv")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    @Test
    void installedTwice_thenUninstalled_leavesNothing() {
        // given the folder of the clone is not the one that the script is called from
        install("--no-build", "--prefix", prefix.toString()).run(SHORT).successful();
        List<Path> once = Project.contents(prefix);
        // when
        install("--no-build", "--prefix", prefix.toString()).run(SHORT).successful();
        // then
        assertThat(Project.contents(prefix)).containsExactlyInAnyOrderElementsOf(once);
        install("--uninstall", "--prefix", prefix.toString()).run(SHORT).successful();
        assertThat(prefix).doesNotExist();
        // and once more there is nothing to remove, which is no error
        assertThat(install("--uninstall", "--prefix", prefix.toString())
                        .run(SHORT)
                        .successful())
                .contains("no kernel in");
    }

    @Test
    void uninstall_keepsFoldersThatWereThereBefore_andFilesThatAreNotWefts() throws IOException {
        // given
        Files.createDirectories(prefix.resolve("share/jupyter"));
        install("--no-build", "--prefix", prefix.toString()).run(SHORT).successful();
        Path note = Files.writeString(spec.resolve("note.txt"), "mine");
        // when
        var run = install("--uninstall", "--prefix", prefix.toString()).run(SHORT);
        // then
        assertThat(run.successful()).contains("left the files there that are not Weft's");
        assertThat(Project.contents(spec)).containsExactly(note);
    }

    @Test
    void aBrokenInstallation_isRepaired() throws IOException {
        // given
        install("--no-build", "--prefix", prefix.toString()).run(SHORT).successful();
        List<Path> whole = Project.contents(prefix);
        Project.delete(spec.resolve("lib"));
        Files.writeString(spec.resolve("kernel.json"), "{");
        // when
        install("--no-build", "--prefix", prefix.toString()).run(SHORT).successful();
        // then
        assertThat(Project.contents(prefix)).containsExactlyInAnyOrderElementsOf(whole);
    }

    @Test
    void asJava_notebooksOfOtherJavaKernels_findIt_andUninstallTakesItAway() throws IOException {
        Path alias = spec.resolveSibling("java");
        // given another kernel's, which stays
        Files.createDirectories(alias);
        Path others = Files.writeString(alias.resolve("kernel.json"), "{\"argv\": [\"other\"]}");
        var refused = install("--no-build", "--as-java", "--prefix", prefix.toString())
                .run(SHORT);
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.output()).contains(alias + " is there already and is not Weft's");
        assertThat(others).hasContent("{\"argv\": [\"other\"]}");
        // when
        Files.delete(others);
        install("--no-build", "--as-java", "--enable-preview", "--prefix", prefix.toString())
                .run(SHORT)
                .successful();
        // then
        assertThat(others).hasSameTextualContentAs(spec.resolve("kernel.json"));
        assertThat(argv()).contains("--enable-preview");
        install("--uninstall", "--prefix", prefix.toString()).run(SHORT).successful();
        assertThat(alias).doesNotExist();
    }

    @Test
    void aKernelspecOfSomebodyElse_isNeitherReplacedNorRemoved() throws IOException {
        // given
        Files.createDirectories(spec);
        Files.writeString(spec.resolve("kernel.json"), "{\"argv\": [\"other\"]}");
        for (String what : List.of("--no-build", "--uninstall")) {
            // when
            var run = install(what, "--prefix", prefix.toString()).run(SHORT);
            // then
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.output()).contains(spec + " is there already and is not Weft's", "move it away");
            assertThat(spec.resolve("kernel.json")).hasContent("{\"argv\": [\"other\"]}");
        }
    }

    @Test
    void withoutJdkMavenAndPython_oneMessageNamesAllThree_andHowToGetThem() throws IOException {
        var run = install("--prefix", prefix.toString())
                .with("PATH", pathWithBasics().toString())
                .with("JAVA_HOME", "")
                .with("WEFT_JDK_FOLDERS", folder.resolve("no JDK here").toString())
                .run(SHORT);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output())
                .contains("nothing was changed")
                .contains("a JDK 25 or newer (found: none at all)", "sdk install java 25-tem", "JAVA_HOME")
                .contains("Maven (no mvn on PATH)", "brew install maven")
                .contains("Python 3.10 or newer", "apt install python3");
        assertThat(prefix).doesNotExist();
    }

    @Test
    void anOlderJdk_isNamed_withItsVersion() throws IOException {
        // given what a JDK 17 looks like to the script: its programs and its release file
        Path old = folder.resolve("jdks/jdk-17");
        Files.createDirectories(old.resolve("bin"));
        for (String program : List.of("java", "javac", "jshell")) {
            assertThat(Files.createFile(old.resolve("bin").resolve(program))
                            .toFile()
                            .setExecutable(true))
                    .isTrue();
        }
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"17.0.15\"\n");
        // when
        var run = install("--no-build", "--prefix", prefix.toString())
                .with("PATH", pathWithPython().toString())
                .with("JAVA_HOME", "")
                .with("WEFT_JDK_FOLDERS", folder.resolve("jdks").toString())
                .run(SHORT);
        // then
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output())
                .contains("a JDK 25 or newer (found: 17.0.15 in " + old + ")")
                .doesNotContain("Maven")
                .doesNotContain("Python 3.10");
    }

    @Test
    void aJdkInAFolderOfJdks_isFound_whereNothingElseNamesIt() throws IOException {
        // given
        Path jdks = Files.createDirectories(folder.resolve("jdks"));
        Files.createSymbolicLink(jdks.resolve("one"), Path.of(System.getProperty("java.home")));
        // when
        var run = install("--no-build", "--prefix", prefix.toString())
                .with("PATH", pathWithPython().toString())
                .with("JAVA_HOME", folder.resolve("gone").toString())
                .with("WEFT_JDK_FOLDERS", jdks.toString())
                .run(SHORT);
        // then
        assertThat(run.successful()).contains("in " + jdks.resolve("one"));
    }

    @Test
    void withoutABuild_noBuildSaysSo() {
        Project.delete(clone.resolve("magics/commands/target"));
        var run = install("--no-build", "--prefix", prefix.toString()).run(SHORT);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output()).contains("there is no build to install", "without --no-build");
        assertThat(prefix).doesNotExist();
    }

    @Test
    void withoutAnEnvironment_sysPrefixSaysWhatToDo() {
        var run = install("--no-build", "--sys-prefix").run(SHORT);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output()).contains("none is active", "activate one first", "--prefix");
    }

    @Test
    void inAnEnvironment_sysPrefixInstallsIntoIt() {
        install("--no-build", "--sys-prefix")
                .with("VIRTUAL_ENV", prefix.toString())
                .run(SHORT)
                .successful();
        assertThat(spec.resolve("kernel.json")).exists();
    }

    @Test
    void aPlaceThatCannotBeWritten_isNamed() throws IOException {
        // given a file where a folder would have to be: nobody can write into that, not even root
        Path file = Files.createFile(folder.resolve("a file"));
        var run = install("--no-build", "--prefix", file.toString()).run(SHORT);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output()).contains("can't write to " + file, "choose another place");
    }

    @Test
    void withoutANetwork_theLabIsNotMade_andTheMessageSaysWhy() throws IOException {
        // given a package index on a port where nobody listens
        var run = offline(install("--no-build", "--prefix", prefix.toString(), "--lab", "--no-browser"))
                .with("PATH", pathWithPython().toString())
                .run(SHORT);
        // then
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output())
                .contains("the network does not answer", "JupyterLab could not be downloaded")
                .contains("the kernel itself is installed in " + spec);
        assertThat(install("--uninstall", "--prefix", prefix.toString())
                        .run(SHORT)
                        .successful())
                .contains("removed the JupyterLab");
        assertThat(clone.resolve(".venv")).doesNotExist();
    }

    @Test
    void withoutANetwork_theBuildFails_andTheMessageSaysWhy() throws IOException {
        // given an empty repository and a proxy that is not there
        int dead = deadPort();
        var run = install("--prefix", prefix.toString())
                .with(
                        "MAVEN_OPTS",
                        ("-Dmaven.repo.local='%s' -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=%d"
                                        + " -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=%d"
                                        + " -Dmaven.wagon.http.retryHandler.count=0")
                                .formatted(folder.resolve("m2"), dead, dead))
                .run(SHORT);
        // then
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output())
                .contains(
                        "the network does not answer", "the build failed, nothing was installed", "install-build.log");
        assertThat(prefix).doesNotExist();
    }

    @Test
    void aFreshClone_buildsInstallsForTheUser_makesALab_andUninstallsAllOfIt() throws IOException {
        // given
        Path fresh = Project.clonedTo(folder.resolve("a fresh clone"));
        Path data = folder.resolve("data of the user");
        Program install = Program.in(folder, fresh.resolve("install.sh").toString())
                .with("JUPYTER_DATA_DIR", data.toString())
                .with("PATH", NodeTools.pathWithout("jupyter"))
                .with("MAVEN_OPTS", "-Dmaven.repo.local=" + System.getProperty("weft.maven.repository"));
        // when
        assertThat(install.run(WITH_DOWNLOADS).successful()).contains("--lab");
        // then
        assertThat(data.resolve("kernels/weft/kernel.json")).exists();
        String kernels = Program.in(
                        fresh,
                        fresh.resolve(".venv/bin/python").toString(),
                        "-m",
                        "jupyter_client.kernelspecapp",
                        "list")
                .with("JUPYTER_DATA_DIR", data.toString())
                .run(SHORT)
                .successful();
        assertThat(kernels).contains("weft");
        // when
        var command = new ArrayList<>(install.command());
        command.add("--uninstall");
        new Program(folder, command, install.environment()).run(SHORT).successful();
        // then
        assertThat(data).doesNotExist();
        assertThat(fresh.resolve(".venv")).doesNotExist();
    }

    /// The script, called from a folder that is not the clone.
    /// `install.sh` without the start-up cache, which most tests need not wait for.
    private Program install(String... options) {
        var command = new ArrayList<>(List.of(clone.resolve("install.sh").toString(), "--no-cache"));
        command.addAll(List.of(options));
        return Program.in(folder, command.toArray(String[]::new));
    }

    private Program installWithCache(String... options) {
        var command = new ArrayList<>(List.of(clone.resolve("install.sh").toString()));
        command.addAll(List.of(options));
        return Program.in(folder, command.toArray(String[]::new));
    }

    private Program offline(Program program) throws IOException {
        return program.with("PIP_INDEX_URL", "http://127.0.0.1:%d/simple".formatted(deadPort()))
                .with("PIP_CONFIG_FILE", "/dev/null")
                .with("PIP_FIND_LINKS", "")
                .with("PIP_NO_CACHE_DIR", "1")
                .with("PIP_RETRIES", "1");
    }

    private static int deadPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// A `PATH` with the basic programs and nothing else.
    private Path pathWithBasics() throws IOException {
        Path bin = Files.createTempDirectory(folder, "bin");
        for (String name : BASICS) {
            Path program = Stream.of(System.getenv("PATH").split(":"))
                    .map(path -> Path.of(path, name))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("PATH has no " + name));
            Files.createSymbolicLink(bin.resolve(name), program);
        }
        return bin;
    }

    /// The basic programs and the machine's Python, which may be behind a shim that needs more of `PATH`.
    private Path pathWithPython() throws IOException {
        Path bin = pathWithBasics();
        String python = Program.in(folder, "python3", "-c", "import sys; print(sys.executable)")
                .run(SHORT)
                .successful()
                .strip();
        Path script = Files.writeString(bin.resolve("python3"), "#!/bin/sh\nexec \"%s\" \"$@\"\n".formatted(python));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return bin;
    }
}
