package io.weft.magics.notebook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/// A Maven repository in a folder, and a server on this machine that offers it.
final class Repository implements AutoCloseable {
    private final Path folder;
    private final HttpServer server;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile String credentials = "";
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);

    Repository(Path folder) throws IOException {
        this.folder = folder;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", this::answer);
        server.start();
    }

    /// Refuses whoever does not give these.
    void demand(String user, String password) {
        credentials =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    String url() {
        return "http://localhost:" + server.getAddress().getPort() + "/repo";
    }

    String fileUrl() {
        return folder.toUri().toString();
    }

    List<String> requests() {
        return List.copyOf(requests);
    }

    /// Waits until a download hangs: that of every file whose name holds `stall`.
    void awaitStall() throws InterruptedException {
        stalled.await();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            requests.add(path);
            String given = exchange.getRequestHeaders().getFirst("Authorization");
            if (!credentials.isEmpty() && !credentials.equals(given)) {
                exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"repo\"");
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            Path file = folder.resolve(path.substring("/repo/".length()));
            if (!Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] bytes = Files.readAllBytes(file);
            exchange.sendResponseHeaders(200, bytes.length);
            if (path.contains("stall") && path.endsWith(".jar")) {
                exchange.getResponseBody().write(bytes, 0, 10);
                exchange.getResponseBody().flush();
                stalled.countDown();
                end.await();
            }
            exchange.getResponseBody().write(bytes);
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /// Adds an artifact whose jar has a class `demo.ARTIFACT`, with a method `version` that gives the version.
    ///
    /// @param needs `artifact:version` of the same group
    void artifact(String artifact, String version, String... needs) {
        pom(artifact, version, "jar", dependencies(needs));
        jar(
                artifact,
                version,
                "",
                Character.toUpperCase(artifact.charAt(0))
                        + artifact.substring(1).replace("-", ""),
                version);
    }

    static String dependencies(String... needs) {
        var text = new StringBuilder("<dependencies>");
        for (String need : needs) {
            String[] parts = need.split(":", -1);
            text.append("<dependency><groupId>demo</groupId><artifactId>%s</artifactId>".formatted(parts[0]));
            if (parts.length > 1) text.append("<version>%s</version>".formatted(parts[1]));
            text.append("</dependency>");
        }
        return text.append("</dependencies>").toString();
    }

    void pom(String artifact, String version, String packaging, String body) {
        write(artifact, version, artifact + "-" + version + ".pom", """
                <project><modelVersion>4.0.0</modelVersion>
                <groupId>demo</groupId><artifactId>%s</artifactId><version>%s</version><packaging>%s</packaging>
                %s</project>""".formatted(artifact, version, packaging, body)
                .getBytes(StandardCharsets.UTF_8));
    }

    void jar(String artifact, String version, String classifier, String type, String says) {
        try {
            Path file = Files.createTempFile("demo", ".jar");
            try (var jar = new JarOutputStream(Files.newOutputStream(file))) {
                jar.putNextEntry(new JarEntry("demo/" + type + ".class"));
                jar.write(ClassFile.of()
                        .build(
                                ClassDesc.of("demo." + type),
                                builder -> builder.withFlags(ClassFile.ACC_PUBLIC)
                                        .withMethodBody(
                                                "version",
                                                MethodTypeDesc.of(ConstantDescs.CD_String),
                                                ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                                                code -> code.loadConstant(says).areturn())));
            }
            String suffix = classifier.isEmpty() ? "" : "-" + classifier;
            write(artifact, version, artifact + "-" + version + suffix + ".jar", Files.readAllBytes(file));
            Files.delete(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void write(String artifact, String version, String name, byte[] bytes) {
        try {
            Path parent = Files.createDirectories(folder.resolve("demo/" + artifact + "/" + version));
            Files.write(parent.resolve(name), bytes);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
    }
}
