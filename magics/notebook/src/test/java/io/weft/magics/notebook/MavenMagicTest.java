package io.weft.magics.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.eval.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Dependencies from a repository on this machine, found through the settings of a home folder made for the test.
@Timeout(120)
class MavenMagicTest {
    @TempDir
    Path home;

    private final String homeBefore = System.getProperty("user.home");
    private Repository repository;
    private Session session;

    @BeforeEach
    void start() throws IOException {
        System.setProperty("user.home", home.toString());
        repository = new Repository(Files.createDirectories(home.resolve("remote")));
        repository.artifact("leaf", "1.0");
        repository.artifact("leaf", "2.0");
        repository.artifact("tree", "1.0", "leaf:1.0");
        repository.artifact("wood", "1.0", "tree:1.0", "leaf:2.0");
        repository.pom(
                "bom",
                "1",
                "pom",
                "<dependencyManagement>" + Repository.dependencies("leaf:2.0") + "</dependencyManagement>");
        repository.jar("leaf", "1.0", "extra", "Extra", "extra of leaf");
        settings("scott", "tiger", "");
        session = new Session();
    }

    private void settings(String user, String password, String more) throws IOException {
        Path folder = Files.createDirectories(home.resolve(".m2"));
        Files.writeString(folder.resolve("settings.xml"), """
                <settings>
                  <localRepository>%s</localRepository>%s
                  <servers><server><id>house</id><username>%s</username><password>%s</password></server></servers>
                  <mirrors><mirror><id>house</id><mirrorOf>*</mirrorOf><url>%s</url></mirror></mirrors>
                </settings>""".formatted(
                        home.resolve("local"), more, user, password, repository.url()));
    }

    @AfterEach
    void end() {
        System.setProperty("user.home", homeBefore);
        session.close();
        repository.close();
    }

    @Test
    void anArtifactAndWhatItNeeds_comeFromTheUsersMirrorWithTheirCredentials_andServeTheSameCell() {
        // given a mirror that lets in only whom settings.xml names
        repository.demand("scott", "tiger");
        // when
        String value = session.value("%maven demo:tree:1.0\ndemo.Tree.version() + demo.Leaf.version()");
        // then
        assertThat(value).isEqualTo("1.01.0");
        assertThat(repository.requests()).contains("/repo/demo/leaf/1.0/leaf-1.0.jar");
    }

    @Test
    void progressIsOneDisplay_whoseLastFrameIsASummary_asHtmlAndAsText() {
        session.ok("%maven demo:tree:1.0");
        var shown = session.shown();
        assertThat(shown.ids().stream().map(id -> id.replaceAll("^\\w+ ", "")).distinct())
                .hasSize(1);
        assertThat(shown.ids().stream().filter(id -> id.startsWith("display"))).hasSize(1);
        MimeBundle last = shown.last();
        assertThat(last.plainText())
                .startsWith("%maven: 2 jars added to the class path; ")
                .contains("downloaded", "demo:tree 1.0", "demo:leaf 1.0");
        assertThat(String.valueOf(last.data().get(MimeBundle.HTML))).contains("2 jars added", "<li>demo:leaf 1.0</li>");
    }

    @Test
    void wrongCredentials_areToldWithTheRepositoryAndWhereToMendThem() {
        repository.demand("scott", "lion");
        assertThat(session.failure("%maven demo:leaf:1.0"))
                .contains("demo:leaf", "house (" + repository.url() + ")", "401", "settings.xml", "<server>");
    }

    @Test
    void anArtifactThatIsNowhere_isToldWithTheRepositoriesAsked_andFoundOnceItIsThere() {
        assertThat(session.failure("%maven demo:late:1.0"))
                .contains("this artifact was not found: demo:late:1.0", "house (" + repository.url(), "%mavenRepo");
        // when somebody adds it, then there is no waiting for a cache to expire
        repository.artifact("late", "1.0");
        assertThat(session.value("%maven demo:late:1.0\ndemo.Late.version()")).isEqualTo("1.0");
    }

