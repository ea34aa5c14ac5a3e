package io.weft.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Workers start from the cache beside the library's jar, and without it where it is of no use.
@Timeout(120)
class StartupCacheTest {
    @TempDir
    Path folder;

    /// A program that shows what a worker answers, and whether it was told of a cache.
    public static final class Program {
        @SuppressWarnings("SystemOut") // the test reads it
        public static void main(String[] args) throws Exception {
            try (var pool = Pool.of(1)) {
                System.out.println(pool.map(n -> n * n, Range.range(4)));
                var arguments = ProcessHandle.of(pool.workers().getFirst().pid())
                        .flatMap(worker -> worker.info().arguments())
                        .orElseThrow();
                System.out.println(Arrays.asList(arguments).contains("-XX:AOTCache=" + args[0]));
            }
        }
    }

    @Test
    void workersUseTheCache_andADamagedOneDoesNoHarm() throws Exception {
        // given
        var jar = folder.resolve("weft-concurrent-1.jar");
        var cache = folder.resolve("weft-concurrent-1.aot");
        pack(jar);
        assertThat(java(jar, Program.class.getName(), cache)).containsExactly("[0, 1, 4, 9]", "false");
        // when
        assertThat(java(jar, StartupCache.class.getName())).contains(cache.toString());
        // then
        assertThat(java(jar, Program.class.getName(), cache)).containsExactly("[0, 1, 4, 9]", "true");
        byte[] whole = Files.readAllBytes(cache);
        var damaged = whole.clone();
        for (int i = whole.length / 8; i < whole.length; i += 10_007) damaged[i] ^= 0x55;
        for (byte[] bytes : List.of(damaged, Arrays.copyOf(whole, whole.length / 2), new byte[0])) {
            Files.write(cache, bytes);
            assertThat(java(jar, Program.class.getName(), cache)).containsExactly("[0, 1, 4, 9]", "true");
        }
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("weft-concurrent-1.jar", "weft-concurrent-1.aot");
    }

    @Test
    void withoutAJar_thereIsNoCache_andAWordWhy() throws Exception {
        var library = WorkerCommand.library();
        assertThat(library).as("the tests run with the compiled classes").isDirectory();

        assertThat(java(library, StartupCache.class.getName()))
                .singleElement()
                .asString()
                .contains("needs the library as a jar");
    }

    private static List<String> java(Path library, Object... program) throws Exception {
        var tests = Path.of(StartupCacheTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", library + ":" + tests));
        for (var part : program) command.add(part.toString());
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.lines().filter(line -> !line.startsWith("[start-up cache")).toList();
    }

    private static void pack(Path jar) throws IOException {
        var library = WorkerCommand.library();
        if (!Files.isDirectory(library)) {
            Files.copy(library, jar);
            return;
        }
        try (var out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(library)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(
                        Objects.requireNonNull(library.relativize(file)).toString()));
                Files.copy(file, out);
            }
        }
    }
}
