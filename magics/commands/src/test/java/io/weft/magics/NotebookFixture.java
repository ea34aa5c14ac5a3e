package io.weft.magics;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import javax.imageio.ImageIO;
import javax.tools.ToolProvider;

/// Jars, scripts and a Maven repository, as notebooks of other kernels expect to find them: every class `demo.X` has a
/// static method `hi()`.
final class NotebookFixture {
    private static final List<String> JARS = List.of("One", "Two", "Kernel1", "Kernel3", "Env");
    private static final List<String> ARTIFACTS = List.of(
            "Three",
            "Five",
            "Six",
            "Eight",
            "Nine",
            "Ten",
            "Eleven",
            "Twelve",
            "Thirteen",
            "Fourteen",
            "Fifteen",
            "Kernel2",
            "Kernel4");

    private final Path dir;
    private final Path repository;

    private NotebookFixture(Path dir) {
        this.dir = dir;
        repository = dir.resolve("repository");
    }

    static NotebookFixture in(Path dir) throws IOException {
        var fixture = new NotebookFixture(dir);
        fixture.fill();
        return fixture;
    }

    /// Text of the table with this fixture's places in it.
    String placed(String text) {
        return text.replace("{dir}", dir.toString())
                .replace("{repo}", repository.toUri().toString());
    }

    private void fill() throws IOException {
        for (String name : JARS) jar(file(name), Map.of(), greeter(name));
        jar(dir.resolve("with space.jar"), Map.of(), greeter("Space"));
        Path folder = dir.resolve("folder/demo");
        Files.createDirectories(folder);
        Files.copy(greeter("Folder").resolve("demo/Folder.class"), folder.resolve("Folder.class"));
        for (String name : ARTIFACTS) artifact(name, "", "", Map.of(), greeter(name));
        artifact("Four", "", dependency("five", ""), Map.of(), greeter("Four"));
        artifact("Seven", "-extra", "", Map.of(), greeter("Seven"));
        Files.writeString(
                dir.resolve("pom.xml"), pom("project", dependency("thirteen", "") + dependency("fourteen", "test")));
        Files.writeString(dir.resolve("pom2.xml"), pom("project2", dependency("kernel4", "")));
        Files.writeString(dir.resolve("script.jsh"), "int fromScript = 5;");
        Files.writeString(dir.resolve("other.jsh"), "int fromOther = 6;");
        Files.writeString(dir.resolve("notebook.ipynb"), """
                {"cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# no code"]},
                 {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": null,
                  "source": ["int fromNotebook =\\n", "  7;"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
                """);
        ImageIO.write(
                new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB),
                "png",
                dir.resolve("dot.png").toFile());
        jar(dir.resolve("extension.jar"), service("demo.Greeting"), extension("Greeting", "int fromExtension = 41;"));
        artifact("Extension2", "", "", service("demo.Greeting2"), extension("Greeting2", "int fromExtension2 = 42;"));
    }

    private Path file(String name) {
        return dir.resolve(name.toLowerCase(Locale.ROOT) + ".jar");
    }

    private static Map<String, String> service(String type) {
        return Map.of("META-INF/services/org.dflib.jjava.jupyter.Extension", type + "\n");
    }

    private Path greeter(String name) throws IOException {
        return compiled(name, """
                package demo;
                public class %s {
                    public static String hi() { return "hi from %s"; }
                }
                """.formatted(name, name));
    }

    /// What a library does to greet JJava's kernel: shows a type of its own and runs source.
    private Path extension(String name, String source) throws IOException {
        Path classes = compiled(name, """
                package demo;
                import org.dflib.jjava.jupyter.Extension;
                import org.dflib.jjava.jupyter.kernel.BaseKernel;
                import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
                public class %s implements Extension {
                    @Override
                    public void install(BaseKernel kernel) {
                        kernel.getRenderer().createRegistration(Fancy.class)
                                .preferring(MIMEType.TEXT_HTML)
                                .supporting(MIMEType.TEXT_PLAIN)
                                .register((fancy, context) ->
                                        context.renderIfRequested(MIMEType.TEXT_HTML, () -> "<em>fancy</em>"));
                        kernel.evalBuilder("%s").resolveMagics().eval();
                    }
                }
                class Unused {}
                """.formatted(name, source), "Fancy", "package demo; public class Fancy {}");
        return classes;
    }

    private Path compiled(String... namesAndSources) throws IOException {
        Path classes = Files.createTempDirectory(dir, "classes");
        var files = new ArrayList<String>();
        for (int i = 0; i < namesAndSources.length; i += 2) {
            Path source = classes.resolve(namesAndSources[i] + ".java");
            Files.writeString(source, namesAndSources[i + 1]);
            files.add(source.toString());
        }
        var arguments = new ArrayList<>(
                List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none"));
        arguments.addAll(files);
        int failed = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        if (failed != 0) throw new IllegalStateException("the fixture does not compile: " + namesAndSources[0]);
        return classes;
    }

    private static void jar(Path file, Map<String, String> resources, Path classes) throws IOException {
        Files.createDirectories(file.getParent());
        try (var jar = new JarOutputStream(Files.newOutputStream(file));
                var entries = Files.walk(classes)) {
            for (var resource : resources.entrySet()) {
                jar.putNextEntry(new ZipEntry(resource.getKey()));
                jar.write(resource.getValue().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
            entries.filter(each -> each.toString().endsWith(".class")).forEach(each -> {
                try {
                    jar.putNextEntry(
                            new ZipEntry(classes.relativize(each).toString().replace('\\', '/')));
                    jar.write(Files.readAllBytes(each));
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            });
        }
    }

    private void artifact(
            String name, String classifier, String dependencies, Map<String, String> resources, Path classes)
            throws IOException {
        String id = name.toLowerCase(Locale.ROOT);
        Path folder = repository.resolve("demo").resolve(id).resolve("1.0");
        jar(folder.resolve(id + "-1.0" + classifier + ".jar"), resources, classes);
        Files.writeString(folder.resolve(id + "-1.0.pom"), pom(id, dependencies));
    }

    private String pom(String id, String dependencies) {
        return """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>demo</groupId><artifactId>%s</artifactId><version>1.0</version>
                  <repositories><repository><id>r</id><url>%s</url></repository></repositories>
                  <dependencies>%s</dependencies>
                </project>
                """.formatted(id, repository.toUri(), dependencies);
    }

    private static String dependency(String id, String scope) {
        return "<dependency><groupId>demo</groupId><artifactId>%s</artifactId><version>1.0</version>%s</dependency>"
                .formatted(id, scope.isEmpty() ? "" : "<scope>" + scope + "</scope>");
    }
}