    @Test
    void offline_usesTheLocalRepositoryOnly_whetherByOptionOrBySettings() throws IOException {
        assertThat(session.failure("%maven --offline demo:leaf:1.0")).contains("demo:leaf:1.0", "offline", "--offline");
        assertThat(repository.requests()).isEmpty();
        settings("scott", "tiger", "<offline>true</offline>");
        assertThat(session.failure("%maven demo:leaf:1.0")).contains("<offline>");
        assertThat(repository.requests()).isEmpty();
        // given that it has been downloaded once
        settings("scott", "tiger", "");
        session.ok("%maven demo:leaf:1.0");
        try (var later = new Session()) {
            assertThat(later.value("%maven --offline demo:leaf:1.0\ndemo.Leaf.version()"))
                    .isEqualTo("1.0");
        }
    }

    @Test
    void aRepositoryOfTheNotebook_isAsked_asWellAsOneOfTheCallAlone() throws IOException {
        // given settings without mirrors
        Files.writeString(
                home.resolve(".m2/settings.xml"),
                "<settings><localRepository>%s</localRepository></settings>".formatted(home.resolve("local")));
        assertThat(session.value("%maven --from " + repository.url() + " demo:leaf:1.0\ndemo.Leaf.version()"))
                .isEqualTo("1.0");
        session.ok("%mavenRepo mine " + repository.fileUrl());
        assertThat(session.value("%addMavenDependencies demo:tree:1.0\ndemo.Tree.version()"))
                .isEqualTo("1.0");
        session.ok("%mavenRepo");
        assertThat(session.shown().last().plainText()).isEqualTo("mine " + repository.fileUrl());
        assertThat(session.failure("%addMavenRepo mine ftp:/x")).contains("%mavenRepo: 'ftp:/x'", "https:");
    }

    @Test
    void severalVersionsOfOneArtifact_areTold() {
        session.ok("%maven demo:wood:1.0");
        assertThat(session.shown().last().plainText())
                .contains("versions differ", "demo:leaf: 2.0 is used, not 1.0, which demo:tree 1.0 asks for");
        assertThat(session.value("demo.Leaf.version()")).isEqualTo("2.0");
        // and one that is on the class path already stays
        session.ok("%maven demo:leaf:1.0");
        assertThat(session.shown().last().plainText())
                .startsWith("%maven: nothing was added to the class path; ")
                .contains("; demo:leaf stays at 2.0, 1.0 was left out\n")
                .contains("demo:leaf: version 2.0 is on the class path already, so 1.0 was left out", "restart");
        assertThat(session.value("demo.Leaf.version()")).isEqualTo("2.0");
    }

    @Test
    void aBomGivesVersions_byOptionAndInJbangsLines() {
        assertThat(session.value("%maven --bom demo:bom:1 demo:leaf\ndemo.Leaf.version()"))
                .isEqualTo("2.0");
        try (var other = new Session()) {
            assertThat(other.value("//DEPS demo:bom:1@pom, demo:leaf\n// and a comment\ndemo.Leaf.version()"))
                    .isEqualTo("2.0");
        }
        assertThat(session.failure("%maven demo:tree")).contains("demo:tree has no version", "demo:tree:VERSION");
    }

    @Test
    void coordinatesOfIvy_andThoseWithAClassifier_areUnderstood_andOthersNamed() {
        assertThat(session.value(
                        "%maven demo#leaf;1.0 demo:leaf:jar:extra:1.0\ndemo.Leaf.version() + demo.Extra.version()"))
                .isEqualTo("1.0extra of leaf");
        assertThat(session.failure("%maven leaf"))
                .contains("'leaf' does not name an artifact", "GROUP:ARTIFACT:VERSION");
        assertThat(session.failure("%maven --form x")).contains("Unknown option: '--form'", "--from");
        assertThat(session.failure("%maven")).contains("%maven --help");
    }

