package io.weft.kernel.assist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Where the documentation of a jar's classes is found.
@Timeout(120)
class SourcesTest {
    private static final String KETTLE = """
            package kitchen;

            /** Boils water. */
            public class Kettle {
                /**
                 * Heats what is in it.
                 *
                 * @param degrees how hot it gets
                 * @return whether it boils
                 */
                public boolean heat(int degrees) { return degrees >= 100; }

                /** Pours some out. */
                public void pour(String into, double litres) {}
            }
            """;

    private final Questions notebook = new Questions();

    @TempDir
    private Path folder;

    private Path source;
    private Path classes;

    @BeforeEach
    void compile() throws IOException {
        source = Files.createDirectories(folder.resolve("source/kitchen")).resolve("Kettle.java");
        Files.writeString(source, KETTLE);
        classes = folder.resolve("classes");
        tool("javac", "-d", classes.toString(), source.toString());
    }

    @AfterEach
    void end() {
        notebook.close();
    }

    @Test
    void sourcesInsideAJar_areItsDocumentation() throws IOException {
        Path inside = Files.createDirectories(classes.resolve("META-INF/sources/kitchen"));
        Files.copy(source, inside.resolve("Kettle.java"));
        see(jar("kettle-1.0.jar", classes));

        assertThat(notebook.inspection("new kitchen.Kettle().he|at(3)"))
                .contains("boolean Kettle.heat(int degrees)", "Heats what is in it.", "degrees: how hot it gets");
        assertThat(notebook.inspection("kitchen.Ket|tle k;")).contains("Boils water.");
        // a folder with sources is no package
        assertThat(notebook.texts("import kitchen.|")).containsExactly("Kettle");
        assertThat(notebook.texts("import META|")).isEmpty();
        notebook.run("var kettle = new kitchen.Kettle();");
    }

    @Test
    void aJarWithSourcesBesideIt_isDocumentedByThem() throws IOException {
        jar("kettle-1.0-sources.jar", folder.resolve("source"));
        see(jar("kettle-1.0.jar", classes));

        assertThat(notebook.inspection("new kitchen.Kettle().pour(|"))
                .contains("void Kettle.pour(«String into», double litres)", "Pours some out.");
    }

    @Test
    void aJarWithPagesOfJavadocBesideIt_isDocumentedByThem() throws IOException {
        Path pages = folder.resolve("pages");
        tool("javadoc", "-quiet", "-Xdoclint:none", "-d", pages.toString(), source.toString());
        jar("kettle-1.0-javadoc.jar", pages);
        see(jar("kettle-1.0.jar", classes));

        assertThat(notebook.inspection("new kitchen.Kettle().he|at(3)"))
                .contains("boolean Kettle.heat(int", "Heats what is in it.", "how hot it gets", "whether it boils");
        assertThat(notebook.inspection("kitchen.Ket|tle k;")).contains("Boils water.");
    }

    @Test
    void aJarAlone_showsSignatures() throws IOException {
        see(jar("kettle-1.0.jar", classes));

        assertThat(notebook.inspection("new kitchen.Kettle().he|at(3)"))
                .contains("boolean Kettle.heat(int")
                .doesNotContain("Heats");
    }

    private void see(Path jar) {
        notebook.run("%see " + jar);
    }

    private static void tool(String name, String... arguments) {
        var nowhere = new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        assertThat(ToolProvider.findFirst(name).orElseThrow().run(nowhere, nowhere, arguments))
                .isZero();
    }

    private Path jar(String name, Path content) throws IOException {
        Path jar = folder.resolve(name);
        try (var out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> walk = Files.walk(content)) {
            List<Path> files = walk.filter(Files::isRegularFile).toList();
            for (Path file : files) {
                out.putNextEntry(
                        new ZipEntry(content.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        return jar;
    }
}