    @Test
    void elementsOfAPom_areEnough_andScopesChoose() {
        String body = """

                <repository><url>%s</url></repository>
                <dependency><groupId>demo</groupId><artifactId>tree</artifactId><version>1.0</version></dependency>
                <!-- <dependency>none</dependency> -->
                <dependency>
                  <groupId>demo</groupId><artifactId>absent</artifactId><version>1</version><scope>test</scope>
                </dependency>
                """.formatted(repository.url());
        session.ok("%%loadFromPOM" + body);
        assertThat(session.value("demo.Tree.version()")).isEqualTo("1.0");
        assertThat(session.failure("%%loadFromPOM test" + body)).contains("demo:absent:1");
        assertThat(session.failure("%%loadFromPOM\n<x/>")).contains("<dependency>");
    }

    @Test
    void aProjectsPom_isReadWithItsParentAndItsBom() throws IOException {
        Files.writeString(home.resolve("pom.xml"), """
                <project><modelVersion>4.0.0</modelVersion>
                <groupId>mine</groupId><artifactId>parent</artifactId><version>1</version><packaging>pom</packaging>
                <dependencyManagement><dependencies><dependency><groupId>demo</groupId><artifactId>bom</artifactId>
                <version>1</version><type>pom</type><scope>import</scope></dependency></dependencies></dependencyManagement>
                </project>""");
        Files.createDirectory(home.resolve("child"));
        Files.writeString(home.resolve("child/pom.xml"), """
                <project><modelVersion>4.0.0</modelVersion>
                <parent><groupId>mine</groupId><artifactId>parent</artifactId><version>1</version></parent>
                <artifactId>child</artifactId>%s</project>""".formatted(Repository.dependencies("leaf")));
        assertThat(session.value("%loadFromPOM " + home.resolve("child") + "\ndemo.Leaf.version()"))
                .isEqualTo("2.0");
        assertThat(session.failure("%loadFromPOM " + home.resolve("none.xml"))).contains("none.xml");
    }

    @Test
    void anInterrupt_endsADownloadThatHangs() throws Exception {
        repository.artifact("stall", "1.0");
        CompletableFuture<Outcome> cell = session.start("%maven demo:stall:1.0");
        repository.awaitStall();
        // when
        session.interrupt();
        // then
        assertThat(cell.get(30, TimeUnit.SECONDS)).isEqualTo(Outcome.interrupted());
        assertThat(session.shown().last().plainText()).contains("interrupted", "nothing was added");
        assertThat(session.value("1 + 1")).isEqualTo("2");
    }

    @Test
    void verbose_tellsEveryDownload_andTheTree() {
        session.ok("%maven -v demo:wood:1.0");
        assertThat(session.shown().out())
                .contains("wood-1.0.jar from house")
                .contains("demo:wood 1.0\n  demo:tree 1.0\n    demo:leaf 1.0 (another one is used)\n  demo:leaf 2.0\n");
    }

    @Test
    void mavensClasses_loadWithTheFirstRequest_notBefore() throws Exception {
        // given a JVM of its own that says what it loads
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load",
                        "--add-exports=jdk.compiler/com.sun.tools.javac.api=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Unhurried.class.getName())
                .redirectErrorStream(true)
                .start();
        // when
        String printed = new String(jvm.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        // then
        assertThat(jvm.waitFor()).isZero();
        assertThat(printed).contains("unhurried: 1 Usage: %maven").contains("io.weft.magics.notebook.MavenMagic ");
        assertThat(printed.lines())
                .noneMatch(line -> List.of("eu.maveniverse", "org.eclipse.aether", "org.apache.maven").stream()
                        .anyMatch(line::contains));
    }

    /// Uses magics, but not Maven.
    static final class Unhurried {
        private Unhurried() {}

        public static void main(String[] arguments) {
            try (var session = new Session()) {
                String one = session.value("1");
                session.ok("%lsmagic");
                session.ok("%maven --help");
                String help = session.shown().out();
                session.evaluator().complete("%maven --o", 10);
                // what a cell prints goes to the cell: this thread belongs to none but the last one's output
                System.setOut(new java.io.PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out)));
                System.out.println(
                        "unhurried: " + one + " " + help.lines().findFirst().orElse(""));
            }
            System.out.flush();
            Runtime.getRuntime().halt(0);
        }
    }
}
